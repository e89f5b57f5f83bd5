//! When the last handle goes, everything does.

use std::sync::Weak;

use from_secrets::Live;
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
