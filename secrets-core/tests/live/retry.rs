//! Operations whose credentials are refused.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::live::StaleError;
use from_secrets::{Live, project};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{Config, LIMIT, MINUTE, Secrets, bounded, secs};

#[derive(Debug, PartialEq)]
enum Refusal {
    WrongPassword,
    Other,
}

impl From<StaleError> for Refusal {
    fn from(_: StaleError) -> Self {
        Self::Other
    }
}

fn is_refused(error: &Refusal) -> bool {
    *error == Refusal::WrongPassword
}

/// A service that takes this token only.
#[expect(clippy::unused_async, reason = "as a real one would be")]
async fn call(live: &Live<Config>, valid: &str) -> Result<(), Refusal> {
    let config = live.get()?;
    if config.token == valid {
        Ok(())
    } else {
        Err(Refusal::WrongPassword)
    }
}

#[tokio::test(start_paused = true)]
async fn rejected_operation_retries_with_rotated_credentials() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let secrets = secrets.token("token 2");
    let runs = Cell::new(0);
    let result = live.retry_on(is_refused, || {
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
    let result = live.retry_on(is_refused, || {
        runs.set(runs.get() + 1);
        call(&live, "another token")
    });
    assert_eq!(result.await, Err(Refusal::WrongPassword));
    assert_eq!((runs.get(), secrets.load_count()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn other_errors_and_successes_skip_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let other = live
        .retry_on(is_refused, || async { Err::<(), _>(Refusal::Other) })
        .await;
    assert_eq!(other, Err(Refusal::Other));
    assert_eq!(
        live.retry_on(is_refused, || call(&live, "token 1")).await,
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
    let result = live.retry_on(is_refused, || async {
        if first.replace(false) {
            live.refresh().await.unwrap();
            return Err(Refusal::WrongPassword);
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
    // The demand is deferred, too: it must be waited for by all.
    live.refresh().await.unwrap();
    let secrets = secrets.token("token 2");
    secrets.delay(Duration::from_millis(300));
    let mut callers = JoinSet::new();
    for i in 0..1_000 {
        let live = live.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(i)).await;
            live.retry_on(is_refused, || call(&live, "token 2")).await
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
    let refused = async {
        sleep(secs(1)).await;
        let _secrets = secrets.clone().token("token 2");
        live.retry_on(is_refused, || call(&live, "token 2")).await
    };
    let (_, result) = tokio::join!(before, refused);
    assert_eq!(result, Ok(()));
    assert_eq!(secrets.load_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn permanently_wrong_credential_backs_off() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .background_refresh(false)
        .rotation_window(Duration::ZERO)
        .ttl(10_000 * MINUTE)
        .max_stale(Duration::MAX)
        .load()
        .await
        .unwrap();
    secrets.delay(Duration::from_millis(50));
    let refused = AtomicUsize::new(0);
    let slow = AtomicUsize::new(0);
    let start = Instant::now();
    while start.elapsed() < Duration::from_hours(1) {
        let called = Instant::now();
        let result = live
            .retry_on(is_refused, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(Refusal::WrongPassword));
        refused.fetch_add(1, Ordering::Relaxed);
        if called.elapsed() > Duration::from_millis(40) {
            slow.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert!(refused.into_inner() > 30_000);
    // Twice as seldom each time: 12 doublings of a second are more than an hour.
    assert!(
        (8..=14).contains(&secrets.load_count()),
        "{}",
        secrets.load_count()
    );
    assert!(slow.into_inner() <= 14);
}

#[tokio::test(start_paused = true)]
async fn rotation_window_waits_for_new_version() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(secs(10))
        .load()
        .await
        .unwrap();
    let rotation = tokio::spawn({
        let secrets = secrets.clone();
        async move {
            sleep(Duration::from_millis(3_500)).await;
            secrets.token("token 2")
        }
    });
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for i in 0..100 {
        let live = live.clone();
        callers.spawn(async move {
            sleep(Duration::from_millis(10 * i)).await;
            live.retry_on(is_refused, || call(&live, "token 2")).await
        });
    }
    assert!(callers.join_all().await.iter().all(Result::is_ok));
    assert!(start.elapsed() <= secs(5), "{:?}", start.elapsed());
    // The first load, and one in each second up to the rotation.
    assert!(secrets.load_count() <= 6, "{}", secrets.load_count());
    drop(rotation.await);
}

#[tokio::test(start_paused = true)]
async fn expired_rotation_window_fails_immediately() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(secs(5))
        .load()
        .await
        .unwrap();
    let start = Instant::now();
    let result = live
        .retry_on(is_refused, || call(&live, "another token"))
        .await;
    assert_eq!(result, Err(Refusal::WrongPassword));
    assert!(
        start.elapsed() >= secs(4) && start.elapsed() <= secs(6),
        "{:?}",
        start.elapsed()
    );
    let loads = secrets.load_count();
    let start = Instant::now();
    for _ in 0..100 {
        let result = live
            .retry_on(is_refused, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(Refusal::WrongPassword));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(secrets.load_count() <= loads + 1);
}

#[tokio::test(start_paused = true)]
async fn cancelled_caller_does_not_block_refresh() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    live.refresh().await.unwrap();
    let gone = live.retry_on(is_refused, || call(&live, "token 2"));
    assert!(
        tokio::time::timeout(Duration::from_millis(100), gone)
            .await
            .is_err()
    );
    let _secrets = secrets.token("token 2");
    let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
    assert_eq!(result, Ok(()));
}

fn rotated_at(secrets: &Secrets, after: Duration, token: &'static str) {
    let secrets = secrets.clone();
    tokio::spawn(async move {
        sleep(after).await;
        drop(secrets.token(token));
    });
}

#[tokio::test(start_paused = true)]
async fn earlier_rejection_leaves_window_for_rotation() {
    for spurious in [1, 24 * 7] {
        let secrets = Secrets::new();
        let live = secrets.live().load().await.unwrap();
        for _ in 0..spurious {
            // One that has nothing to do with the password, and an operation that succeeds.
            let first = Cell::new(true);
            let once = || async {
                if first.replace(false) {
                    return Err(Refusal::WrongPassword);
                }
                call(&live, "token 1").await
            };
            drop(live.retry_on(is_refused, once).await);
            assert_eq!(
                live.retry_on(is_refused, || call(&live, "token 1")).await,
                Ok(())
            );
            sleep(Duration::from_hours(1)).await;
        }
        for i in 0..10 {
            let token = ["token 2", "token 3"][i % 2];
            rotated_at(&secrets, Duration::from_millis(3_500), token);
            let result = live.retry_on(is_refused, || call(&live, token)).await;
            assert_eq!(result, Ok(()), "rotation {i} after {spurious}");
            sleep(Duration::from_hours(1)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn old_rejection_without_success_is_forgotten() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    for _ in 0..48 {
        let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
        assert_eq!(result, Err(Refusal::WrongPassword));
        sleep(Duration::from_hours(1)).await;
    }
    rotated_at(&secrets, Duration::from_millis(300), "token 2");
    let start = Instant::now();
    let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
    assert_eq!(result, Ok(()));
    assert!(start.elapsed() <= secs(10), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn unrelated_change_does_not_end_waiting() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let password = project!(live, database.password);
    let derived = password.clone().map(String::clone);
    let runs = Cell::new(0);
    let operate = |password: String| {
        runs.set(runs.get() + 1);
        std::future::ready(if password == "password 2" {
            Ok(())
        } else {
            Err(Refusal::WrongPassword)
        })
    };
    for i in 0..2 {
        drop(
            secrets
                .clone()
                .database(r#"{"password": "password 1", "port": "5432"}"#),
        );
        live.refresh().await.unwrap();
        sleep(Duration::from_hours(1)).await;
        runs.set(0);
        let other = secrets.clone();
        tokio::spawn(async move {
            for i in 0..4 {
                sleep(Duration::from_millis(1_100)).await;
                drop(other.clone().token(&format!("another {i}")));
            }
            other.database(r#"{"password": "password 2", "port": "5432"}"#)
        });
        let result = if i == 0 {
            let run = || operate(password.get().unwrap().clone());
            password.retry_on(is_refused, run).await
        } else {
            let run = || operate(derived.get().unwrap().clone());
            derived.retry_on(is_refused, run).await
        };
        assert_eq!(result, Ok(()));
        assert_eq!(runs.get(), 2, "once with each password");
    }
}

#[tokio::test(start_paused = true)]
async fn unrelated_change_keeps_retrying() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let database = |password: &str| format!(r#"{{"password": "{password}", "port": 1}}"#);
    let rotation = secrets.clone();
    tokio::spawn(async move {
        sleep(Duration::from_millis(500)).await;
        let rotation = rotation.database(&database("another"));
        sleep(secs(3)).await;
        rotation.token("token 2")
    });
    let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
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
            Err(Refusal::WrongPassword)
        };
        assert_eq!(
            live.retry_on(is_refused, operate).await,
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
            .live()
            .min_refresh_interval(interval)
            .load()
            .await
            .unwrap();
        // Longer than the load may take.
        secrets.delay(MINUTE);
        let start = Instant::now();
        let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
        assert_eq!(result, Err(Refusal::WrongPassword));
        assert!(start.elapsed() <= secs(11), "{:?}", start.elapsed());
        assert_eq!(secrets.load_count(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn shortest_interval_ends_with_the_window() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .min_refresh_interval(Duration::from_nanos(1))
        .rotation_window(secs(1))
        .load()
        .await
        .unwrap();
    secrets.delay(Duration::from_millis(10));
    let start = Instant::now();
    let result = live.retry_on(is_refused, || call(&live, "token 2")).await;
    assert_eq!(result, Err(Refusal::WrongPassword));
    assert!(
        start.elapsed() <= Duration::from_millis(1_100),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn cancelled_caller_leaves_one_request_each() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(Duration::ZERO)
        .load()
        .await
        .unwrap();
    secrets.delay(secs(2));
    let cancelled = live.retry_on(is_refused, || call(&live, "token 2"));
    assert!(tokio::time::timeout(secs(1), cancelled).await.is_err());
    sleep(MINUTE).await;
    drop(secrets.clone().token("token 2"));
    assert_eq!(
        live.retry_on(is_refused, || call(&live, "token 2")).await,
        Ok(())
    );
}

#[tokio::test(start_paused = true)]
async fn rejection_during_load_gets_its_own() {
    let secrets = Secrets::new();
    let live = secrets
        .live()
        .rotation_window(Duration::ZERO)
        .load()
        .await
        .unwrap();
    secrets.delay(secs(5));
    let first = live.retry_on(is_refused, || call(&live, "token 2"));
    let second = async {
        sleep(secs(3)).await;
        drop(secrets.clone().token("token 2"));
        live.retry_on(is_refused, || call(&live, "token 2")).await
    };
    let (_, second) = tokio::join!(first, second);
    assert_eq!(second, Ok(()));
}

/// A service that accepts a password only after its rotation, which secrets follow later.
#[test]
fn rotations_under_load_return_no_rejection() {
    bounded(|| {
        let secrets = Secrets::new();
        let live = secrets
            .live()
            .min_refresh_interval(Duration::from_nanos(1))
            .rotation_window(LIMIT)
            .load_blocking()
            .unwrap();
        let valid = std::sync::Arc::new(AtomicUsize::new(1));
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let threads: Vec<_> = (0..8)
            .map(|i| {
                let (live, valid, stop) = (live.clone(), valid.clone(), stop.clone());
                let token = project!(live, token);
                let derived = token.clone().map(String::clone);
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        let check = |token: &str| {
                            let valid = format!("token {}", valid.load(Ordering::SeqCst));
                            if *token == valid {
                                Ok(())
                            } else {
                                Err(Refusal::WrongPassword)
                            }
                        };
                        let result = match i % 3 {
                            0 => live.retry_on_blocking(is_refused, || check(&live.get()?.token)),
                            1 => token.retry_on_blocking(is_refused, || check(&token.get()?)),
                            _ => derived.retry_on_blocking(is_refused, || check(&derived.get()?)),
                        };
                        assert_eq!(result, Ok(()));
                    }
                })
            })
            .collect();
        let mut secrets = secrets;
        for i in 2..300 {
            valid.store(i, Ordering::SeqCst);
            std::thread::yield_now();
            secrets = secrets.token(&format!("token {i}"));
            if i % 3 == 0 {
                live.refresh_blocking().unwrap();
            }
        }
        stop.store(true, Ordering::SeqCst);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn landed_version_prevents_rejection() {
    bounded(|| {
        // With the shortest window each call gives up as early as it can, while changes land.
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
                                Err(Refusal::WrongPassword)
                            }
                        };
                        let result = live.retry_on_blocking(is_refused, operate);
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
