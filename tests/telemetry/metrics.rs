//! Metrics, as a recorder of the application receives them.
#![expect(clippy::float_cmp, reason = "values are compared as they were set")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use from_secrets::source::{Env, SecretsManager, SourceErrorKind};
use from_secrets::{FromSecrets, Live, Loader};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::{FakeAgent, FakeAws, FakeResponse, FakeSecretsManager, sdk};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::runtime::Builder;

use crate::{pocket, repository};

#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_")]
#[expect(dead_code, reason = "only loaded")]
struct Pocket {
    key: String,
    token: String,
}

/// Runs a test with a recorder of its own.
fn recorded(test: impl AsyncFnOnce(&Recorded)) {
    let recorder = DebuggingRecorder::new();
    let metrics = Recorded(recorder.snapshotter());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(test(&metrics)));
}

struct Recorded(Snapshotter);

impl Recorded {
    /// Returns the metrics since the last call with their values: the sum of a counter, the value of a gauge, and the
    /// number of durations of a histogram, all of which are plausible.
    fn take(&self) -> BTreeMap<String, f64> {
        let metrics = self.0.snapshot().into_vec().into_iter();
        let metrics = metrics.map(|(key, _, _, value)| {
            let key = key.key();
            let labels: BTreeSet<String> = key
                .labels()
                .map(|label| format!("{}={}", label.key(), label.value()))
                .collect();
            let labels: Vec<String> = labels.into_iter().collect();
            let value = match value {
                #[expect(clippy::cast_precision_loss, reason = "the number is small")]
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(value) => value.0,
                DebugValue::Histogram(values) => {
                    assert!(
                        values
                            .iter()
                            .all(|seconds| (0.0..60.0).contains(&seconds.0))
                    );
                    #[expect(clippy::cast_precision_loss, reason = "the number is small")]
                    let count = values.len() as f64;
                    count
                }
            };
            (format!("{}{{{}}}", key.name(), labels.join(",")), value)
        });
        // A counter or histogram without new values stays in the recorder.
        metrics.filter(|(_, value)| *value != 0.0).collect()
    }
}

/// The metrics of one kind of operation, which has a counter and a histogram with the same labels.
fn operations(name: &str, duration: &str, counts: &[(&str, f64)]) -> BTreeMap<String, f64> {
    let both = counts.iter().flat_map(|(labels, count)| {
        [name, duration].map(|name| (format!("from_secrets_{name}{{{labels}}}"), *count))
    });
    both.collect()
}

fn loads(counts: &[(&str, f64)]) -> BTreeMap<String, f64> {
    operations("loads_total", "load_duration_seconds", counts)
}

fn calls(counts: &[(&str, f64)]) -> BTreeMap<String, f64> {
    operations("calls_total", "call_duration_seconds", counts)
}

fn refreshes(counts: &[(&str, f64)]) -> BTreeMap<String, f64> {
    operations("refreshes_total", "refresh_duration_seconds", counts)
}

const BATCH: &str =
    "method=BatchGetSecretValue,outcome=ok,region=us-east-1,service=SecretsManager,source=aws";

#[test]
fn loads_are_counted_by_outcome() {
    recorded(async |metrics| {
        let aws = FakeAws::start(pocket());
        aws.loader().load::<Pocket>().await.unwrap();
        aws.loader().load::<Pocket>().await.unwrap();
        let mut expected = loads(&[("config=Pocket,outcome=ok", 2.0)]);
        expected.extend(calls(&[(BATCH, 2.0)]));
        assert_eq!(metrics.take(), expected);

        let aws = FakeAws::start(FakeSecretsManager::new());
        aws.loader().load::<Pocket>().await.err().unwrap();
        let mut expected = loads(&[("config=Pocket,outcome=failed", 1.0)]);
        expected.extend(calls(&[(BATCH, 1.0)]));
        assert_eq!(metrics.take(), expected);

        let loader = aws.loader();
        drop(Box::pin(loader.load::<Pocket>()));
        assert_eq!(metrics.take(), BTreeMap::new(), "it did not start");
    });
}

