//! The real synchronization under a scheduler that explores interleavings.
//!
//! `RUSTFLAGS="--cfg shuttle" cargo test -p from-secrets --no-default-features --features derive,live --lib interleavings`
//! runs some hundred random schedules of each test, `SHUTTLE_SCHEDULES=100000` as many as that.

use std::sync::Arc;
use std::sync::atomic::AtomicBool as PlainBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};

use shuttle::future::{block_on, spawn, yield_now};
use shuttle::sync::atomic::AtomicU64;
use shuttle::thread;
use tokio::sync::Notify;

use super::clock::{Clock, TestClock};
use super::derived::Derived;
use super::home::{BoxFuture, Home, Place};
use super::projection::Scope;
use super::retry::retry;
use super::schedule::Policy;
use super::state::{Load, Setup, Shared};
use super::subscriber::Subscriber;
use crate::decode::Value;
use crate::identity::Identity;
use crate::report::{FieldReport, Outcome, Report};
use crate::source::RawValue;
use crate::{Error, ErrorKind};

const TTL: Duration = Duration::from_mins(1);
const MAX_STALE: Duration = Duration::from_mins(3);
/// Schedules move the clock while a load runs, so that it should not seem to hang.
const TIMEOUT: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

/// Runs a test under schedules of both kinds: random ones, and such with few but decisive switches.
fn explore(test: impl Fn() + Send + Sync + 'static) {
    let schedules = std::env::var("SHUTTLE_SCHEDULES")
        .map_or(200, |count| count.parse().expect("a number of schedules"));
    let test = Arc::new(test);
    let again = Arc::clone(&test);
    shuttle::check_random(move || test(), schedules);
    shuttle::check_pct(move || again(), schedules, 3);
}

/// A source of one number, which is also its version.
#[derive(Clone)]
struct Source(Arc<Inner>);

struct Inner {
    version: AtomicU64,
    loads: AtomicU64,
    /// The next load waits until the gate opens.
    is_gated: PlainBool,
    is_waiting: PlainBool,
    gate: Notify,
    panics: PlainBool,
}

impl Source {
    fn new() -> Self {
        Self(Arc::new(Inner {
            version: AtomicU64::new(1),
            loads: AtomicU64::new(0),
            is_gated: PlainBool::new(false),
            is_waiting: PlainBool::new(false),
            gate: Notify::new(),
            panics: PlainBool::new(false),
        }))
    }

    fn rotate(&self, version: u64) {
        self.0.version.store(version, SeqCst);
    }

    fn loads(&self) -> u64 {
        self.0.loads.load(SeqCst)
    }

    async fn load(self) -> Result<(Box<u64>, Report), Error> {
        self.0.loads.fetch_add(1, SeqCst);
        let version = self.0.version.load(SeqCst);
        if self.0.panics.swap(false, SeqCst) {
            std::panic::resume_unwind(Box::new("without the hook, which ends the test"));
        }
        yield_now().await;
        if self.0.is_gated.swap(false, SeqCst) {
            self.0.is_waiting.store(true, SeqCst);
            self.0.gate.notified().await;
        }
        Ok((Box::new(version), report(version)))
    }
}

fn report(version: u64) -> Report {
    let text = RawValue::Text(version.to_string().into());
    let outcome = Outcome::Answered {
        source: "test".to_owned(),
        version_id: Some(version.to_string()),
        arn: None,
        created_at: None,
    };
    Report::new(vec![FieldReport {
        path: "field".to_owned(),
        description: "",
        secret: None,
        variable: None,
        attempts: Vec::new(),
        identity: Identity::of(&Value::Whole(text), &outcome),
        outcome,
        note: None,
    }])
}

