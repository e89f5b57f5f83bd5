//! Rotations during which the source returns the old credentials for a while.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::project;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::retry::{CallError, call, is_rejected};
use crate::support::{LIMIT, Secrets, bounded, secs};

#[tokio::test(start_paused = true)]
async fn rotation_window_waits_for_new_version() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| live.rotation_window(secs(10)))
        .await;
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
            live.retry_on(is_rejected, || call(&live, "token 2")).await
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
        .load_live(|live| live.rotation_window(secs(5)))
        .await;
    let start = Instant::now();
    let result = live
        .retry_on(is_rejected, || call(&live, "another token"))
        .await;
    assert_eq!(result, Err(CallError::WrongPassword));
    assert!(
        start.elapsed() >= secs(4) && start.elapsed() <= secs(6),
        "{:?}",
        start.elapsed()
    );
    let loads = secrets.load_count();
    let start = Instant::now();
    for _ in 0..100 {
        let result = live
            .retry_on(is_rejected, || call(&live, "another token"))
            .await;
        assert_eq!(result, Err(CallError::WrongPassword));
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(secrets.load_count() <= loads + 1);
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
            // A rejection that is not caused by the password, and an operation that succeeds.
            let first = Cell::new(true);
            let once = || async {
                if first.replace(false) {
                    return Err(CallError::WrongPassword);
                }
                call(&live, "token 1").await
            };
            drop(live.retry_on(is_rejected, once).await);
            assert_eq!(
                live.retry_on(is_rejected, || call(&live, "token 1")).await,
                Ok(())
            );
            sleep(Duration::from_hours(1)).await;
        }
        for i in 0..10 {
            let token = ["token 2", "token 3"][i % 2];
            rotated_at(&secrets, Duration::from_millis(3_500), token);
            let result = live.retry_on(is_rejected, || call(&live, token)).await;
            assert_eq!(result, Ok(()), "rotation {i} after {spurious}");
            sleep(Duration::from_hours(1)).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn success_begins_another_window() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let rejected = live.retry_on(is_rejected, || call(&live, "token 2")).await;
    assert_eq!(rejected, Err(CallError::WrongPassword));
    let accepted = live.retry_on(is_rejected, || call(&live, "token 1")).await;
    assert_eq!(accepted, Ok(()));
    rotated_at(&secrets, Duration::from_millis(3_500), "token 2");
    let rotated = live.retry_on(is_rejected, || call(&live, "token 2")).await;
    assert_eq!(rotated, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn old_rejection_without_success_is_forgotten() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    for _ in 0..48 {
        let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
        assert_eq!(result, Err(CallError::WrongPassword));
        sleep(Duration::from_hours(1)).await;
    }
    rotated_at(&secrets, Duration::from_millis(300), "token 2");
    let start = Instant::now();
    let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
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
            Err(CallError::WrongPassword)
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
            password.retry_on(is_rejected, run).await
        } else {
            let run = || operate(derived.get().unwrap().clone());
            derived.retry_on(is_rejected, run).await
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
    let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
    assert_eq!(result, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn shortest_interval_ends_with_the_window() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.min_refresh_interval(Duration::from_nanos(1))
                .rotation_window(secs(1))
        })
        .await;
    secrets.delay(Duration::from_millis(10));
    let start = Instant::now();
    let result = live.retry_on(is_rejected, || call(&live, "token 2")).await;
    assert_eq!(result, Err(CallError::WrongPassword));
    assert!(
        start.elapsed() <= Duration::from_millis(1_100),
        "{:?}",
        start.elapsed()
    );
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
                                Err(CallError::WrongPassword)
                            }
                        };
                        let result = match i % 3 {
                            0 => live.retry_on_blocking(is_rejected, || check(&live.get()?.token)),
                            1 => token.retry_on_blocking(is_rejected, || check(&token.get()?)),
                            _ => derived.retry_on_blocking(is_rejected, || check(&derived.get()?)),
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
