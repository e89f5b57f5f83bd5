//! Operations whose credentials are rejected.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::Live;
use from_secrets::live::StaleError;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{Config, MINUTE, Secrets, bounded, secs};

#[derive(Debug, PartialEq)]
pub(crate) enum CallError {
    WrongPassword,
    Other,
}

impl From<StaleError> for CallError {
    fn from(_: StaleError) -> Self {
        Self::Other
    }
}

pub(crate) fn is_rejected(error: &CallError) -> bool {
    *error == CallError::WrongPassword
}

/// A service that accepts this token only.
pub(crate) async fn call(live: &Live<Config>, valid: &str) -> Result<(), CallError> {
    let config = live.get()?;
    if config.token == valid {
        Ok(())
    } else {
        Err(CallError::WrongPassword)
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_operation_retries_with_rotated_credentials() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    let runs = Cell::new(0);
    let result = live.retry_on(is_rejected, || {
        runs.set(runs.get() + 1);
        call(&live, "token 2")
    });
    assert_eq!(result.await, Ok(()));
    assert_eq!((runs.get(), secrets.load_count()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn unchanged_version_is_not_retried() {
    let secrets = Secrets::new();
    let live = secrets.live().rotation_window(Duration::ZERO);
    let live = live.load().await.unwrap();
    let runs = Cell::new(0);
    let result = live.retry_on(is_rejected, || {
        runs.set(runs.get() + 1);
        call(&live, "another token")
    });
    assert_eq!(result.await, Err(CallError::WrongPassword));
    assert_eq!((runs.get(), secrets.load_count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn other_errors_and_successes_skip_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let other = live
        .retry_on(is_rejected, || async { Err::<(), _>(CallError::Other) })
        .await;
    assert_eq!(other, Err(CallError::Other));
    assert_eq!(
        live.retry_on(is_rejected, || call(&live, "token 1")).await,
        Ok(())
    );
    assert_eq!(secrets.load_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn version_already_refreshed_needs_no_request() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    let first = Cell::new(true);
    let result = live.retry_on(is_rejected, || async {
        if first.replace(false) {
            live.refresh().await.unwrap();
            return Err(CallError::WrongPassword);
        }
        call(&live, "token 2").await
    });
    assert_eq!(result.await, Ok(()));
    assert_eq!(secrets.load_count(), 2);
}

#[tokio::test(start_paused = true)]
async fn rejected_callers_share_one_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    // The requested refresh is deferred, too, so all callers must wait for it.
    live.refresh().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(Duration::from_millis(300));
    let mut callers = JoinSet::new();
    for i in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(i)).await;
            live.retry_on(is_rejected, || call(&live, "token 2")).await
        });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn refresh_before_rotation_is_not_reused() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    secrets.delay(secs(2));
    let before = live.refresh();
    let rejected = async {
        sleep(secs(1)).await;
        let _secrets = secrets.clone().token("token 2");
        live.retry_on(is_rejected, || call(&live, "token 2")).await
    };
    let (_, result) = tokio::join!(before, rejected);
    assert_eq!(result, Ok(()));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn permanently_wrong_credential_backs_off() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.background_refresh(false)
                .rotation_window(Duration::ZERO)
                .ttl(10_000 * MINUTE)
                .max_stale(Duration::MAX)
        })
        .await;
    secrets.delay(Duration::from_millis(50));
    let rejected = AtomicUsize::new(0);
    let slow = AtomicUsize::new(0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_hours(1) {
        let called = Instant::now();
        let result = live
            .retry_on(is_rejected, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(CallError::WrongPassword));
        rejected.fetch_add(1, Ordering::Relaxed);
        if called.elapsed() > Duration::from_millis(40) {
            slow.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(rejected.into_inner() > 30_000);
    // Each pause is twice as long as the one before: 12 doublings of a second are more than an hour.
    assert!(
        (8..=14).contains(&secrets.load_count()),
        "{}",
        secrets.load_count()
    );
    assert!(slow.into_inner() <= 14);
}

#[tokio::test(start_paused = true)]
async fn cancelled_caller_does_not_block_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    live.refresh().await.unwrap();
    let gone = live.retry_on(is_rejected, || call(&live, "token 2"));
    assert!(
        tokio::time::timeout(Duration::from_millis(100), gone)
            .await
            .is_err()
    );
    let _secrets = secrets.token("token 2");
    let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
    assert_eq!(result, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn second_rejection_refreshes_again() {
    for window in [Duration::ZERO, secs(10)] {
        let secrets = Secrets::new();
        let live = secrets.live().rotation_window(window).load().await.unwrap();
        drop(secrets.clone().token("token 2"));
        let operate = || async {
            let token = live.get()?.token.clone();
            match token.as_str() {
                "token 3" => return Ok(()),
                "token 2" => drop(secrets.clone().token("token 3")),
                _ => {}
            }
            Err(CallError::WrongPassword)
        };
        assert_eq!(
            live.retry_on(is_rejected, operate).await,
            Ok(()),
            "{window:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn slow_load_is_requested_once() {
    for interval in [Duration::from_nanos(1), secs(1)] {
        let secrets = Secrets::new();
        let live = secrets
            .load_live(|live| live.min_refresh_interval(interval))
            .await;
        // Longer than the load may take.
        secrets.delay(MINUTE);
        let start = Instant::now();
        let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
        assert_eq!(result, Err(CallError::WrongPassword));
        assert!(start.elapsed() <= secs(11), "{:?}", start.elapsed());
        assert_eq!(secrets.load_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn cancelled_caller_leaves_one_request_each() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.rotation_window(Duration::ZERO))
        .await;
    secrets.delay(secs(2));
    let cancelled = live.retry_on(is_rejected, || call(&live, "token 2"));
    assert!(tokio::time::timeout(secs(1), cancelled).await.is_err());
    sleep(MINUTE).await;
    drop(secrets.clone().token("token 2"));
    assert_eq!(
        live.retry_on(is_rejected, || call(&live, "token 2")).await,
        Ok(())
    );
}

#[tokio::test(start_paused = true)]
async fn rejection_during_load_gets_its_own() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.rotation_window(Duration::ZERO))
        .await;
    secrets.delay(secs(5));
    let first = live.retry_on(is_rejected, || call(&live, "token 2"));
    let second = async {
        sleep(secs(3)).await;
        drop(secrets.clone().token("token 2"));
        live.retry_on(is_rejected, || call(&live, "token 2")).await
    };
    let (_, second) = tokio::join!(first, second);
    assert_eq!(second, Ok(()));
}

#[test]
fn landed_version_prevents_rejection() {
    bounded(|| {
        // With the shortest window, each call ends as early as possible while the struct changes.
        for _ in 0..300 {
            let secrets = Secrets::new();
            let live = secrets
                .live()
                .background_refresh(false)
                .min_refresh_interval(Duration::from_nanos(1))
                .rotation_window(Duration::ZERO)
                .load_blocking()
                .unwrap();
            let start = std::sync::Barrier::new(3);
            std::thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        start.wait();
                        let is_new = || live.get().unwrap().token == "token 2";
                        let operate = || {
                            if is_new() {
                                Ok(())
                            } else {
                                Err(CallError::WrongPassword)
                            }
                        };
                        let result = live.retry_on_blocking(is_rejected, operate);
                        assert_eq!(result, Ok(()));
                    });
                }
                // Before any thread is rejected, so each load has it.
                drop(secrets.clone().token("token 2"));
                start.wait();
                live.refresh_blocking().unwrap();
            });
        }
    });
}
