//! What a fleet of ten thousand instances asks of Secrets Manager, second by second.
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

use from_secrets::{
    Answer, Answers, Cause, Environment, Failure, Found, FromSecrets, Live, LiveBuilder, Loader,
    Query, SecretSource, Source,
};
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
    #[expect(dead_code, reason = "only who asks for it, and when, is looked at")]
    token: String,
}

type Builder = LiveBuilder<Config>;

#[tokio::test(start_paused = true)]
async fn without_jitter_all_of_them_ask_in_the_same_second() {
    let fleet = Fleet::started(|builder| builder.jitter(0.0)).await;
    sleep(11 * MINUTE).await;
    let asked = fleet.asked_since_the_start();
    tell(0, "no jitter", &asked);
    assert_eq!(asked.peak(), FLEET);
    assert_eq!(asked.total(), 2 * FLEET);
}

#[tokio::test(start_paused = true)]
async fn by_default_they_part_ways_at_once() {
    let fleet = Fleet::started(|builder| builder).await;
    sleep(11 * MINUTE).await;
    let asked = fleet.asked_since_the_start();
    tell(1, "defaults (TTL 5 min)", &asked);
    asked.assert_average_between(FLEET / 300, FLEET / 240);
    // As many in each second from the beginning on: one from each in nine tenths of the TTL.
    asked.assert_peak_of(FLEET / 270);
}

#[tokio::test(start_paused = true)]
async fn with_a_ttl_of_an_hour_they_are_hardly_seen() {
    let fleet = Fleet::started(|builder| builder.ttl(60 * MINUTE)).await;
    sleep(70 * MINUTE).await;
    let asked = fleet.asked_since_the_start();
    tell(2, "TTL 1 h", &asked);
    asked.assert_peak_of(2 * FLEET / 3_600 + 1);
    assert!(asked.peak() < BATCHES_A_SECOND / 2, "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn a_ttl_of_a_minute_is_too_short_for_batches_of_so_many() {
    let fleet = Fleet::started(|builder| builder.ttl(MINUTE)).await;
    sleep(3 * MINUTE).await;
    let asked = fleet.asked_since_the_start();
    tell(3, "TTL 1 min", &asked);
    asked.assert_average_between(FLEET / 60, FLEET / 48);
    asked.assert_peak_of(FLEET / 54);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_asked_about_ever_more_seldom_and_its_end_makes_no_storm() {
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
    let first = fleet.asked(1..settled);
    let during = fleet.asked(settled..ended);
    let after = fleet.asked(ended..fleet.second());
    tell(4, "outage of 30 min: its first 10 min", &first);
    tell(5, "outage of 30 min: the rest of it", &during);
    tell(
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
    let past_bound = fleet.asked(ended - 120..ended);
    let recovery = fleet.asked(ended..fleet.second());
    tell(7, "outage past `max_stale`: its last 2 min", &past_bound);
    tell(
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
async fn on_access_alone_they_come_as_lambda_started_them() {
    let mut fleet = Fleet::new();
    for _ in 0..10 {
        fleet
            .start(FLEET / 10, |builder| builder.background_refresh(false))
            .await;
        fleet.is_used_for(10 * SECOND).await;
    }
    let started = fleet.second();
    fleet.is_used_for(10 * MINUTE).await;
    let asked = fleet.asked(started..fleet.second());
    tell(
        9,
        "no background refresh, 1,000 instances started every 10 s",
        &asked,
    );
    // Each thousand comes within a fifth of the TTL, which up to seven of them share.
    asked.assert_peak_of(FLEET / 10 * 7 / 60);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_all_see_refused_are_asked_about_once_by_each() {
    let fleet = Fleet::started(|builder| builder.rotation_window(Duration::ZERO)).await;
    sleep(SECOND).await;
    let refused = fleet.second();
    for instance in &fleet.instances {
        for _ in 0..2 {
            let refused = instance.retry_on(|()| true, || async { Err::<(), ()>(()) });
            refused.await.unwrap_err();
        }
    }
    assert_eq!(fleet.second(), refused, "nobody waits for the next second");
    let asked = fleet.asked(refused..refused + 1);
    tell(
        10,
        "`retry_on` where all are refused in the same second",
        &asked,
    );
    assert!(
        asked.total() - FLEET < 100,
        "a timer or two may come between: {asked:?}"
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
        let source = Source::custom(Asked(Arc::clone(&self.secrets_manager)));
        let nothing = Environment::from_vars::<&str, &str>([]);
        let loader = Loader::new().sources([source]).environment(nothing);
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

    /// What was asked in each of these seconds.
    fn asked(&self, seconds: std::ops::Range<usize>) -> PerSecond {
        let requests = self.secrets_manager.requests.lock().unwrap();
        PerSecond(
            seconds
                .map(|second| requests.get(&second).copied().unwrap_or(0))
                .collect(),
        )
    }

    /// The second of the start is the loads' own.
    fn asked_since_the_start(&self) -> PerSecond {
        self.asked(1..self.second())
    }
}

/// It notes in which second it was asked.
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

    fn answer(&self) -> Answer {
        *self
            .requests
            .lock()
            .unwrap()
            .entry(self.second())
            .or_default() += 1;
        if self.is_down.load(Ordering::SeqCst) {
            return Answer::Failed(Failure::new(Cause::Unreachable, "an outage"));
        }
        Answer::Found(Found::text("token").version_id("1"))
    }
}

#[derive(Debug)]
struct Asked(Arc<SecretsManager>);

impl SecretSource for Asked {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn fetch<'a>(&'a self, _one: Query<'a>) -> Answers<'a> {
        Box::pin(async { vec![self.0.answer()] })
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

    /// The design says how many to expect in the worst second; chance adds eight standard deviations at most.
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
fn tell(row: usize, what: &str, asked: &PerSecond) {
    const ROWS: usize = 11;
    static TABLE: Mutex<BTreeMap<usize, String>> = Mutex::new(BTreeMap::new());
    let percent = |quota: u32| f64::from(asked.peak()) * 100.0 / f64::from(quota);
    let told = format!(
        "| {what} | {:.0} | {} | {:.0} % | {:.1} % |",
        asked.average(),
        asked.peak(),
        percent(BATCHES_A_SECOND),
        percent(GETS_A_SECOND)
    );
    let mut table = TABLE.lock().unwrap();
    table.insert(row, told);
    if table.len() == ROWS {
        println!("| 10,000 instances | a second | at most | of all batches | of all gets |");
        println!("|---|---|---|---|---|");
        table.values().for_each(|row| println!("{row}"));
    }
}
