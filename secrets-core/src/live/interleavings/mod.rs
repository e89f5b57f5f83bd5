//! Tests of the synchronization under a scheduler that explores interleavings. `load::blocking`, `source::agent`,
//! `source::aws` and `source::file_io` have such tests, too.
//!
//! `RUSTFLAGS="--cfg shuttle" cargo test -p from-secrets --no-default-features --features agent,derive,live --lib
//! interleavings` runs some hundred random schedules of each test. `SHUTTLE_SCHEDULES=100000` sets their number.

mod clock;
mod followers;
mod readers;
mod refreshes;

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
use super::executor::{Executor, RunOn, Trigger};
use super::schedule::RefreshPolicy;
use super::shared::LiveShared;
use super::signals::BoxFuture;
use super::snapshot::FieldScope;
use super::subscriber::Subscriber;
use super::timer;
use super::transition::LiveSettings;
use crate::error::{Error, ErrorKind};
use crate::report::LoadReport;
use crate::sync::explore;

const TTL: Duration = Duration::from_mins(1);
const MAX_STALE: Duration = Duration::from_mins(3);
/// Schedules move the clock while a load runs. This is so long that the load does not time out.
const TIMEOUT: Duration = Duration::from_hours(1);
const SECOND: Duration = Duration::from_secs(1);

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
    LoadReport::of_version(&version.to_string())
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
    let load = move |_| -> BoxFuture<'static, _> { Box::pin(loading.clone().load()) };
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
    let retry = shared.retry(scope);
    retry.run(RunOn::Runtime, |_| true, operation).await
}
