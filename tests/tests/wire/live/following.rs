//! A rotation in an emulator, followed in each way.

use std::time::Duration;

use from_secrets::{FromSecrets, Live, LiveBuilder, OnAccess, Refreshed, Status, part};
use from_secrets_tests::{Emulator, Kind};

use super::{AT_ONCE, PATIENCE, soon};
use crate::emulators::{put, rotate};

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
    let loader = emulator.loader().parameter("SECRET", name);
    let builder = Live::builder().loader(loader).min_interval(Duration::ZERO);
    set(builder).load().await.unwrap()
}

fn emulator() -> &'static Emulator {
    Emulator::shared(Kind::Ministack)
}

async fn rotated(name: &str) -> String {
    rotate(emulator(), name, "second").await
}

#[track_caller]
fn has(status: &Status, version_id: &str) {
    let versions: Vec<_> = status.versions().collect();
    assert_eq!(versions, [("token", Some(version_id))]);
}

#[tokio::test]
async fn a_rotation_is_followed_by_the_timer() {
    let live = loaded("live/timer", |live| {
        live.timer(true).ttl(Duration::from_millis(200))
    })
    .await;
    let mut changes = live.watch();
    let version_id = rotated("live/timer").await;
    soon(changes.changed()).await.unwrap();
    assert_eq!(live.get().unwrap().token, "second");
    assert_eq!(changes.borrow().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn a_rotation_is_followed_on_access_by_those_who_wait() {
    let live = loaded("live/access", |live| {
        live.timer(false)
            .ttl(AT_ONCE)
            .on_access(OnAccess::Wait(PATIENCE))
    })
    .await;
    assert_eq!(live.current().await.unwrap().token, "first");
    let version_id = rotated("live/access").await;
    assert_eq!(live.current().await.unwrap().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn a_rotation_is_followed_on_access_behind_those_who_do_not_wait() {
    let live = loaded("live/behind", |live| live.timer(false).ttl(AT_ONCE)).await;
    let mut changes = live.watch();
    let version_id = rotated("live/behind").await;
    assert_eq!(
        live.get().unwrap().token,
        "first",
        "it gives out what there is"
    );
    soon(changes.changed()).await.unwrap();
    assert_eq!(live.last().token, "second");
    has(&live.status(), &version_id);
}

#[tokio::test]
async fn a_rotation_is_followed_on_demand() {
    let live = loaded("live/demand", |live| live.timer(false)).await;
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
    let version_id = rotated("live/demand").await;
    assert_eq!(live.get().unwrap().token, "first");
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Changed);
    assert_eq!(live.get().unwrap().token, "second");
    has(&live.status(), &version_id);
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
}

#[tokio::test]
async fn a_rotation_is_followed_by_an_operation_that_is_refused() {
    let live = loaded("live/refused", |live| live.timer(false)).await;
    let client = part!(live, token).map(String::clone);
    rotated("live/refused").await;
    let mut tried = Vec::new();
    let done = live.retry_on(
        |error: &String| error == "first",
        || {
            let token = client.get().unwrap().as_ref().clone();
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
