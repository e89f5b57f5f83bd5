//! When the last handle goes, everything does. Values whose drop panics.

use std::convert::Infallible;
use std::str::FromStr;
use std::sync::Weak;
use std::thread::{current, panicking};

use from_secrets::live::RefreshOutcome;
use from_secrets::{FromSecrets, Live};
use tokio::time::{advance, sleep};

use crate::support::{MINUTE, Secrets, secs};

/// Lets everything run that can.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn last_drop_stops_timer() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let alive = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let other = live.clone();
    drop(live);
    sleep(10 * MINUTE).await;
    let loads = secrets.load_count();
    assert!(loads >= 10, "{loads}");
    assert_eq!(alive(), 1);
    drop(other);
    settle().await;
    assert_eq!(alive(), 0);
    sleep(10 * MINUTE).await;
    assert_eq!(secrets.load_count(), loads);
}

#[tokio::test(start_paused = true)]
async fn last_drop_cancels_running_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let struct_then =
        std::sync::Arc::downgrade(&from_secrets::live::Snapshot::to_arc(&live.last_good()));
    secrets.delay(secs(5));
    drop(tokio::time::timeout(secs(1), live.refresh()).await);
    assert_eq!(secrets.load_count(), 2);
    drop(live);
    settle().await;
    assert_eq!(
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks(),
        0
    );
    assert!(
        Weak::upgrade(&struct_then).is_none(),
        "the struct is gone with its handles"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_drop_leaks_no_struct() {
    for _ in 0..200 {
        let secrets = Secrets::new();
        let live: Live<_> = secrets.live().load().await.unwrap();
        let struct_then =
            std::sync::Arc::downgrade(&from_secrets::live::Snapshot::to_arc(&live.last_good()));
        let mut receiver = live.subscribe();
        let _secrets = secrets.token("token 2");
        let other = live.clone();
        let refresh = tokio::spawn(async move { other.refresh().await.map(drop) });
        tokio::task::yield_now().await;
        drop(live);
        refresh.await.unwrap().unwrap();
        while receiver.changed().await.is_some() {}
        drop(receiver);
        while struct_then.strong_count() > 0 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn last_drop_closes_receivers() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let mut receiver = live.subscribe();
    advance(secs(1)).await;
    drop(live);
    assert!(receiver.changed().await.is_none());
}

/// Cannot be dropped without a panic if it contains the first token.
struct Fragile(String);

impl FromStr for Fragile {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        let fails = self.0 == "token 1" && !panicking();
        assert!(!fails, "a value of a test panics");
    }
}

#[derive(FromSecrets)]
struct FragileConfig {
    #[secret("API_TOKEN", parse)]
    token: Fragile,
}

#[tokio::test(start_paused = true)]
async fn panic_in_drop_keeps_refresh() {
    let secrets = Secrets::new();
    let live = Live::<FragileConfig>::builder().loader(secrets.loader());
    let live = live.background_refresh(false).load().await.unwrap();
    let derived = live.map(|config| (config.token.0.clone(), current().id()));
    // The first refresh drops the new value, and the second one the old value.
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    for token in ["token 2", "token 3"] {
        let _secrets = secrets.clone().token(token);
        assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
        let (followed, thread) = derived.get().unwrap().clone();
        assert_eq!(followed, token);
        assert_eq!(thread, current().id(), "the runtime is no longer used");
    }
    assert_eq!(live.status().derived_failures(), 0);
}
