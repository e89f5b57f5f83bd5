//! Derived values whose functions fail, panic or block.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use from_secrets::live::{Derived, ProjectionSnapshot, Snapshot, TestClock};
use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader, project};
use tokio::time::sleep;

use crate::events::collect;
use crate::support::{Config, Gate, MINUTE, Secrets, bounded, eventually, secs};

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

/// Panics when it is dropped.
struct Fragile;

impl Drop for Fragile {
    fn drop(&mut self) {
        panic!("a value of a test panics");
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
        "fails later" | "panics later" | "hangs" | "hangs, then panics" => {
            let create = move |token: ProjectionSnapshot<Config, String>| {
                let strikes = faults.strikes(&token);
                async move {
                    match kind {
                        _ if !strikes => {}
                        "fails later" => return Err(Unusable(token.clone())),
                        "hangs" => pending().await,
                        "hangs, then panics" => {
                            let _fragile = Fragile;
                            pending::<()>().await;
                        }
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

const KINDS: [&str; 6] = [
    "panics",
    "fails",
    "fails later",
    "panics later",
    "hangs",
    "hangs, then panics",
];

#[tokio::test(start_paused = true)]
async fn failing_function_keeps_old_value() {
    for background in [true, false] {
        for kind in KINDS {
            let secrets = Secrets::new();
            let live = secrets
                .load_live(|live| live.background_refresh(background))
                .await;
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
            events
                .iter()
                .any(|event| event.contains("a panic occurred")
                    && event.contains(r#"follower="()""#)),
            "{events:?}"
        );
        assert!(
            !events.iter().any(|event| event.contains("canary")),
            "{events:?}"
        );
    });
}
