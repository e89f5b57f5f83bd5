//! A rotation in an emulator, followed in each way.

use std::time::Duration;

use from_secrets::live::{LiveBuilder, LiveStatus, RefreshOutcome, StalePolicy};
use from_secrets::{FromSecrets, Live, project};
use from_secrets_tests::{Emulator, Kind};

use crate::{AT_ONCE, PATIENCE, soon};
use from_secrets_tests::emulator::{put, rotate};

#[derive(FromSecrets)]
struct Rotated {
    #[secret(name = "{SECRET}", env = false)]
    token: String,
}

/// A secret of its own, loaded with its first value.
async fn loaded(
    name: &str,
    set: impl FnOnce(LiveBuilder<Rotated>) -> LiveBuilder<Rotated>,
) -> Live<Rotated> {
    let emulator = emulator();
    put(emulator, name, "first").await;
    let loader = emulator.loader().placeholder("SECRET", name);
    let builder = Live::builder()
        .loader(loader)
        .min_refresh_interval(Duration::from_millis(1));
    set(builder).load().await.unwrap()
}

fn emulator() -> &'static Emulator {
    Emulator::shared(Kind::Ministack)
}

async fn rotated(name: &str) -> String {
    rotate(emulator(), name, "second").await
}

#[track_caller]
fn has(status: &LiveStatus, version_id: &str) {
    let versions: Vec<_> = status.versions().collect();
    assert_eq!(versions, [("token", Some(version_id))]);
}

#[tokio::test]
async fn background_refresh_follows_rotation() {
    let live = loaded("live/background", |live| {
        live.background_refresh(true)
            .ttl(Duration::from_millis(200))
    })
    .await;
    let mut changes = live.subscribe();
    let version_id = rotated("live/background").await;
    let config = soon(changes.changed()).await.unwrap();
    assert_eq!(config.token, "second");
    assert_eq!(live.get().unwrap().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn waiting_access_follows_rotation() {
    let live = loaded("live/access", |live| {
        live.background_refresh(false)
            .ttl(AT_ONCE)
            .stale_policy(StalePolicy::Wait(PATIENCE))
    })
    .await;
    assert_eq!(live.get_fresh().await.unwrap().token, "first");
    let version_id = rotated("live/access").await;
    assert_eq!(live.get_fresh().await.unwrap().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn access_without_waiting_follows_rotation_later() {
    let live = loaded("live/behind", |live| {
        live.background_refresh(false).ttl(AT_ONCE)
    })
    .await;
    let mut changes = live.subscribe();
    let version_id = rotated("live/behind").await;
    assert_eq!(
        live.get().unwrap().token,
        "first",
        "it returns the old struct"
    );
    soon(changes.changed()).await.unwrap();
    assert_eq!(live.last_good().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn demanded_refresh_follows_rotation() {
    let live = loaded("live/demand", |live| live.background_refresh(false)).await;
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    let version_id = rotated("live/demand").await;
    assert_eq!(live.get().unwrap().token, "first");
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "second");
    has(&live.status(), &version_id);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
}

#[tokio::test]
async fn rejected_operation_follows_rotation() {
    let live = loaded("live/rejected", |live| live.background_refresh(false)).await;
    let client = project!(live, token).map(String::clone);
    rotated("live/rejected").await;
    let mut tried = Vec::new();
    let done = client.retry_on(
        |error: &String| error == "first",
        || {
            let token = client.get().unwrap().clone();
            tried.push(token.clone());
            async move {
                if token == "second" {
                    Ok(token)
                } else {
                    Err(token)
                }
            }
        },
    );
    assert_eq!(done.await.as_deref(), Ok("second"));
    assert_eq!(tried, ["first", "second"]);
}
