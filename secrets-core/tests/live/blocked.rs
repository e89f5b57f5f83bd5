//! Sources that block, panic or never return.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use from_secrets::live::RefreshOutcome;
use from_secrets::source::{
    FetchContext, FetchFuture, SecretRequest, SecretSource, SourceErrorKind,
};
use from_secrets::{ErrorKind, FromSecrets, Live, Loader};

use crate::events::collect;
use crate::support::{
    Config, Gate, Obstacle, Secrets, block_on, bounded, current_thread, eventually, multi_thread,
};

const INSTANT: Duration = Duration::from_nanos(1);
const TIMEOUT: Duration = Duration::from_millis(100);
const TTL: Duration = Duration::from_millis(50);

#[test]
fn blocked_refresh_is_counted_and_alone() {
    bounded(|| {
        for (is_own, background) in [(true, true), (true, false), (false, true), (false, false)] {
            let secrets = Secrets::new();
            let builder = secrets
                .live()
                .loader(secrets.loader().timeout(TIMEOUT))
                .background_refresh(background)
                .min_refresh_interval(INSTANT)
                .ttl(TTL);
            let runtime = multi_thread();
            let live = if is_own {
                builder.load_blocking().unwrap()
            } else {
                runtime.block_on(builder.load()).unwrap()
            };
            let gate = Gate::default();
            secrets.obstruct(Obstacle::Blocks(gate.clone()));
            eventually("a refresh begins", || {
                let _ = live.get();
                gate.arrived() == 1
            });
            eventually("it times out", || {
                let _ = live.get();
                live.status().failures() == 1
            });
            let error = live.status().last_error().unwrap().clone();
            assert_eq!(error.kind(), ErrorKind::Runtime);
            assert!(error.to_string().contains("blocks its thread"), "{error}");
            // No other one begins.
            live.refresh_blocking().unwrap_err();
            block_on(live.refresh()).unwrap_err();
            let _ = live.get_fresh_blocking();
            assert_eq!((gate.arrived(), live.status().failures()), (1, 1));
            assert_eq!(live.last_good().token, "token 1");

            secrets.obstruct(Obstacle::Absent);
            let _secrets = secrets.clone().token("token 2");
            gate.open();
            eventually("refreshes go on", || {
                let _ = live.get();
                live.last_good().token == "token 2" && live.status().failures() == 0
            });
            // On a busy machine, a refresh of the timer can be late once more.
            eventually("a refresh succeeds", || live.refresh_blocking().is_ok());
            drop(live);
            runtime.shutdown_background();
        }
    });
}

#[test]
fn blocked_refresh_is_logged_once() {
    #[derive(FromSecrets)]
    struct Blocked {
        #[secret("API_TOKEN")]
        token: String,
    }
    bounded(|| {
        let events = collect("Blocked");
        let secrets = Secrets::new();
        let live = Live::<Blocked>::builder()
            .loader(secrets.loader().timeout(TIMEOUT))
            .ttl(TTL)
            .load_blocking()
            .unwrap();
        let gate = Gate::default();
        secrets.obstruct(Obstacle::Blocks(gate.clone()));
        gate.wait_for_arrival();
        let timeouts = || {
            let events = events.lock().unwrap();
            events
                .iter()
                .filter(|event| event.contains("the refresh timed out"))
                .count()
        };
        eventually("it is logged", || timeouts() == 1);
        eventually("the struct is too old", || live.status().age() > 40 * TTL);
        assert_eq!(timeouts(), 1);
        assert_eq!(live.last_good().token, "token 1");
        gate.open();
    });
}

#[test]
fn panicking_source_is_a_failure() {
    bounded(|| {
        let runtime = current_thread();
        let secrets = Secrets::new();
        let builder = || secrets.live().min_refresh_interval(INSTANT);
        let lives = [
            builder().load_blocking().unwrap(),
            runtime.block_on(builder().load()).unwrap(),
        ];
        secrets.obstruct(Obstacle::Panics);
        for live in &lives {
            for failures in 1..=3 {
                let error = live.refresh_blocking().unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Runtime);
                assert_eq!(live.status().failures(), failures);
            }
            assert_eq!(
                runtime.block_on(live.refresh()).unwrap_err().kind(),
                ErrorKind::Runtime
            );
        }
        secrets.obstruct(Obstacle::Absent);
        for live in &lives {
            assert_eq!(live.refresh_blocking().unwrap(), RefreshOutcome::Unchanged);
            assert_eq!(live.status().failures(), 0);
        }
    });
}