#[test]
fn dropped_load_is_counted_as_canceled() {
    recorded(async |metrics| {
        let aws = FakeAws::start(FakeSecretsManager::new().when(|_| Some(FakeResponse::hang())));
        let loader = aws.loader();
        let sent = async {
            while aws.calls().count() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            _ = loader.load::<Pocket>() => panic!("the server does not respond"),
            () = sent => {}
        }
        let mut expected = loads(&[("config=Pocket,outcome=canceled", 1.0)]);
        expected.extend(calls(&[(&BATCH.replace("=ok", "=canceled"), 1.0)]));
        assert_eq!(metrics.take(), expected);
    });
}

#[test]
fn calls_are_counted_by_outcome() {
    recorded(async |metrics| {
        let aws = FakeAws::start(
            pocket()
                .denied("POCKET_KEY")
                .at_first(1, FakeResponse::throttled()),
        );
        aws.loader().load::<Pocket>().await.err().unwrap();
        let get =
            "method=GetSecretValue,outcome=ok,region=us-east-1,service=SecretsManager,source=aws";
        let mut expected = loads(&[("config=Pocket,outcome=failed", 1.0)]);
        expected.extend(calls(&[
            (&BATCH.replace("=ok", "=throttled"), 1.0),
            (get, 1.0),
            (&get.replace("=ok", "=denied"), 1.0),
        ]));
        assert_eq!(metrics.take(), expected);
    });
}

#[test]
fn agent_calls_are_counted_without_region() {
    recorded(async |metrics| {
        let agent = FakeAgent::start(pocket());
        agent.loader().load::<Pocket>().await.unwrap();
        let get = "method=GetSecretValue,outcome=ok,service=SecretsManager,source=agent";
        let mut expected = loads(&[("config=Pocket,outcome=ok", 1.0)]);
        expected.extend(calls(&[(get, 2.0)]));
        assert_eq!(metrics.take(), expected);
    });
}

/// Loads with a fallback of both fields to environment variables.
async fn load_with_fallback() {
    let aws = FakeAws::start(pocket().denied("POCKET_KEY").denied("POCKET_TOKEN"));
    let loader = Loader::new()
        .source(SecretsManager::new().sdk_config(&sdk::config(&aws.endpoint())))
        .source(Env::new())
        .env(Env::from_vars([("POCKET_KEY", "a"), ("POCKET_TOKEN", "b")]))
        .fall_back_on([SourceErrorKind::Denied]);
    loader.load::<Pocket>().await.unwrap();
}

#[test]
fn fallbacks_are_counted_by_cause() {
    recorded(async |metrics| {
        load_with_fallback().await;
        let fallbacks = "from_secrets_fallbacks_total{cause=denied,config=Pocket,source=aws}";
        assert_eq!(metrics.take()[fallbacks], 2.0);
    });
}

fn token(version: u32) -> FakeSecretsManager {
    let token = Entry::text(format!("token {version}")).with_id(format!("version {version}"));
    pocket().entry("POCKET_TOKEN", token)
}

async fn live(aws: &FakeAws) -> Live<Pocket> {
    let builder = Live::builder()
        .loader(aws.loader())
        .max_stale(Duration::from_hours(2))
        .background_refresh(false)
        .min_refresh_interval(Duration::from_nanos(1));
    builder.load().await.unwrap()
}

#[test]
fn refreshes_are_counted_by_outcome() {
    recorded(async |metrics| {
        let secrets = Changing::new(token(1));
        let aws = FakeAws::start(secrets.clone());
        let live = live(&aws).await;
        metrics.take();
        live.refresh().await.unwrap();
        secrets.set(token(2));
        live.refresh().await.unwrap();
        secrets.set(token(2).denied("POCKET_TOKEN"));
        live.refresh().await.unwrap_err();
        let counted = metrics.take();
        let expected = refreshes(&[
            ("config=Pocket,outcome=changed", 1.0),
            ("config=Pocket,outcome=failed", 1.0),
            ("config=Pocket,outcome=unchanged", 1.0),
        ]);
        for (name, count) in expected {
            assert_eq!(counted[&name], count, "{name}: {counted:?}");
        }
        assert!(
            !counted.keys().any(|name| name.contains("loads_total")),
            "{counted:?}"
        );
    });
}

