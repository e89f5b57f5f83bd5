//! Derived values, and functions that are called for each change.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Loader, project};
use tokio::time::{sleep, timeout};

use crate::support::{Config, Gate, MINUTE, Secrets, bounded, current_thread, eventually, secs};

#[tokio::test(start_paused = true)]
async fn old_value_is_returned_during_creation() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let create = |token: from_secrets::live::ProjectionSnapshot<Config, String>| async move {
        sleep(secs(5)).await;
        Ok::<_, Infallible>(token.clone())
    };
    let derived = project!(live, token).map_async(create).await.unwrap();
    let _secrets = secrets.token("token 2");
    let refresh = live.refresh();
    let read = async {
        for _ in 0..4 {
            sleep(secs(1)).await;
            assert_eq!(*derived.get().unwrap(), "token 1");
            assert_eq!(live.get().unwrap().token, "token 2");
        }
    };
    let (refreshed, ()) = tokio::join!(refresh, read);
    refreshed.unwrap();
    assert_eq!(*derived.get().unwrap(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn several_fields_ignore_other_changes() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let both = project!(live, token, database.port).map(move |config: &Config| {
        counted.fetch_add(1, Ordering::SeqCst);
        format!("{} {}", config.token, config.database.port)
    });
    let whole = live.map(|config: &Config| config.database.password.clone());
    let mut changes = project!(live, token, database.port,).subscribe();
    let secrets = secrets.database(r#"{"password": "password 2", "port": "5432"}"#);
    live.refresh().await.unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(*whole.get().unwrap(), "password 2");
    assert!(timeout(secs(1), changes.changed()).await.is_err());
    let secrets = secrets.database(r#"{"password": "password 2", "port": "1"}"#);
    live.refresh().await.unwrap();
    assert_eq!(*both.get().unwrap(), "token 1 1");
    assert_eq!(changes.changed().await.unwrap().database.port, 1);
    let _secrets = secrets.token("token 2");
    live.refresh().await.unwrap();
    assert_eq!(*both.get().unwrap(), "token 2 1");
    assert_eq!(changes.changed().await.unwrap().token, "token 2");
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn last_good_outlives_bound() {
    let secrets = Secrets::new();
    let live = secrets.live().max_stale(10 * MINUTE).load().await.unwrap();
    let derived = project!(live, token).map(String::clone);
    secrets.fail(from_secrets::source::SourceErrorKind::Internal);
    sleep(20 * MINUTE).await;
    assert!(derived.get().is_err() && project!(live, token).get().is_err());
    assert_eq!(*derived.last_good(), "token 1");
    assert_eq!(*project!(live, token).last_good(), "token 1");
}

#[tokio::test(start_paused = true)]
async fn replaced_values_reach_hook_once() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let old: Arc<Mutex<Vec<String>>> = Arc::default();
    let replaced = Arc::clone(&old);
    let derived = project!(live, token)
        .map(String::clone)
        .on_replace(move |value: Arc<String>| {
            let replaced = Arc::clone(&replaced);
            async move {
                // Draining can take long, and must not delay refreshes.
                sleep(MINUTE).await;
                replaced.lock().unwrap().push(String::clone(&value));
            }
        });
    let mut secrets = secrets;
    for i in 2..=6 {
        secrets = secrets.token(&format!("token {i}"));
        live.refresh().await.unwrap();
        live.refresh().await.unwrap();
    }
    assert_eq!(*derived.get().unwrap(), "token 6");
    sleep(2 * MINUTE).await;
    let old = old.lock().unwrap().clone();
    assert_eq!(
        old,
        (1..=5).map(|i| format!("token {i}")).collect::<Vec<_>>()
    );
}

#[test]
fn hook_runs_after_home_shutdown() {
    bounded(|| {
        let secrets = Secrets::new();
        let runtime = current_thread();
        let live = runtime
            .block_on(secrets.live().background_refresh(false).load())
            .unwrap();
        let replaced = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&replaced);
        let derived = project!(live, token)
            .map(String::clone)
            .on_replace(move |_| {
                count.fetch_add(1, Ordering::SeqCst);
                std::future::ready(())
            });
        runtime.shutdown_background();
        let _secrets = secrets.token("token 2");
        live.refresh_blocking().unwrap();
        assert_eq!(*derived.get().unwrap(), "token 2");
        eventually("the hook runs", || replaced.load(Ordering::SeqCst) == 1);
    });
}

#[tokio::test(start_paused = true)]
async fn on_change_gets_every_change() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let tokens: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&tokens);
    let is_first = std::sync::atomic::AtomicBool::new(true);
    live.on_change(move |config| {
        let panics = config.token == "token 50" && is_first.swap(false, Ordering::SeqCst);
        let seen = Arc::clone(&seen);
        async move {
            sleep(Duration::from_millis(300)).await;
            assert!(!panics, "a function of a test panics");
            seen.lock().unwrap().push(config.token.clone());
        }
    });
    let ports = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&ports);
    project!(live, database.port).on_change(move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        std::future::ready(())
    });
    let mut secrets = secrets;
    for i in 2..=100 {
        secrets = secrets.token(&format!("token {i}"));
        live.refresh().await.unwrap();
        if i == 50 {
            assert_eq!(live.status().derived_failures(), 1);
            sleep(secs(10)).await;
        }
        live.refresh().await.unwrap();
    }
    let tokens = tokens.lock().unwrap().clone();
    assert_eq!(
        tokens,
        (2..=100).map(|i| format!("token {i}")).collect::<Vec<_>>()
    );
    assert_eq!(ports.load(Ordering::SeqCst), 0);
    let _secrets = secrets.database(r#"{"password": "password 1", "port": "1"}"#);
    live.refresh().await.unwrap();
    assert_eq!(ports.load(Ordering::SeqCst), 1);
}

