//! The timer, and access past the TTL.

use std::future::pending;
use std::time::Duration;

use from_secrets::live::{StalePolicy, TestClock};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep};

use crate::support::{MINUTE, Secrets, secs};

#[tokio::test(start_paused = true)]
async fn timer_follows_rotation_within_ttl() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(5 * MINUTE).load().await.unwrap();
    assert_eq!(live.get().unwrap().token, "token 1");
    let secrets = secrets.token("token 2");
    sleep(5 * MINUTE + secs(1)).await;
    assert_eq!(live.get().unwrap().token, "token 2");
    sleep(Duration::from_hours(1)).await;
    let (first, rest) = secrets
        .pauses()
        .split_first()
        .map(|(f, r)| (*f, r.to_vec()))
        .unwrap();
    assert!(first <= 5 * MINUTE, "{first:?}");
    assert!(rest.len() >= 12, "{rest:?}");
    for pause in rest {
        assert!(
            (4 * MINUTE..=5 * MINUTE + secs(1)).contains(&pause),
            "{pause:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_jitter_the_timer_is_exact() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).jitter(0.0).load().await.unwrap();
    sleep(10 * MINUTE + secs(1)).await;
    assert_eq!(secrets.load_count(), 11);
    for pause in secrets.pauses() {
        assert!(pause >= MINUTE && pause < MINUTE + secs(1), "{pause:?}");
    }
    drop(live);
}

#[tokio::test(start_paused = true)]
async fn access_within_ttl_sends_no_request() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false).jitter(0.0).ttl(MINUTE))
        .await;
    secrets.delay(secs(5));
    advance(secs(59)).await;
    let start = Instant::now();
    for _ in 0..100 {
        live.get_fresh().await.unwrap();
        live.get().unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(secrets.load_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn access_past_ttl_waits_for_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false).ttl(MINUTE))
        .await;
    let secrets = secrets.token("token 2");
    secrets.delay(Duration::from_millis(300));
    advance(MINUTE).await;
    let start = Instant::now();
    assert_eq!(live.get_fresh().await.unwrap().token, "token 2");
    assert_eq!(start.elapsed(), Duration::from_millis(300));
}

#[tokio::test(start_paused = true)]
async fn wait_limit_does_not_cancel_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.background_refresh(false)
                .ttl(MINUTE)
                .stale_policy(StalePolicy::Wait(Duration::from_millis(200)))
        })
        .await;
    let secrets = secrets.token("token 2");
    secrets.delay(secs(3));
    advance(MINUTE).await;
    let start = Instant::now();
    assert_eq!(live.get_fresh().await.unwrap().token, "token 1");
    assert!(
        start.elapsed() < Duration::from_millis(210),
        "{:?}",
        start.elapsed()
    );
    sleep(secs(3)).await;
    assert_eq!(live.get_fresh().await.unwrap().token, "token 2");
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn serve_stale_returns_old_without_waiting() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.background_refresh(false)
                .ttl(MINUTE)
                .stale_policy(StalePolicy::ServeStale)
        })
        .await;
    let secrets = secrets.token("token 2");
    secrets.delay(secs(1));
    advance(MINUTE).await;
    let start = Instant::now();
    for _ in 0..10 {
        assert_eq!(live.get_fresh().await.unwrap().token, "token 1");
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    sleep(secs(2)).await;
    assert_eq!(live.get_fresh().await.unwrap().token, "token 2");
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn get_past_ttl_starts_one_refresh() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.background_refresh(false).ttl(MINUTE))
        .await;
    let secrets = secrets.token("token 2");
    advance(MINUTE).await;
    for _ in 0..10 {
        assert_eq!(live.get().unwrap().token, "token 1");
    }
    sleep(secs(1)).await;
    assert_eq!(live.get().unwrap().token, "token 2");
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn jitter_bounds_early_access_refresh() {
    for _ in 0..50 {
        let secrets = Secrets::new();
        let live = secrets
            .load_live(|live| {
                live.background_refresh(false)
                    .ttl(100 * secs(1))
                    .jitter(0.3)
            })
            .await;
        advance(secs(69)).await;
        live.get_fresh().await.unwrap();
        assert_eq!(secrets.load_count(), 1);
        advance(secs(32)).await;
        live.get_fresh().await.unwrap();
        assert_eq!(secrets.load_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn snapshot_is_unchanged_by_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let before = live.get().unwrap();
    let kept = from_secrets::live::Snapshot::to_arc(&before);
    secrets
        .token("token 2")
        .database(r#"{"password": "password 2", "port": 1}"#);
    sleep(2 * MINUTE).await;
    let after = live.get().unwrap();
    assert_eq!(
        (before.token.as_str(), before.database.port),
        ("token 1", 5432)
    );
    assert_eq!((after.token.as_str(), after.database.port), ("token 2", 1));
    assert_eq!(kept.database.password, "password 1");
    assert_eq!(after.database.password, "password 2");
}

#[tokio::test(start_paused = true)]
async fn access_during_followers_refreshes() {
    // Past the TTL, and past the bound.
    for age in [MINUTE, 3 * MINUTE] {
        let secrets = Secrets::new();
        let clock = TestClock::new();
        let live = secrets
            .load_live(|live| {
                live.clock(&clock)
                    .background_refresh(false)
                    .ttl(MINUTE)
                    .max_stale(2 * MINUTE)
                    .stale_policy(StalePolicy::Wait(Duration::from_hours(1)))
            })
            .await;
        live.on_change(|_| pending());
        let secrets = secrets.token("token 2");
        let other = live.clone();
        let refresh = tokio::spawn(async move { other.refresh().await });
        while live.last_good().token != "token 2" {
            yield_now().await;
        }
        let _secrets = secrets.token("token 3");
        clock.advance(age);
        assert_eq!(live.get_fresh().await.unwrap().token, "token 3", "{age:?}");
        refresh.await.unwrap().unwrap();
    }
}
