//! What is served while refreshes fail, and for how long.

use std::error::Error as _;
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, StalePolicy};
use from_secrets::source::SourceErrorKind;
use tokio::time::{Instant, advance, sleep};

use crate::support::{MINUTE, Secrets, secs};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test(start_paused = true)]
async fn outage_serves_struct_until_max_stale() {
    for timer in [true, false] {
        let secrets = Secrets::new();
        let live = secrets
            .load_live(|live| live.background_refresh(timer).ttl(MINUTE).max_stale(HOUR))
            .await;
        secrets.fail(SourceErrorKind::Unreachable);
        sleep(secs(3_599)).await;
        assert_eq!(live.get_fresh().await.unwrap().token, "token 1");
        assert_eq!(live.get().unwrap().token, "token 1");
        // A timer may have refreshed once before the first failure.
        sleep(MINUTE + secs(2)).await;
        let stale = live.get().unwrap_err();
        assert!(stale.age() > HOUR, "{stale}");
        assert_eq!(stale.max_stale(), HOUR);
        let stale = live.get_fresh().await.unwrap_err();
        assert_eq!(stale.last_error().unwrap().failed_fields().count(), 4);
        assert!(
            stale
                .source()
                .unwrap()
                .to_string()
                .contains("4 fields failed")
        );
        assert!(
            stale.to_string().contains("`Config` was loaded 36"),
            "{stale}"
        );
        assert_eq!(live.last_good().token, "token 1");
    }
}

#[tokio::test(start_paused = true)]
async fn unbounded_staleness_serves_struct_indefinitely() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.max_stale(Duration::MAX))
        .await;
    secrets.fail(SourceErrorKind::Unreachable);
    sleep(20 * 24 * HOUR).await;
    assert_eq!(live.get().unwrap().token, "token 1");
    assert_eq!(live.get_fresh().await.unwrap().token, "token 1");
}

#[tokio::test(start_paused = true)]
async fn stale_access_waits_for_refresh() {
    for policy in [StalePolicy::Wait(secs(1)), StalePolicy::ServeStale] {
        let secrets = Secrets::new();
        let live = secrets
            .load_live(|live| {
                live.background_refresh(false)
                    .max_stale(HOUR)
                    .stale_policy(policy)
            })
            .await;
        let secrets = secrets.token("token 2");
        secrets.delay(secs(5));
        advance(2 * HOUR).await;
        let stale = live.get().unwrap_err();
        assert!(stale.last_error().is_none());
        assert!(stale.to_string().contains("has not ended yet"), "{stale}");
        let start = Instant::now();
        assert_eq!(live.get_fresh().await.unwrap().token, "token 2");
        assert_eq!(start.elapsed(), secs(5), "{policy:?}");
        assert_eq!(secrets.load_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn failed_refreshes_back_off_exponentially() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.ttl(10 * MINUTE).backoff(secs(10), 2 * MINUTE))
        .await;
    secrets.fail(SourceErrorKind::Internal);
    sleep(40 * MINUTE).await;
    let pauses = secrets.pauses();
    let (first, failing) = pauses.split_first().unwrap();
    assert!(*first <= 10 * MINUTE);
    for (i, pause) in failing.iter().enumerate() {
        let whole = (secs(10) * 2_u32.pow(u32::try_from(i).unwrap().min(10))).min(2 * MINUTE);
        assert!(
            *pause >= whole / 2 && *pause <= whole + secs(1),
            "{i}: {pause:?} of {whole:?}"
        );
    }
    assert!(failing.len() > 10, "{failing:?}");
    assert_eq!(live.status().failures() as usize, failing.len() + 1);
}

#[tokio::test(start_paused = true)]
async fn accesses_respect_backoff() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.background_refresh(false)
                .ttl(MINUTE)
                .backoff(MINUTE, MINUTE)
        })
        .await;
    secrets.fail(SourceErrorKind::Throttled);
    advance(MINUTE).await;
    secrets.delay(Duration::from_millis(100));
    let start = Instant::now();
    for _ in 0..1_000 {
        live.get_fresh().await.unwrap();
        live.get().unwrap();
    }
    assert_eq!(
        start.elapsed(),
        Duration::from_millis(100),
        "only the first waits"
    );
    assert_eq!(secrets.load_count(), 2);
    advance(MINUTE).await;
    live.get_fresh().await.unwrap();
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn recovery_clears_status_and_staleness() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.ttl(MINUTE).max_stale(HOUR))
        .await;
    secrets.fail(SourceErrorKind::Unreachable);
    sleep(2 * HOUR).await;
    assert!(live.get().is_err());
    assert!(live.status().is_stale());
    let status = live.status();
    assert!(status.failures() > 50 && status.last_error().is_some());
    assert!(status.last_attempt() >= status.last_success());

    secrets.recover();
    let _secrets = secrets.token("token 2");
    sleep(MINUTE + secs(1)).await;
    assert_eq!(live.get().unwrap().token, "token 2");
    let status = live.status();
    assert_eq!(status.failures(), 0);
    assert!(status.last_error().is_none() && !status.is_stale());
    assert!(status.age() <= MINUTE + secs(1), "{:?}", status.age());
}

#[tokio::test(start_paused = true)]
async fn malformed_version_keeps_whole_old_struct() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets
        .token("token 2")
        .database(r#"{"password": "password 2", "port": "not a port"}"#);
    let error = live.refresh().await.unwrap_err();
    let paths: Vec<&str> = error
        .failed_fields()
        .map(from_secrets::report::FieldReport::path)
        .collect();
    assert_eq!(paths, ["database.port"]);
    let config = live.get().unwrap();
    assert_eq!(config.token, "token 1");
    assert_eq!(config.database.password, "password 1");
    assert_eq!(
        live.status().last_error().unwrap().failed_fields().count(),
        1
    );

    let _secrets = secrets.database(r#"{"password": "password 2", "port": 1}"#);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().token, "token 2");
}

#[tokio::test(start_paused = true)]
async fn only_required_missing_field_fails_refresh() {
    let secrets = Secrets::new()
        .database(r#"{"password": "password 1", "port": 1, "replica": "replica.example"}"#);
    let live = secrets.live().load().await.unwrap();
    assert_eq!(
        live.get().unwrap().database.replica.as_deref(),
        Some("replica.example")
    );

    let secrets = secrets.database(r#"{"port": 1, "replica": "replica.example"}"#);
    let error = live.refresh().await.unwrap_err();
    assert_eq!(
        error.failed_fields().next().unwrap().path(),
        "database.password"
    );
    assert_eq!(live.get().unwrap().database.password, "password 1");

    let _secrets = secrets.database(r#"{"password": "password 1", "port": 1}"#);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(live.get().unwrap().database.replica, None);
}
