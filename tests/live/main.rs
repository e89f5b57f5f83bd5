//! `Live` over the wire. Its state machine is tested in `secrets-core/tests/live`, in paused time and without the SDK.

mod allocations;
mod failover;
mod following;
mod outage;
mod requests;
mod runtimes;

use std::time::{Duration, Instant};

use from_secrets::live::{LiveBuilder, StalePolicy};
use from_secrets::{ExposeSecret, Live};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

use from_secrets_tests::structs::Pocket;

/// No test waits longer for what should happen.
const PATIENCE: Duration = Duration::from_secs(30);

const HOUR: Duration = Duration::from_hours(1);

/// Every access is past this TTL.
const AT_ONCE: Duration = Duration::from_nanos(1);

/// Both secrets of [`Pocket`]; the token has that version.
fn pocket(version: u32) -> FakeSecretsManager {
    let token = Entry::text(format!("token {version}")).with_id(format!("version {version}"));
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .entry("POCKET_TOKEN", token)
}

/// A Secrets Manager of which nothing can be had.
fn broken() -> FakeSecretsManager {
    FakeSecretsManager::new().when(|_| Some(FakeResponse::internal()))
}

/// A server of the first version, and the handle to change what it has.
fn started() -> (FakeAws, Changing) {
    let secrets = Changing::new(pocket(1));
    (FakeAws::start(secrets.clone()), secrets)
}

/// Returns a builder for a struct that is refreshed on demand alone.
fn on_demand(aws: &FakeAws) -> LiveBuilder<Pocket> {
    Live::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .min_refresh_interval(Duration::from_millis(1))
}

/// Returns a builder for a struct that each access refreshes and waits for, except after a failure.
fn on_access(aws: &FakeAws) -> LiveBuilder<Pocket> {
    on_demand(aws)
        .ttl(AT_ONCE)
        .backoff(PATIENCE, PATIENCE)
        .stale_policy(StalePolicy::Wait(PATIENCE))
}

/// Returns the token.
#[track_caller]
fn token(live: &Live<Pocket>) -> String {
    live.get().unwrap().token.expose_secret().to_owned()
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Waits for what should come.
async fn soon<T>(coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, coming)
        .await
        .expect("it comes in time")
}