fn live(source: &Source, clock: &TestClock, set: impl FnOnce(&mut Policy)) -> Arc<Shared<u64>> {
    let mut policy = Policy {
        ttl: TTL,
        max_stale: MAX_STALE,
        rotation_window: Duration::ZERO,
        background_refresh: false,
        ..Policy::default()
    };
    set(&mut policy);
    let loading = source.clone();
    let load: Load<u64> =
        Arc::new(move || -> BoxFuture<'static, _> { Box::pin(loading.clone().load()) });
    let clock = Clock::Test(clock.clone());
    let setup = Setup {
        name: "Test",
        load: Some(load),
        load_timeout: TIMEOUT,
        policy,
        clock: clock.clone(),
        home: Home::current(),
    };
    let first = (Box::new(1), report(1));
    let shared = Arc::new(Shared::new(setup, clock.now(), SystemTime::now(), first));
    shared.refresh_in_background();
    shared
}

fn value(shared: &Shared<u64>) -> u64 {
    *shared.current_full().value
}

/// Refreshes, and returns the version afterwards.
async fn refresh(shared: &Arc<Shared<u64>>) -> Result<u64, Error> {
    let next = shared.process().lock().next();
    shared.refresh_by(next, Place::Home).await?;
    Ok(value(shared))
}

/// Moves the clock to the next time that something waits for, if that is not farther away than `farthest`.
struct Ticking {
    clock: TestClock,
    ends: Arc<PlainBool>,
}

impl Ticking {
    fn start(clock: &TestClock, farthest: Duration) -> Self {
        let ticking = Self {
            clock: clock.clone(),
            ends: Arc::default(),
        };
        let (clock, ends) = (clock.clone(), Arc::clone(&ticking.ends));
        // A task whose handle is dropped would not have to end before the test does.
        std::mem::forget(spawn(async move {
            loop {
                let changed = clock.sleepers().changed.listen();
                if ends.load(SeqCst) {
                    break;
                }
                let now = clock.now();
                match clock.sleepers().next() {
                    Some(next) if next > now && next.since(now) <= farthest => {
                        clock.advance(next.since(now));
                    }
                    _ => changed.await,
                }
            }
        }));
        ticking
    }
}

impl Drop for Ticking {
    fn drop(&mut self) {
        self.ends.store(true, SeqCst);
        self.clock.sleepers().changed.notify();
    }
}

/// Runs an operation that needs this version.
async fn call(shared: &Arc<Shared<u64>>, scope: &Scope, needed: u64) -> Result<(), u64> {
    let current = || Arc::clone(&shared.current().origin.report);
    let operation = || async {
        let version = value(shared);
        yield_now().await;
        if version == needed {
            Ok(())
        } else {
            Err(version)
        }
    };
    retry(shared, scope, &current, |_| true, operation).await
}

#[test]
fn concurrent_refreshes_return_current_version() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let shared = Arc::clone(&shared);
                    spawn(async move { refresh(&shared).await })
                })
                .collect();
            for caller in callers {
                assert_eq!(caller.await.unwrap().unwrap(), 2);
            }
        });
        assert!(source.loads() <= 3);
    });
}

#[test]
fn refresh_returns_what_came_before() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let earlier = Arc::clone(&shared);
            let earlier = spawn(async move { refresh(&earlier).await });
            yield_now().await;
            source.rotate(2);
            assert_eq!(
                refresh(&shared).await.unwrap(),
                2,
                "an older load is no answer"
            );
            earlier.await.unwrap().unwrap();
        });
    });
}

#[test]
fn rejected_operations_find_new_version() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (Source::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let scope = Scope::whole();
            source.rotate(2);
            block_on(async {
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                let callers: Vec<_> = (0..3)
                    .map(|_| {
                        let (shared, scope) = (Arc::clone(&shared), scope.clone());
                        spawn(async move { call(&shared, &scope, 2).await })
                    })
                    .collect();
                for caller in callers {
                    assert_eq!(caller.await.unwrap(), Ok(()), "the new version is there");
                }
            });
        });
    }
}

#[test]
fn subscriber_sees_every_last_change() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let mut subscriber = Subscriber::new(&shared, Scope::whole());
        let seen = spawn(async move {
            let mut seen = 1;
            while seen < 3 {
                let snapshot = subscriber.changed().await.expect("it is not dropped");
                assert!(*snapshot > seen, "a change that is none");
                seen = *snapshot;
            }
        });
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            for version in [2, 3] {
                source.rotate(version);
                assert_eq!(refresh(&shared).await.unwrap(), version);
            }
            seen.await.unwrap();
        });
    });
}

#[test]
fn snapshot_during_change_blocks_nothing() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let reader = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let snapshot = shared.get().expect("it is fresh");
                let process = shared.process();
                let failures = process.lock().schedule.failures;
                assert_eq!(failures, 0);
                drop(shared.get());
                *snapshot
            }
        });
        source.rotate(2);
        block_on(async { assert_eq!(refresh(&shared).await.unwrap(), 2) });
        assert!(reader.join().expect("it ends") <= 2);
    });
}

