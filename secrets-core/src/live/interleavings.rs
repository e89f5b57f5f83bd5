//! Tests of the synchronization under a scheduler that explores interleavings.
//!
//! `RUSTFLAGS="--cfg shuttle" cargo test -p from-secrets --no-default-features --features derive,live --lib interleavings`
//! runs some hundred random schedules of each test. `SHUTTLE_SCHEDULES=100000` sets their number.

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
use super::executor::{Executor, RunOn};
use super::retry::Retry;
use super::schedule::RefreshPolicy;
use super::shared::LiveShared;
use super::signals::BoxFuture;
use super::snapshot::FieldScope;
use super::state::LiveSettings;
use super::subscriber::Subscriber;
use super::timer;
use crate::decode::Fingerprint;
use crate::decode::Value;
use crate::error::{Error, ErrorKind};
use crate::report::{FieldOutcome, FieldReport, LoadReport};
use crate::source::RawValue;

const TTL: Duration = Duration::from_mins(1);
const MAX_STALE: Duration = Duration::from_mins(3);
/// Schedules move the clock while a load runs. This is so long that the load does not time out.
const TIMEOUT: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

/// Runs a test under random schedules, and under schedules with few switches at random points.
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
struct NumberSource(Arc<NumberSourceState>);

struct NumberSourceState {
    version: AtomicU64,
    loads: AtomicU64,
    /// The next load waits until the gate opens.
    is_gated: PlainBool,
    is_waiting: PlainBool,
    gate: Notify,
    panics: PlainBool,
}

impl NumberSource {
    fn new() -> Self {
        Self(Arc::new(NumberSourceState {
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

    async fn load(self) -> Result<(Box<u64>, LoadReport), Error> {
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

fn report(version: u64) -> LoadReport {
    let text = RawValue::Text(version.to_string().into());
    let outcome = FieldOutcome::Found {
        source: "test".to_owned(),
        version_id: Some(version.to_string()),
        arn: None,
        created_at: None,
    };
    LoadReport::new(vec![FieldReport {
        path: "field".to_owned(),
        description: "",
        secret: None,
        variable: None,
        attempts: Vec::new(),
        fingerprint: Fingerprint::new(&Value::Whole(text), outcome.version_facts()),
        outcome,
        note: None,
    }])
}

fn live(
    source: &NumberSource,
    clock: &TestClock,
    set: impl FnOnce(&mut RefreshPolicy),
) -> Arc<LiveShared<u64>> {
    let mut policy = RefreshPolicy {
        ttl: TTL,
        max_stale: MAX_STALE,
        rotation_window: Duration::ZERO,
        background_refresh: false,
        ..RefreshPolicy::default()
    };
    set(&mut policy);
    let loading = source.clone();
    let load = move || -> BoxFuture<'static, _> { Box::pin(loading.clone().load()) };
    let clock = Clock::Test(clock.clone());
    let began = (clock.now(), SystemTime::now());
    let settings = LiveSettings {
        name: "Test",
        load_timeout: TIMEOUT,
        policy,
        clock,
        executor: Arc::new(Executor::current()),
    };
    let first = (Box::new(1), report(1));
    let shared = Arc::new(LiveShared::new(
        settings,
        Some(Arc::new(load)),
        began,
        first,
    ));
    timer::start(&shared);
    shared
}

fn value(shared: &LiveShared<u64>) -> u64 {
    *shared.current_full().value
}

/// Refreshes, and returns the version afterwards.
async fn refresh(shared: &Arc<LiveShared<u64>>) -> Result<u64, Error> {
    let next = shared.process().lock().next_load();
    shared.load(next, RunOn::Runtime).await?;
    Ok(value(shared))
}

/// Moves the clock to the next time that a task waits for, if it is not farther away than `farthest`.
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
        // The test does not wait for a task whose handle is dropped.
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
async fn call(shared: &Arc<LiveShared<u64>>, scope: &FieldScope, needed: u64) -> Result<(), u64> {
    let operation = || async {
        let version = value(shared);
        yield_now().await;
        if version == needed {
            Ok(())
        } else {
            Err(version)
        }
    };
    let retry = Retry {
        upstream: shared,
        scope,
        current: || shared.report(),
    };
    retry.run(|_| true, operation).await
}

#[test]
fn concurrent_refreshes_return_current_version() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
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
fn refresh_never_returns_older_load() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
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
                "an older load was returned"
            );
            earlier.await.unwrap().unwrap();
        });
    });
}

#[test]
fn rejected_operations_find_new_version() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let scope = FieldScope::all();
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
                    assert_eq!(
                        caller.await.unwrap(),
                        Ok(()),
                        "the new version was not found"
                    );
                }
            });
        });
    }
}

