//! Failover to replicas, which can lag behind the home region. Time is paused.

use std::pin::pin;
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, Subscriber};
use from_secrets::{ExposeSecret, FromSecrets, Live};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::regions::{HOME, InProcessRegions, WEST};
use from_secrets_tests::structs::Pocket;
use from_secrets_tests::{FakeResponse, FakeSecretsManager, expect};
use tokio::time::{Instant, sleep};

use crate::token;

/// Longer than the first backoff, with its jitter.
const PAST_BACKOFF: Duration = Duration::from_secs(46);
/// Longer than the first pauses after failed refreshes.
const PAST_RETRY: Duration = Duration::from_secs(10);
const UNCHANGED: RefreshOutcome = RefreshOutcome::Unchanged;
const CHANGED: RefreshOutcome = RefreshOutcome::Changed;

/// Both secrets of [`Pocket`]. Version `n` of the token was created at second `n`.
fn version(n: u32) -> FakeSecretsManager {
    created(n, n)
}

fn created(n: u32, second: u32) -> FakeSecretsManager {
    let token = Entry::text(format!("token {n}")).with_id(format!("version {n}"));
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .entry("POCKET_TOKEN", token.created_at(second))
}

fn is_down() -> FakeResponse {
    FakeResponse::close()
}

/// Regions with that version, and a struct that is refreshed on demand.
async fn started(secrets: &FakeSecretsManager) -> (InProcessRegions, Live<Pocket>) {
    let regions = InProcessRegions::with(secrets);
    let live = Live::builder()
        .loader(regions.loader(&[WEST]))
        .background_refresh(false)
        .load();
    let live = live.await.unwrap();
    (regions, live)
}

/// Refreshes the struct from a replica that lags behind. The refresh fails, so the age of the struct increases.
async fn assert_replica_lags(live: &Live<Pocket>, held: u32) {
    let (before, failures) = (live.status().last_success(), live.status().failures());
    let error = live.refresh().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["token"]);
    expect::details(&error, &[WEST, "has an older version"]);
    assert_eq!(token(live), format!("token {held}"));
    let status = live.status();
    assert_eq!(
        (status.last_success(), status.failures()),
        (before, failures + 1)
    );
}

/// Refreshes the struct, and checks the status.
async fn assert_refresh(live: &Live<Pocket>, expected: RefreshOutcome, held: u32) {
    let outcome = live.refresh().await;
    let outcome = outcome.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!((outcome, token(live)), (expected, format!("token {held}")));
    let status = live.status();
    assert_eq!(
        (status.failures(), status.last_error().is_some()),
        (0, false)
    );
    assert!(
        status.age() < Duration::from_millis(50),
        "{:?}",
        status.age()
    );
    let versions: Vec<_> = status
        .versions()
        .map(|(_, id)| id.map(str::to_owned))
        .collect();
    assert_eq!(versions[1], Some(format!("version {held}")));
}

async fn has_changed(changes: &mut Subscriber<Pocket>) -> bool {
    let mut next = pin!(changes.changed());
    std::future::poll_fn(|context| std::task::Poll::Ready(next.as_mut().poll(context).is_ready()))
        .await
}

#[tokio::test(start_paused = true)]
async fn same_version_in_replica_is_unchanged() {
    let (regions, live) = started(&version(2)).await;
    let mut changes = live.subscribe();
    regions.at(HOME).fail(is_down());
    assert_refresh(&live, UNCHANGED, 2).await;
    assert!(regions.at(WEST).requests() > 0);
    assert!(!has_changed(&mut changes).await);
    regions.at(HOME).set(version(2));
    sleep(PAST_BACKOFF).await;
    regions.clear();
    assert_refresh(&live, UNCHANGED, 2).await;
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 0 gets"]);
    assert!(!has_changed(&mut changes).await);
}

#[tokio::test(start_paused = true)]
async fn lagging_replica_keeps_struct() {
    // The replica has an earlier version, or another one of the same time.
    for lagging in [version(1), created(1, 2), created(3, 2)] {
        let (regions, live) = started(&version(2)).await;
        let mut changes = live.subscribe();
        regions.at(WEST).set(lagging);
        regions.at(HOME).fail(is_down());
        for _ in 0..3 {
            sleep(PAST_RETRY).await;
            assert_replica_lags(&live, 2).await;
        }
        assert!(!has_changed(&mut changes).await);
        assert!(regions.at(WEST).requests() >= 3);
        regions.at(WEST).set(version(2));
        sleep(PAST_RETRY).await;
        assert_refresh(&live, UNCHANGED, 2).await;
    }
}