/// Panics before it returns a future.
#[derive(Debug)]
struct Immediate(Mutex<bool>);

impl SecretSource for Immediate {
    fn name(&self) -> &'static str {
        "immediate"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        let panics = *self.0.lock().unwrap();
        assert!(!panics, "the source of a test panics");
        let found = from_secrets::source::SecretValue::text("1");
        Box::pin(
            async move { vec![from_secrets::source::FetchResult::Found(found); requests.len()] },
        )
    }
}

#[test]
fn source_panic_without_future_is_failure() {
    #[derive(FromSecrets)]
    struct One {
        token: String,
    }
    bounded(|| {
        let source = Arc::new(Immediate(Mutex::new(false)));
        let loader = Loader::new().source(Arc::clone(&source));
        let live = Live::<One>::builder()
            .loader(loader)
            .min_refresh_interval(INSTANT);
        let live = live.load_blocking().unwrap();
        *source.0.lock().unwrap() = true;
        live.refresh_blocking().unwrap_err();
        *source.0.lock().unwrap() = false;
        live.refresh_blocking().unwrap();
        assert_eq!(live.get().unwrap().token, "1");
    });
}

#[test]
fn source_that_never_wakes_times_out() {
    bounded(|| {
        let secrets = Secrets::new();
        let runtime = current_thread();
        let builder = || {
            let loader = secrets.loader().timeout(TIMEOUT);
            secrets.live().loader(loader).min_refresh_interval(INSTANT)
        };
        let lives = [
            builder().load_blocking().unwrap(),
            runtime.block_on(builder().load()).unwrap(),
        ];
        for live in &lives {
            secrets.obstruct(Obstacle::NeverWakes);
            live.refresh_blocking().unwrap_err();
            assert_eq!(live.status().failures(), 1);
            runtime.block_on(live.refresh()).unwrap_err();
            assert_eq!(live.status().failures(), 2);
            secrets.obstruct(Obstacle::Absent);
            live.refresh_blocking().unwrap();
        }
    });
}

#[test]
fn refresh_without_running_home_is_counted() {
    bounded(|| {
        let secrets = Secrets::new();
        let runtime = current_thread();
        let live = secrets
            .live()
            .loader(secrets.loader().timeout(TIMEOUT))
            .min_refresh_interval(INSTANT)
            .background_refresh(false);
        let live = runtime.block_on(live.load()).unwrap();
        secrets.delay(Duration::from_hours(1));
        runtime.block_on(async {
            let live = live.clone();
            tokio::spawn(async move { live.refresh().await });
            while secrets.load_count() < 2 {
                tokio::task::yield_now().await;
            }
        });
        // From here on its runtime does not run it.
        secrets.delay(Duration::ZERO);
        secrets.fail(SourceErrorKind::Internal);
        live.refresh_blocking().unwrap_err();
        assert_eq!(live.status().failures(), 2, "one timed out, one failed");
    });
}

#[test]
fn suspended_follower_keeps_refresh_successful() {
    bounded(|| {
        let secrets = Secrets::new();
        let runtime = current_thread();
        let live = secrets
            .live()
            .loader(secrets.loader().timeout(TIMEOUT))
            .ttl(TTL)
            .background_refresh(false);
        let live = runtime.block_on(live.load()).unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let called = Arc::clone(&calls);
        live.on_change(move |_| {
            let is_first = called.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if is_first {
                    pending::<()>().await;
                }
            }
        });
        let _secrets = secrets.clone().token("token 2");
        runtime.block_on(async {
            let live = live.clone();
            tokio::spawn(async move { live.refresh().await });
            while calls.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        });
        // From here on its runtime does not run the function.
        let is_late = || {
            drop(live.get().unwrap());
            let status = live.status();
            assert_eq!(status.failures(), 0, "{:?}", status.last_error());
            status.derived_failures() == 1
        };
        eventually("the function is late", is_late);
        eventually("it runs again", || {
            drop(live.get().unwrap());
            calls.load(Ordering::SeqCst) == 2 && live.status().derived_failures() == 0
        });
        assert_eq!(live.status().failures(), 0);
    });
}

