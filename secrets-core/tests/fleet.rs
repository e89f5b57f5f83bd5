//! The requests per second of a fleet of ten thousand instances.
//!
//! The real `Live`, with time paused: half an hour of the fleet takes seconds. One refresh of a struct with up to 20
//! secrets is one `BatchGetSecretValue`, and of a struct with one secret one `GetSecretValue`. An account has 100 and
//! 10,000 of them a second in a region, and neither can be raised.
//! <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
//!
//! `cargo test -p from-secrets --test fleet -- --nocapture` writes the figures as a table.
#![cfg(all(feature = "derive", feature = "live"))]
#![expect(clippy::print_stdout, reason = "it writes its figures")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use from_secrets::live::LiveBuilder;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue, Source,
    SourceError, SourceErrorKind,
};
use from_secrets::{FromSecrets, Live, Loader};
use tokio::time::{Instant, sleep};

const FLEET: u32 = 10_000;
const BATCHES_A_SECOND: u32 = 100;
const GETS_A_SECOND: u32 = 10_000;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const TTL: Duration = Duration::from_mins(5);

#[derive(FromSecrets)]
struct Config {
    #[secret(env = false)]
    #[expect(dead_code, reason = "only the requests are measured")]
    token: String,
}

type Builder = LiveBuilder<Config>;

#[tokio::test(start_paused = true)]
async fn missing_jitter_synchronizes_all_refreshes() {
    let fleet = Fleet::started(|builder| builder.jitter(0.0)).await;
    sleep(11 * MINUTE).await;
    let requested = fleet.requests_since_start();
    report_to(0, "no jitter", &requested);
    assert_eq!(requested.peak(), FLEET);
    assert_eq!(requested.total(), 2 * FLEET);
}

#[tokio::test(start_paused = true)]
async fn default_jitter_spreads_first_refreshes() {
    let fleet = Fleet::started(|builder| builder).await;
    sleep(11 * MINUTE).await;
    let requested = fleet.requests_since_start();
    report_to(1, "defaults (TTL 5 min)", &requested);
    requested.assert_average_between(FLEET / 300, FLEET / 240);
    // As many in each second from the beginning on: one from each in nine tenths of the TTL.
    requested.assert_peak_of(FLEET / 270);
}

#[tokio::test(start_paused = true)]
async fn hour_ttl_stays_below_half_quota() {
    let fleet = Fleet::started(|builder| builder.ttl(60 * MINUTE)).await;
    sleep(70 * MINUTE).await;
    let requested = fleet.requests_since_start();
    report_to(2, "TTL 1 h", &requested);
    requested.assert_peak_of(2 * FLEET / 3_600 + 1);
    assert!(requested.peak() < BATCHES_A_SECOND / 2, "{requested:?}");
}

#[tokio::test(start_paused = true)]
async fn minute_ttl_rate_exceeds_batch_quota() {
    let fleet = Fleet::started(|builder| builder.ttl(MINUTE)).await;
    sleep(3 * MINUTE).await;
    let requested = fleet.requests_since_start();
    report_to(3, "TTL 1 min", &requested);
    requested.assert_average_between(FLEET / 60, FLEET / 48);
    requested.assert_peak_of(FLEET / 54);
}

#[tokio::test(start_paused = true)]
async fn outage_recovery_causes_no_request_storm() {
    let fleet = Fleet::started(|builder| builder).await;
    fleet.secrets_manager.is_down.store(true, Ordering::SeqCst);
    sleep(30 * MINUTE).await;
    let ended = fleet.second();
    fleet.secrets_manager.is_down.store(false, Ordering::SeqCst);
    while fleet.is_any_failing() {
        sleep(SECOND).await;
    }
    let fresh_after = fleet.second() - ended;
    // The longest pause, and the second that the clock was read in.
    assert!(fresh_after <= 301, "{fresh_after}");
    sleep(2 * TTL).await;

    let settled = usize::try_from(2 * TTL.as_secs()).unwrap();
    let first = fleet.requested(1..settled);
    let during = fleet.requested(settled..ended);
    let after = fleet.requested(ended..fleet.second());
    report_to(4, "outage of 30 min: its first 10 min", &first);
    report_to(5, "outage of 30 min: the rest of it", &during);
    report_to(
        6,
        &format!("after it; all are fresh again in {fresh_after} s"),
        &after,
    );
    // With pauses of a quarter of the TTL, or more, and then of half of it, or more, three attempts begin within one.
    first.assert_peak_of(3 * FLEET / 300);
    // And then one in half a TTL, or less.
    during.assert_peak_of(FLEET / 150);
    after.assert_peak_of(FLEET / 150);
}