const LAST_SUCCESS: &str = "from_secrets_live_last_success_timestamp_seconds{config=Pocket}";
const MAX_STALE: &str = "from_secrets_live_max_stale_seconds{config=Pocket}";

#[test]
fn last_success_is_that_of_status() {
    recorded(async |metrics| {
        let secrets = Changing::new(token(1));
        let aws = FakeAws::start(secrets.clone());
        let live = live(&aws).await;
        let last_success = || {
            let last = live.status().last_success();
            last.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_secs_f64()
        };
        let first = metrics.take();
        assert_eq!(
            (first[LAST_SUCCESS], first[MAX_STALE]),
            (last_success(), 7200.0)
        );
        live.refresh().await.unwrap();
        let second = metrics.take()[LAST_SUCCESS];
        assert_eq!(second, last_success());
        assert!(second > first[LAST_SUCCESS]);

        secrets.set(token(2).denied("POCKET_TOKEN"));
        live.refresh().await.unwrap_err();
        assert!(
            !metrics.take().contains_key(LAST_SUCCESS),
            "a failure does not set it"
        );
        drop(live);
        let dropped = metrics.take();
        assert!(
            dropped[LAST_SUCCESS].is_nan() && dropped[MAX_STALE].is_nan(),
            "{dropped:?}"
        );
    });
}

#[test]
fn fixed_struct_has_no_age() {
    recorded(async |metrics| {
        let live = Live::fixed(Pocket {
            key: String::new(),
            token: String::new(),
        });
        drop(live);
        assert_eq!(metrics.take(), BTreeMap::new());
    });
}

/// The name and the labels of each metric.
type Labels = BTreeMap<String, BTreeSet<String>>;

/// Returns all metrics with their labels.
fn all_metrics() -> Labels {
    let mut all = Labels::new();
    recorded(async |metrics| {
        load_with_fallback().await;
        let aws = FakeAws::start(pocket());
        live(&aws).await.refresh().await.unwrap();
        for metric in metrics.take().into_keys() {
            let (name, labels) = metric.split_once('{').unwrap();
            let labels = labels.trim_end_matches('}').split(',');
            let labels = labels.map(|label| label.split_once('=').unwrap().0.to_owned());
            all.entry(name.to_owned()).or_default().extend(labels);
        }
    });
    assert_eq!(all.len(), 9, "{all:?}");
    all
}

/// Returns the metrics that a text names, without the suffixes that Prometheus adds to histograms.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let names = words.filter(|word| word.starts_with("from_secrets_"));
    let plain = |name: &str| {
        let suffixes = ["_bucket", "_sum", "_count"];
        let plain = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
        plain.unwrap_or(name).to_owned()
    };
    names.map(plain).collect()
}

#[test]
fn dashboard_and_alerts_use_existing_metrics() {
    let known: BTreeSet<String> = all_metrics().into_keys().collect();
    let dashboard = repository("examples/observability/dashboard.json");
    let parsed: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let panels = parsed["panels"].as_array().unwrap();
    for panel in panels {
        let expression = panel["targets"][0]["expr"].as_str().unwrap();
        assert!(!named(expression).is_empty(), "{panel}");
    }
    let alerts = repository("examples/observability/alerts.yaml");
    assert_eq!(alerts.matches("- alert: ").count(), 2);
    for text in [&dashboard, &alerts] {
        let named = named(text);
        assert!(
            named.is_subset(&known) && named.len() >= 3,
            "{named:?} of {known:?}"
        );
    }
}

#[test]
fn guide_documents_every_metric_with_labels() {
    let guide = repository("secrets-core/src/guide/observability.md");
    let rows = guide
        .lines()
        .filter_map(|line| line.strip_prefix("| `from_secrets_"));
    let documented = rows.map(|row| {
        let mut cells = row.split(" | ");
        let name = cells.next().unwrap().trim_end_matches('`');
        let labels = cells.nth(1).unwrap().split(", ");
        let labels = labels.map(|label| label.trim_matches('`').to_owned());
        (format!("from_secrets_{name}"), labels.collect())
    });
    assert_eq!(documented.collect::<Labels>(), all_metrics());
    let alerts = repository("examples/observability/alerts.yaml");
    assert!(
        guide.contains(&alerts),
        "the guide shows the alerts as they are in the file"
    );
}