#[test]
fn many_structs_survive_one_blocked_source() {
    bounded(|| {
        let blocked = Secrets::new();
        let gate = Gate::default();
        let loader = blocked.loader().timeout(TIMEOUT);
        let stuck = blocked
            .live()
            .loader(loader)
            .ttl(TTL)
            .load_blocking()
            .unwrap();
        blocked.obstruct(Obstacle::Blocks(gate.clone()));
        gate.wait_for_arrival();
        let others: Vec<(Secrets, Live<Config>)> = (0..50)
            .map(|_| {
                let secrets = Secrets::new();
                let live = secrets.live().ttl(4 * TTL).load_blocking().unwrap();
                (secrets, live)
            })
            .collect();
        for (secrets, _) in &others {
            let _secrets = secrets.clone().token("token 2");
        }
        for (_, live) in &others {
            eventually("the others are refreshed", || {
                live.last_good().token == "token 2"
            });
        }
        assert_eq!(stuck.last_good().token, "token 1");
        drop(stuck);
        gate.open();
    });
}

#[test]
fn drop_during_blocked_refresh_returns() {
    bounded(|| {
        let secrets = Secrets::new();
        for is_own in [true, false] {
            let runtime = multi_thread();
            let builder = secrets
                .live()
                .loader(secrets.loader().timeout(TIMEOUT))
                .ttl(TTL);
            let live = if is_own {
                builder.load_blocking().unwrap()
            } else {
                runtime.block_on(builder.load()).unwrap()
            };
            let value = Arc::downgrade(&from_secrets::live::Snapshot::to_arc(&live.last_good()));
            let gate = Gate::default();
            secrets.obstruct(Obstacle::Blocks(gate.clone()));
            gate.wait_for_arrival();
            let mut changes = live.subscribe();
            let waiting = thread::spawn(move || changes.changed_blocking().is_none());
            drop(live);
            assert!(waiting.join().unwrap());
            gate.open();
            eventually("the struct is dropped", || value.strong_count() == 0);
            secrets.obstruct(Obstacle::Absent);
            runtime.shutdown_background();
        }
    });
}

#[test]
fn threads_share_refreshes_in_a_storm() {
    bounded(|| {
        let secrets = Secrets::new();
        let live = secrets.live().load_blocking().unwrap();
        live.refresh_blocking().unwrap();
        let _secrets = secrets.clone().token("token 2");
        let refreshed = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (live, refreshed) = (live.clone(), Arc::clone(&refreshed));
                thread::spawn(move || {
                    live.refresh_blocking().unwrap();
                    assert_eq!(live.get().unwrap().token, "token 2");
                    refreshed.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(refreshed.load(Ordering::SeqCst), 8);
        // Each thread may come too late for the refresh of the one before.
        assert!(
            (3..=10).contains(&secrets.load_count()),
            "{}",
            secrets.load_count()
        );
    });
}

#[test]
fn rejection_during_blocked_refresh_yields() {
    bounded(|| {
        let secrets = Secrets::new();
        let live = secrets
            .live()
            .loader(secrets.loader().timeout(TIMEOUT))
            .min_refresh_interval(Duration::from_millis(10))
            .rotation_window(Duration::from_hours(1))
            .ttl(TTL)
            .load_blocking()
            .unwrap();
        let gate = Gate::default();
        secrets.obstruct(Obstacle::Blocks(gate.clone()));
        eventually("a refresh times out", || live.status().failures() == 1);
        let runtime = current_thread();
        let token = runtime.block_on(async {
            let rejected = live.retry_on(
                |(): &()| true,
                || async {
                    let token = live.last_good().token.clone();
                    if token == "token 2" {
                        Ok(token)
                    } else {
                        Err(())
                    }
                },
            );
            // It must leave time for the other tasks of its runtime.
            let other = async {
                for _ in 0..3 {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                secrets.obstruct(Obstacle::Absent);
                drop(secrets.clone().token("token 2"));
                gate.open();
            };
            tokio::join!(rejected, other).0
        });
        assert_eq!(token.unwrap(), "token 2");
    });
}