#[tokio::test(start_paused = true)]
async fn outage_past_bound_ends_within_seconds() {
    let fleet = Fleet::started(|builder| builder.max_stale(26 * MINUTE)).await;
    fleet.secrets_manager.is_down.store(true, Ordering::SeqCst);
    sleep(30 * MINUTE).await;
    assert!(
        fleet
            .instances
            .iter()
            .all(|instance| instance.get().is_err())
    );
    let ended = fleet.second();
    fleet.secrets_manager.is_down.store(false, Ordering::SeqCst);
    while fleet.is_any_failing() {
        sleep(SECOND).await;
    }
    let fresh_after = fleet.second() - ended;
    // The longest pause past the bound, and the second that the clock was read in.
    assert!(fresh_after <= 31, "{fresh_after}");
    let past_bound = fleet.requested(ended - 120..ended);
    let recovery = fleet.requested(ended..fleet.second());
    report_to(7, "outage past `max_stale`: its last 2 min", &past_bound);
    report_to(
        8,
        &format!("after it; all are fresh again in {fresh_after} s"),
        &recovery,
    );
    // Pauses are between 15 and 30 seconds.
    past_bound.assert_peak_of(FLEET / 15);
    recovery.assert_peak_of(FLEET / 15);
}

/// Lambda starts at most 1,000 instances of a function every 10 seconds.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html>
#[tokio::test(start_paused = true)]
async fn access_refreshes_follow_lambda_start_rate() {
    let mut fleet = Fleet::new();
    for _ in 0..10 {
        fleet
            .start(FLEET / 10, |builder| builder.background_refresh(false))
            .await;
        fleet.is_used_for(10 * SECOND).await;
    }
    let started = fleet.second();
    fleet.is_used_for(10 * MINUTE).await;
    let requested = fleet.requested(started..fleet.second());
    report_to(
        9,
        "no background refresh, 1,000 instances started every 10 s",
        &requested,
    );
    // Each thousand comes within a fifth of the TTL, which up to seven of them share.
    requested.assert_peak_of(FLEET / 10 * 7 / 60);
}

#[tokio::test(start_paused = true)]
async fn rejected_credentials_refresh_once_per_instance() {
    let fleet = Fleet::started(|builder| builder.rotation_window(Duration::ZERO)).await;
    sleep(SECOND).await;
    let refused = fleet.second();
    for instance in &fleet.instances {
        for _ in 0..2 {
            let refused = instance.retry_on(|()| true, || async { Err::<(), ()>(()) });
            refused.await.unwrap_err();
        }
    }
    assert_eq!(
        fleet.second(),
        refused,
        "callers do not wait for the next second"
    );
    let requested = fleet.requested(refused..refused + 1);
    report_to(
        10,
        "`retry_on` where all are refused in the same second",
        &requested,
    );
    assert!(
        requested.total() - FLEET < 100,
        "a timer or two may come between: {requested:?}"
    );
}

struct Fleet {
    secrets_manager: Arc<SecretsManager>,
    instances: Vec<Live<Config>>,
}

impl Fleet {
    fn new() -> Self {
        Self {
            secrets_manager: Arc::new(SecretsManager {
                start: Instant::now(),
                is_down: AtomicBool::new(false),
                requests: Mutex::default(),
            }),
            instances: Vec::new(),
        }
    }

    /// All in the same second: the worst deployment.
    async fn started(set: fn(Builder) -> Builder) -> Self {
        let mut fleet = Self::new();
        fleet.start(FLEET, set).await;
        fleet
    }