#[test]
fn follower_added_during_change_catches_up() {
    bounded(|| {
        let secrets = Secrets::new();
        let live = secrets.live().load_blocking().unwrap();
        let (slow, creating) = (Gate::default(), Gate::default());
        let (pass, calls) = (slow.clone(), AtomicUsize::new(0));
        let _slow = live.map(move |_: &Config| {
            if calls.fetch_add(1, Ordering::SeqCst) == 1 {
                assert!(pass.pass());
            }
        });
        let (other, pass) = (live.clone(), creating.clone());
        let derived = thread::spawn(move || {
            let calls = AtomicUsize::new(0);
            other.map(move |config: &Config| {
                let token = config.token.clone();
                assert!(calls.fetch_add(1, Ordering::SeqCst) > 0 || pass.pass());
                token
            })
        });
        creating.wait_for_arrival();
        let _secrets = secrets.token("token 2");
        let other = live.clone();
        let refresh = thread::spawn(move || other.refresh_blocking());
        slow.wait_for_arrival();
        creating.open();
        let derived = derived.join().unwrap();
        slow.open();
        refresh.join().unwrap().unwrap();
        eventually("the new value", || *derived.get().unwrap() == "token 2");
    });
}

#[tokio::test(start_paused = true)]
async fn dropped_derived_value_frees_its_function() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let captured = Arc::new(());
    let capture = Arc::clone(&captured);
    let derived = live.map(move |_: &Config| drop(Arc::clone(&capture)));
    assert_eq!(Arc::strong_count(&captured), 2);
    drop(derived);
    let _secrets = secrets.token("token 2");
    live.refresh().await.unwrap();
    assert_eq!(Arc::strong_count(&captured), 1);
}

#[test]
fn functions_can_use_the_struct() {
    #[derive(FromSecrets)]
    struct Other {
        #[secret("OTHER")]
        other: String,
    }
    bounded(|| {
        for background in [true, false] {
            for is_own in [true, false] {
                let secrets = Secrets::new();
                let runtime = current_thread();
                let loader = secrets.loader().timeout(Duration::from_millis(100));
                let builder = secrets.live().loader(loader).background_refresh(background);
                let live = if is_own {
                    builder.load_blocking().unwrap()
                } else {
                    runtime.block_on(builder.load()).unwrap()
                };
                let (calls, inner) = (AtomicUsize::new(0), live.clone());
                let token = project!(live, token).map(String::clone);
                let read = token.clone();
                let derived = live.map(move |config: &Config| {
                    let other = Memory::new().with_secret("OTHER", "other");
                    let other = Loader::new()
                        .source(other)
                        .load_blocking::<Other>()
                        .unwrap()
                        .other;
                    let _status = inner.status();
                    drop((inner.get().unwrap(), read.get().unwrap()));
                    if calls.fetch_add(1, Ordering::SeqCst) == 1 {
                        // It would wait for itself, so it returns an error.
                        drop(inner.refresh_blocking());
                    }
                    format!("{} {other}", config.token)
                });
                let _secrets = secrets.token("token 2");
                if is_own {
                    drop(live.refresh_blocking());
                } else {
                    drop(runtime.block_on(live.refresh()));
                }
                eventually("the value follows", || {
                    *derived.last_good() == "token 2 other"
                });
            }
        }
    });
}