/// The earlier version of the secret does not have the JSON key of an optional field.
#[tokio::test(start_paused = true)]
async fn lagging_replica_without_key_keeps_value() {
    #[derive(FromSecrets)]
    struct Keys {
        #[secret(name = "POCKET", json_key = "key", env = false)]
        key: String,
        #[secret(name = "POCKET", json_key = "token", env = false)]
        token: Option<String>,
        #[secret(name = "POCKET", json_key = "port", env = false, default = 80)]
        port: u16,
    }
    let entry = |json: &str, n: u32| {
        let entry = Entry::text(json).with_id(format!("version {n}"));
        FakeSecretsManager::new().entry("POCKET", entry.created_at(n))
    };
    let regions = InProcessRegions::with(&entry(r#"{"key":"k","token":"t","port":"1"}"#, 2));
    regions.at(WEST).set(entry(r#"{"key":"k"}"#, 1));
    let live = Live::<Keys>::builder()
        .loader(regions.loader(&[WEST]))
        .background_refresh(false);
    let live = live.load().await.unwrap();
    regions.at(HOME).fail(is_down());
    let error = live.refresh().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["key", "token", "port"]);
    let keys = live.get().unwrap();
    assert_eq!(
        (keys.key.as_str(), keys.token.as_deref(), keys.port),
        ("k", Some("t"), 1)
    );
    // A newer version may remove a key.
    regions.at(WEST).set(entry(r#"{"key":"new"}"#, 3));
    sleep(PAST_RETRY).await;
    assert_eq!(live.refresh().await.unwrap(), CHANGED);
    let keys = live.get().unwrap();
    assert_eq!(
        (keys.key.as_str(), keys.token.as_deref(), keys.port),
        ("new", None, 80)
    );
}

#[tokio::test(start_paused = true)]
async fn newer_replica_version_is_a_change() {
    let (regions, live) = started(&version(2)).await;
    let mut changes = live.subscribe();
    regions.at(HOME).fail(is_down());
    regions.at(WEST).set(version(3));
    assert_refresh(&live, CHANGED, 3).await;
    assert!(has_changed(&mut changes).await);
}

#[tokio::test(start_paused = true)]
async fn replica_never_restores_earlier_version() {
    let (regions, live) = started(&version(1)).await;
    for n in [2, 3] {
        regions.at(HOME).set(version(n));
        sleep(Duration::from_secs(2)).await;
        assert_refresh(&live, CHANGED, n).await;
    }
    regions.at(HOME).fail(is_down());
    for n in [1, 2] {
        // A creation time cannot prove that a version is newer if it was replaced before.
        regions.at(WEST).set(created(n, 9));
        sleep(PAST_RETRY).await;
        assert_replica_lags(&live, 3).await;
    }
    assert!(regions.at(WEST).requests() >= 2);
}

#[tokio::test(start_paused = true)]
async fn rollback_at_home_is_a_change() {
    let (regions, live) = started(&version(2)).await;
    let mut changes = live.subscribe();
    regions.at(HOME).set(version(1));
    assert_refresh(&live, CHANGED, 1).await;
    assert!(has_changed(&mut changes).await);
    assert_eq!(regions.at(WEST).requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn rollback_during_failover_follows_after_return() {
    let (regions, live) = started(&version(2)).await;
    regions.at(HOME).fail(is_down());
    regions.at(WEST).set(version(1));
    assert_replica_lags(&live, 2).await;
    regions.at(HOME).set(version(1));
    sleep(PAST_RETRY).await;
    assert_replica_lags(&live, 2).await;
    sleep(PAST_BACKOFF).await;
    assert_refresh(&live, CHANGED, 1).await;
}

#[tokio::test(start_paused = true)]
async fn rotation_during_failover_follows_after_return() {
    let (regions, live) = started(&version(2)).await;
    regions.at(HOME).fail(is_down());
    assert_refresh(&live, UNCHANGED, 2).await;
    regions.at(WEST).set(version(3));
    sleep(Duration::from_secs(2)).await;
    assert_refresh(&live, CHANGED, 3).await;
    regions.at(HOME).set(version(4));
    sleep(PAST_BACKOFF).await;
    regions.clear();
    assert_refresh(&live, CHANGED, 4).await;
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 0 gets"]);
}

#[tokio::test(start_paused = true)]
async fn partly_lagging_replica_fails_refresh() {
    let (regions, live) = started(&version(2)).await;
    let key = Entry::text("a newer key")
        .with_id("newer")
        .created_at(2_000_000_000);
    regions.at(WEST).set(version(1).entry("POCKET_KEY", key));
    regions.at(HOME).fail(is_down());
    let error = live.refresh().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["token"]);
    expect::details(&error, &[WEST]);
    assert_eq!(token(&live), "token 2");
    assert_eq!(live.get().unwrap().key.expose_secret(), "the key");
    regions.at(WEST).set(version(3));
    sleep(PAST_RETRY).await;
    assert_refresh(&live, CHANGED, 3).await;
}

#[tokio::test(start_paused = true)]
async fn failed_regions_keep_last_good_struct() {
    let (regions, live) = started(&version(2)).await;
    for region in [HOME, WEST] {
        regions.at(region).fail(is_down());
    }
    live.refresh().await.unwrap_err();
    assert_eq!(
        (token(&live).as_str(), live.status().failures()),
        ("token 2", 1)
    );
}

#[derive(FromSecrets)]
struct Alone {
    #[secret(name = "POCKET_TOKEN", env = false)]
    token: String,
}

/// Half an hour of an outage, with all defaults.
#[tokio::test(start_paused = true)]
async fn outage_at_home_never_ages_struct() {
    let regions = InProcessRegions::with(&version(1));
    let loader = regions.loader(&[WEST]);
    let live = Live::<Alone>::builder()
        .loader(loader)
        .background_refresh(true);
    let live = live.load().await.unwrap();
    regions.at(HOME).fail(FakeResponse::hang());
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(30) {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(live.get().unwrap().token, "token 1");
        assert!(
            live.status().age() <= Duration::from_secs(304),
            "{:?}",
            live.status().age()
        );
        assert_eq!(live.status().failures(), 0);
    }
    // A refresh every 240 to 300 s.
    assert!(
        regions.at(WEST).requests() <= 9,
        "{}",
        regions.at(WEST).tally()
    );
    assert!(
        regions.at(HOME).requests() <= 12,
        "{}",
        regions.at(HOME).tally()
    );
    regions.at(HOME).set(version(2));
    // The longest backoff, and the longest time between refreshes.
    sleep(Duration::from_secs(301 + 301)).await;
    assert_eq!(live.get().unwrap().token, "token 2");
}