    async fn start(&mut self, count: u32, set: fn(Builder) -> Builder) {
        let source = Source::from(Requested(Arc::clone(&self.secrets_manager)));
        let nothing = Env::from_vars::<&str, &str>([]);
        let loader = Loader::new().source(source).env(nothing);
        for _ in 0..count {
            // As by default, wherever the test runs.
            let builder = Live::builder()
                .loader(loader.clone())
                .background_refresh(true);
            self.instances.push(set(builder).load().await.unwrap());
        }
    }

    /// Each instance is invoked once a second.
    async fn is_used_for(&self, duration: Duration) {
        for _ in 0..duration.as_secs() {
            sleep(SECOND).await;
            for instance in &self.instances {
                instance.get().unwrap();
            }
        }
    }

    fn is_any_failing(&self) -> bool {
        let mut instances = self.instances.iter();
        instances.any(|instance| instance.status().failures() > 0)
    }

    fn second(&self) -> usize {
        self.secrets_manager.second()
    }

    /// The requests in each of these seconds.
    fn requested(&self, seconds: std::ops::Range<usize>) -> PerSecond {
        let requests = self.secrets_manager.requests.lock().unwrap();
        PerSecond(
            seconds
                .map(|second| requests.get(&second).copied().unwrap_or(0))
                .collect(),
        )
    }

    /// The second of the start is the loads' own.
    fn requests_since_start(&self) -> PerSecond {
        self.requested(1..self.second())
    }
}

/// A source that records the second of each request.
#[derive(Debug)]
struct SecretsManager {
    start: Instant,
    is_down: AtomicBool,
    requests: Mutex<BTreeMap<usize, u32>>,
}

impl SecretsManager {
    fn second(&self) -> usize {
        usize::try_from(self.start.elapsed().as_secs()).unwrap()
    }

    fn response(&self) -> FetchResult {
        *self
            .requests
            .lock()
            .unwrap()
            .entry(self.second())
            .or_default() += 1;
        if self.is_down.load(Ordering::SeqCst) {
            return FetchResult::Failed(SourceError::new(
                SourceErrorKind::Unreachable,
                "an outage",
            ));
        }
        FetchResult::Found(SecretValue::text("token").with_version_id("1"))
    }
}

#[derive(Debug)]
struct Requested(Arc<SecretsManager>);

impl SecretSource for Requested {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn fetch<'a>(&'a self, _: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
        Box::pin(async { vec![self.0.response()] })
    }
}

/// How many requests came in each second.
#[derive(Debug)]
struct PerSecond(Vec<u32>);

impl PerSecond {
    fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    fn average(&self) -> f64 {
        f64::from(self.total()) / f64::from(u32::try_from(self.0.len()).unwrap())
    }

    fn peak(&self) -> u32 {
        self.0.iter().copied().max().unwrap_or_default()
    }

    /// The expected number of requests in the worst second, plus eight standard deviations.
    #[track_caller]
    fn assert_peak_of(&self, expected: u32) {
        let expected = f64::from(expected);
        let peak = f64::from(self.peak());
        assert!(peak < expected + 8.0 * expected.sqrt(), "{peak}: {self:?}");
    }

    #[track_caller]
    fn assert_average_between(&self, least: u32, most: u32) {
        let average = self.average();
        assert!(average > f64::from(least) * 0.95, "{average}");
        assert!(average < f64::from(most) * 1.05, "{average}");
    }
}

/// Notes a row of the table, which is written when it has all of them.
fn report_to(row: usize, what: &str, requested: &PerSecond) {
    const ROWS: usize = 11;
    static TABLE: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    let percent = |quota: u32| f64::from(requested.peak()) * 100.0 / f64::from(quota);
    let reported = format!(
        "| {what} | {:.0} | {} | {:.0} % | {:.1} % |",
        requested.average(),
        requested.peak(),
        percent(BATCHES_A_SECOND),
        percent(GETS_A_SECOND)
    );
    let mut table = TABLE.lock().unwrap();
    table.insert(row, reported);
    if table.len() == ROWS {
        println!(
            "| 10,000 instances | requests per second | peak | peak, of the batch quota | peak, of the get quota |"
        );
        println!("|---|---|---|---|---|");
        table.values().for_each(|row| println!("{row}"));
    }
}
