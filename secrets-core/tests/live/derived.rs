//! Derived values keep the last good one.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use from_secrets::live::{Derived, Snapshot, TestClock};
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader, project};
use tokio::time::{sleep, timeout};

use crate::events::collect;
use crate::support::{Config, Gate, MINUTE, Secrets, bounded, current_thread, eventually, secs};

#[derive(Debug, PartialEq)]
struct Unusable(String);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is unusable", self.0)
    }
}

impl std::error::Error for Unusable {}

/// Fails, panics or hangs for some tokens, for so many times.
#[derive(Clone, Default)]
struct Faults {
    left: Arc<AtomicUsize>,
    calls: Arc<AtomicUsize>,
}

impl Faults {
    fn times(times: usize) -> Self {
        let faults = Self::default();
        faults.left.store(times, Ordering::SeqCst);
        faults
    }

    fn strikes(&self, token: &str) -> bool {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let one_less = |left: usize| left.checked_sub(1);
        token != "token 1"
            && self
                .left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
                .is_ok()
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn failing(live: &Live<Config>, kind: &'static str, faults: Faults) -> Derived<String> {
    let token = project!(live, token);
    match kind {
        "panics" => token.map(move |token: &String| {
            assert!(!faults.strikes(token), "a function of a test panics");
            token.clone()
        }),
        "fails" => token
            .try_map(move |token: &String| {
                let strikes = faults.strikes(token);
                if strikes {
                    Err(Unusable(token.clone()))
                } else {
                    Ok(token.clone())
                }
            })
            .unwrap(),
        "fails later" | "panics later" | "hangs" => {
            let create = move |token: from_secrets::live::ProjectionSnapshot<Config, String>| {
                let strikes = faults.strikes(&token);
                async move {
                    match kind {
                        _ if !strikes => {}
                        "fails later" => return Err(Unusable(token.clone())),
                        "hangs" => pending().await,
                        _ => panic!("a function of a test panics"),
                    }
                    Ok(token.clone())
                }
            };
            token.map_async(create).await.unwrap()
        }
        _ => unreachable!(),
    }
}

const KINDS: [&str; 5] = ["panics", "fails", "fails later", "panics later", "hangs"];

#[tokio::test(start_paused = true)]
async fn failing_function_keeps_old_value() {
    for background in [true, false] {
        for kind in KINDS {
            let secrets = Secrets::new();
            let live = secrets
                .live()
                .background_refresh(background)
                .load()
                .await
                .unwrap();
            let faults = Faults::times(3);
            let derived = failing(&live, kind, faults.clone()).await;
            let _secrets = secrets.clone().token("token 2");
            live.refresh().await.unwrap();
            assert_eq!(live.get().unwrap().token, "token 2");
            assert_eq!(*derived.get().unwrap(), "token 1", "{kind}");
            assert_eq!(live.status().derived_failures(), 1, "{kind}");
            assert_eq!(live.status().failures(), 0, "{kind}");
            assert_eq!(
                derived.last_error().is_some(),
                kind.starts_with("fails"),
                "{kind}"
            );
            for _ in 0..120 {
                sleep(secs(1)).await;
                derived.get().unwrap();
            }
            assert_eq!(*derived.get().unwrap(), "token 2", "{kind} {background}");
            assert!(derived.last_error().is_none(), "{kind}");
            assert_eq!(live.status().derived_failures(), 0, "{kind}");
            // The first one, three that failed, and one that did not.
            assert_eq!(faults.calls(), 5, "{kind}");
            assert_eq!(secrets.load_count(), 2, "{kind}: retries need no request");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn failing_function_is_retried_with_pauses() {
    let secrets = Secrets::new();
    let live = secrets.live().ttl(MINUTE).load().await.unwrap();
    let faults = Faults::times(usize::MAX);
    let derived = failing(&live, "fails", faults.clone()).await;
    let _secrets = secrets.token("token 2");
    sleep(Duration::from_hours(1)).await;
    assert_eq!(*derived.get().unwrap(), "token 1");
    // With each load, and after pauses that double up to the TTL.
    assert!((60..250).contains(&faults.calls()), "{}", faults.calls());
}

#[tokio::test(start_paused = true)]
async fn old_value_is_returned_during_creation() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let create = |token: from_secrets::live::ProjectionSnapshot<Config, String>| async move {
        sleep(secs(5)).await;
        Ok::<_, Unusable>(token.clone())
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
async fn first_error_is_returned_as_is() {
    let live = Secrets::new().live().load().await.unwrap();
    let error =
        project!(live, token).try_map(|token: &String| Err::<(), _>(Unusable(token.clone())));
    assert_eq!(error.unwrap_err(), Unusable("token 1".to_owned()));
    let error = live.try_map(|config: &Config| Err::<(), _>(Unusable(config.token.clone())));
    assert_eq!(error.unwrap_err(), Unusable("token 1".to_owned()));
    let create =
        |config: Snapshot<Config>| async move { Err::<(), _>(Unusable(config.token.clone())) };
    assert_eq!(
        live.map_async(create).await.unwrap_err(),
        Unusable("token 1".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn restored_value_clears_last_error() {
    let secrets = Secrets::new();
    let live = secrets.live().load().await.unwrap();
    let derived = failing(&live, "fails", Faults::times(usize::MAX)).await;
    let secrets = secrets.token("token 2");
    live.refresh().await.unwrap();
    let error = derived.last_error().unwrap();
    assert_eq!(error.to_string(), "token 2 is unusable");
    let _secrets = secrets.token("token 1");
    live.refresh().await.unwrap();
    assert_eq!(live.status().derived_failures(), 0);
    assert!(derived.last_error().is_none());
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
                // Draining may take its time, and must not delay refreshes.
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
fn blocked_function_does_not_stop_refreshes() {
    bounded(|| {
        let secrets = Secrets::new();
        let loader = secrets.loader().timeout(Duration::from_millis(100));
        let live = secrets.live().loader(loader).ttl(Duration::from_millis(50));
        let live = live.load_blocking().unwrap();
        let gate = Gate::default();
        let (pass, calls) = (gate.clone(), AtomicUsize::new(0));
        let derived = project!(live, token).map(move |token: &String| {
            assert!(calls.fetch_add(1, Ordering::SeqCst) != 1 || pass.pass());
            token.clone()
        });
        let secrets = secrets.token("token 2");
        gate.wait_for_arrival();
        let _secrets = secrets.token("token 3");
        eventually("the struct is refreshed", || {
            live.last_good().token == "token 3"
        });
        assert_eq!(*derived.last_good(), "token 1");
        eventually("it is reported", || live.status().derived_failures() > 0);
        gate.open();
        eventually("the value follows", || *derived.last_good() == "token 3");
    });
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
                        // It would wait for itself, so it gives up.
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

#[test]
fn unfollowed_change_is_logged_without_values() {
    #[derive(FromSecrets)]
    struct Followed {
        #[secret("API_TOKEN")]
        token: String,
    }
    bounded(|| {
        let events = collect("Followed");
        let memory = Memory::new().with_secret("API_TOKEN", "canary 1");
        let clock = TestClock::new();
        let live = Live::<Followed>::builder()
            .loader(Loader::new().source(memory.clone()))
            .background_refresh(false)
            .clock(&clock)
            .load_blocking()
            .unwrap();
        let derived = live.map(|config: &Followed| {
            assert!(config.token == "canary 1", "a function of a test panics");
        });
        let _memory = memory.with_secret("API_TOKEN", "canary 2");
        live.refresh_blocking().unwrap();
        derived.get().unwrap();
        let events = events.lock().unwrap().clone();
        assert!(
            events.iter().any(|event| event.contains("panicked")),
            "{events:?}"
        );
        assert!(
            !events.iter().any(|event| event.contains("canary")),
            "{events:?}"
        );
    });
}