#[test]
fn derived_value_follows_before_refresh_ends() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.rotate(2);
        let early = thread::spawn({
            let shared = Arc::clone(&shared);
            move || block_on(refresh(&shared)).map(drop)
        });
        let _ticking = Ticking::start(&clock, 10 * SECOND);
        let double = Derived::create(&shared, &Scope::whole(), |version| version * 2);
        block_on(async {
            let before = *double.get().expect("it is fresh");
            assert!(before == 2 || before == 4);
            source.rotate(3);
            assert_eq!(refresh(&shared).await.unwrap(), 3);
            assert_eq!(*double.get().expect("it is fresh"), 6);
        });
        early.join().expect("it ends").expect("it is refreshed");
    });
}

#[test]
fn frozen_refresh_never_replaces_newer_struct() {
    for thaws_early in [false, true] {
        explore(move || {
            let (source, clock) = (Source::new(), TestClock::new());
            let shared = live(&source, &clock, |_| {});
            source.0.is_gated.store(true, SeqCst);
            let frozen = spawn({
                let shared = Arc::clone(&shared);
                async move { refresh(&shared).await }
            });
            block_on(async {
                while !source.0.is_waiting.load(SeqCst) {
                    thread::yield_now();
                }
                clock.advance(3 * TIMEOUT);
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                source.rotate(2);
                if thaws_early {
                    source.0.gate.notify_one();
                }
                // It is still counted as blocked until its first poll has returned.
                while refresh(&shared).await.is_err() {
                    clock.advance(SECOND);
                    thread::yield_now();
                }
                source.0.gate.notify_one();
                for _ in 0..20 {
                    yield_now().await;
                    assert_eq!(value(&shared), 2, "the frozen one landed");
                }
                drop(frozen.await);
            });
        });
    }
}

#[test]
fn refresh_survives_shutdown_of_runtime() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (Source::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            source.rotate(2);
            let home = Arc::clone(&shared.home);
            let end = thread::spawn(move || home.shut_down());
            block_on(async {
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                assert_eq!(refresh(&shared).await.unwrap(), 2);
            });
            end.join().expect("it ends");
        });
    }
}

#[test]
fn panicking_load_is_a_failed_refresh() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.0.panics.store(true, SeqCst);
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 10 * SECOND);
            let error = refresh(&shared).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Runtime);
            assert_eq!(value(&shared), 1);
            assert_eq!(refresh(&shared).await.unwrap(), 2);
        });
    });
}

#[test]
fn last_handle_takes_everything_along() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (Source::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let value = Arc::downgrade(&shared.current_full().value);
            let mut subscriber = Subscriber::new(&shared, Scope::whole());
            let waiting = spawn(async move { subscriber.changed().await.is_none() });
            let refreshing = thread::spawn(move || {
                let process = shared.process();
                let number = process.lock().next();
                drop(shared.demand(&process, number, Place::Home));
            });
            block_on(async {
                assert!(waiting.await.unwrap(), "nothing changed");
            });
            refreshing.join().expect("it ends");
            // Tasks end when they are polled.
            while value.upgrade().is_some() {
                thread::yield_now();
            }
        });
    }
}

#[test]
fn reader_never_gets_struct_past_bound() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (shared, clock) = (Arc::clone(&shared), clock.clone());
                thread::spawn(move || {
                    for _ in 0..4 {
                        let before = clock.now();
                        if let Ok(snapshot) = shared.get() {
                            assert!(before <= snapshot.origin().usable_until, "it is too old");
                        }
                    }
                })
            })
            .collect();
        for _ in 0..4 {
            clock.advance(MAX_STALE / 2 + SECOND);
            thread::yield_now();
        }
        readers
            .into_iter()
            .for_each(|reader| reader.join().expect("it ends"));
    });
}

#[test]
fn background_refresh_follows_rotation() {
    explore(|| {
        let (source, clock) = (Source::new(), TestClock::new());
        let shared = live(&source, &clock, |policy| policy.background_refresh = true);
        let mut subscriber = Subscriber::new(&shared, Scope::whole());
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 2 * TTL);
            let snapshot = subscriber.changed().await.expect("it is not dropped");
            assert_eq!(*snapshot, 2);
        });
    });
}
