//! Metrics, as a recorder of the application receives them.
#![expect(clippy::float_cmp, reason = "values are compared as they were set")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use from_secrets::source::{Env, SecretsManager, SourceErrorKind};
use from_secrets::{FromSecrets, Live, Loader};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::structs::{Pocket, pocket};
use from_secrets_tests::{FakeAgent, FakeAws, FakeResponse, FakeSecretsManager, sdk};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::runtime::Builder;

use crate::repository;

/// Runs a test with a recorder of its own.
pub(crate) fn recorded(test: impl AsyncFnOnce(&Recorded)) {
    let recorder = DebuggingRecorder::new();
    let metrics = Recorded(recorder.snapshotter());
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    metrics::with_local_recorder(&recorder, || runtime.block_on(test(&metrics)));
}

pub(crate) struct Recorded(Snapshotter);

impl Recorded {
    /// Returns the metrics since the last call with their values: the sum of a counter, the value of a gauge, and the
    /// number of durations of a histogram, all of which are plausible.
    pub(crate) fn take(&self) -> BTreeMap<String, f64> {
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

async fn live<T: FromSecrets + Send + Sync + 'static>(aws: &FakeAws) -> Live<T> {
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
        let live: Live<Pocket> = live(&aws).await;
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

/// Declares a struct whose name other tests do not use, because the gauges count those of one name.
macro_rules! token_struct {
    ($name:ident) => {
        #[derive(FromSecrets)]
        #[secrets(prefix = "POCKET_")]
        #[expect(dead_code, reason = "only loaded")]
        struct $name {
            token: String,
        }
    };
}

/// Returns the names of both gauges of a live struct.
fn gauges(config: &str) -> [String; 2] {
    let names = ["last_success_timestamp_seconds", "max_stale_seconds"];
    names.map(|name| format!("from_secrets_live_{name}{{config={config}}}"))
}

#[test]
fn last_success_is_that_of_status() {
    token_struct!(OfStatus);
    let [last_success_gauge, max_stale_gauge] = gauges("OfStatus");
    recorded(async |metrics| {
        let secrets = Changing::new(token(1));
        let aws = FakeAws::start(secrets.clone());
        let live: Live<OfStatus> = live(&aws).await;
        let last_success = || {
            let last = live.status().last_success();
            last.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_secs_f64()
        };
        let first = metrics.take();
        assert_eq!(
            (first[&last_success_gauge], first[&max_stale_gauge]),
            (last_success(), 7200.0)
        );
        live.refresh().await.unwrap();
        let second = metrics.take()[&last_success_gauge];
        assert_eq!(second, last_success());
        assert!(second > first[&last_success_gauge]);

        secrets.set(token(2).denied("POCKET_TOKEN"));
        live.refresh().await.unwrap_err();
        assert!(
            !metrics.take().contains_key(&last_success_gauge),
            "a failure does not set it"
        );
        drop(live);
        let dropped = metrics.take();
        assert!(
            dropped[&last_success_gauge].is_nan() && dropped[&max_stale_gauge].is_nan(),
            "{dropped:?}"
        );
    });
}

#[test]
fn gauges_end_with_last_same_name() {
    token_struct!(SameName);
    recorded(async |metrics| {
        let aws = FakeAws::start(token(1));
        let first = live::<SameName>(&aws).await;
        let second = live::<SameName>(&aws).await;
        metrics.take();
        drop(first);
        assert_eq!(metrics.take(), BTreeMap::new(), "the second is in use");
        drop(second);
        let ended = metrics.take();
        assert!(
            gauges("SameName").iter().all(|gauge| ended[gauge].is_nan()),
            "{ended:?}"
        );
        let third = live::<SameName>(&aws).await;
        let again = metrics.take();
        assert_eq!(again[&gauges("SameName")[1]], 7200.0);
        drop(third);
    });
}

#[test]
fn fixed_struct_has_no_age() {
    recorded(async |metrics| {
        let live = Live::fixed(Pocket {
            key: "".into(),
            token: "".into(),
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
        live::<Pocket>(&aws).await.refresh().await.unwrap();
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