#[test]
fn subscriber_returns_latest_change() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let mut subscriber = Subscriber::new(&shared, FieldScope::all());
        let seen = spawn(async move {
            let mut seen = 1;
            while seen < 3 {
                let snapshot = subscriber
                    .changed()
                    .await
                    .expect("the struct is not dropped");
                assert!(*snapshot > seen, "an unchanged version was returned");
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
fn snapshot_does_not_block_refresh() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let reader = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                let snapshot = shared.get().expect("the struct is fresh");
                let process = shared.process();
                let failures = process.lock().schedule.failures;
                assert_eq!(failures, 0);
                drop(shared.get());
                *snapshot
            }
        });
        source.rotate(2);
        block_on(async { assert_eq!(refresh(&shared).await.unwrap(), 2) });
        assert!(reader.join().expect("the thread ends") <= 2);
    });
}

#[test]
fn derived_value_follows_before_refresh_ends() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        source.rotate(2);
        let early = thread::spawn({
            let shared = Arc::clone(&shared);
            move || block_on(refresh(&shared)).map(drop)
        });
        let _ticking = Ticking::start(&clock, 10 * SECOND);
        let double = Derived::create(&shared, &FieldScope::all(), |version| version * 2);
        block_on(async {
            let before = *double.get().expect("the struct is fresh");
            assert!(before == 2 || before == 4);
            source.rotate(3);
            assert_eq!(refresh(&shared).await.unwrap(), 3);
            assert_eq!(*double.get().expect("the struct is fresh"), 6);
        });
        early
            .join()
            .expect("the thread ends")
            .expect("the refresh succeeds");
    });
}

#[test]
fn frozen_refresh_never_replaces_newer_struct() {
    for thaws_early in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
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
                // The frozen refresh counts as blocked until its first poll has returned.
                while refresh(&shared).await.is_err() {
                    clock.advance(SECOND);
                    thread::yield_now();
                }
                source.0.gate.notify_one();
                for _ in 0..20 {
                    yield_now().await;
                    assert_eq!(value(&shared), 2, "the frozen refresh replaced the struct");
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
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            source.rotate(2);
            let executor = Arc::clone(&shared.settings.executor);
            let end = thread::spawn(move || executor.shut_down());
            block_on(async {
                let _ticking = Ticking::start(&clock, 10 * SECOND);
                assert_eq!(refresh(&shared).await.unwrap(), 2);
            });
            end.join().expect("the thread ends");
        });
    }
}

#[test]
fn panicking_load_is_a_failed_refresh() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
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
fn dropped_last_handle_ends_all_tasks() {
    for background_refresh in [false, true] {
        explore(move || {
            let (source, clock) = (NumberSource::new(), TestClock::new());
            let shared = live(&source, &clock, |policy| {
                policy.background_refresh = background_refresh;
            });
            let value = Arc::downgrade(&shared.current_full().value);
            let mut subscriber = Subscriber::new(&shared, FieldScope::all());
            let waiting = spawn(async move { subscriber.changed().await.is_none() });
            let refreshing = thread::spawn(move || {
                let process = shared.process();
                let number = process.lock().next_load();
                drop(shared.request_load(&process, number, RunOn::Runtime));
            });
            block_on(async {
                assert!(waiting.await.unwrap(), "a change was reported");
            });
            refreshing.join().expect("the thread ends");
            // Tasks end after they are polled.
            while value.upgrade().is_some() {
                thread::yield_now();
            }
        });
    }
}

#[test]
fn reader_never_gets_struct_past_bound() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |_| {});
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (shared, clock) = (Arc::clone(&shared), clock.clone());
                thread::spawn(move || {
                    for _ in 0..4 {
                        let before = clock.now();
                        if let Ok(snapshot) = shared.get() {
                            assert!(
                                before <= snapshot.origin().lifetime.usable_until,
                                "the struct is too old"
                            );
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
            .for_each(|reader| reader.join().expect("the thread ends"));
    });
}

#[test]
fn background_refresh_follows_rotation() {
    explore(|| {
        let (source, clock) = (NumberSource::new(), TestClock::new());
        let shared = live(&source, &clock, |policy| policy.background_refresh = true);
        let mut subscriber = Subscriber::new(&shared, FieldScope::all());
        source.rotate(2);
        block_on(async {
            let _ticking = Ticking::start(&clock, 2 * TTL);
            let snapshot = subscriber
                .changed()
                .await
                .expect("the struct is not dropped");
            assert_eq!(*snapshot, 2);
        });
    });
}
