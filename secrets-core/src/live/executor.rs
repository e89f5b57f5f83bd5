//! The tasks of refreshes, and the threads on which they run: those of the runtime that loaded the struct, as long as
//! it runs tasks, and otherwise those of this library.

use std::future::Future;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, SystemTime};

#[cfg(not(shuttle))]
use tokio::runtime::{Handle, RuntimeFlavor};

use super::clock::Timestamp;
use super::signals::BoxFuture;
use crate::error::Error;
use crate::sync::{AtomicBool, AtomicU8, Ordering};
use crate::telemetry::RefreshSpan;

/// The time within which a runtime starts a task.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// The thread on which a future runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunOn {
    /// One of the runtime that loaded the struct, if it runs tasks.
    Runtime,
    /// One of this library.
    OwnThread,
}

/// Runs the tasks of a live struct.
#[derive(Debug)]
pub(super) struct Executor {
    #[cfg(not(shuttle))]
    runtime: Option<Handle>,
    #[cfg(shuttle)]
    runtime: Arc<super::signals::Signals>,
    process: u32,
    /// Whether the runtime did not start a task in time.
    is_unresponsive: AtomicBool,
    /// Whether the runtime dropped a task, because it was shut down.
    is_shut_down: AtomicBool,
}

#[cfg(not(shuttle))]
impl Executor {
    /// Returns an executor with the caller's runtime, unless that is the one of blocking loads.
    pub(super) fn current() -> Self {
        let runtime = Handle::try_current().ok();
        Self {
            runtime: runtime.filter(|runtime| !crate::load::blocking::is_background(runtime)),
            process: std::process::id(),
            is_unresponsive: AtomicBool::new(false),
            is_shut_down: AtomicBool::new(false),
        }
    }

    /// Returns whether there is a runtime of the application. A forked child does not have its threads.
    pub(super) fn has_runtime(&self) -> bool {
        self.runtime.is_some() && !self.is_shut_down() && self.process == std::process::id()
    }

    /// Runs a future. If it cannot run, it is dropped.
    pub(super) fn spawn(&self, run_on: RunOn, future: BoxFuture<'static, ()>) {
        match &self.runtime {
            Some(runtime) if run_on == RunOn::Runtime && self.is_responsive() => {
                drop(runtime.spawn(future));
            }
            _ => drop(crate::load::blocking::spawn(future)),
        }
    }

    /// Runs a background task on the application's runtime, if there is one.
    pub(super) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime
            && self.has_runtime()
        {
            drop(runtime.spawn(task));
        }
    }

    /// Returns whether the current thread is one of the application's runtime.
    pub(super) fn is_current(&self) -> bool {
        let id = Handle::try_current().ok().map(|runtime| runtime.id());
        id.is_some() && id == self.runtime.as_ref().map(Handle::id) && self.has_runtime()
    }

    /// Returns whether the application's runtime cannot run tasks while the current thread is blocked.
    pub(super) fn is_blocked_by_caller(&self) -> bool {
        let Some(runtime) = self.runtime.as_ref().filter(|_| self.is_current()) else {
            return false;
        };
        // Code within `block_on` is not a task and does not block the worker. Neither do `spawn_blocking` and
        // `block_in_place`, but they cannot be recognized.
        runtime.runtime_flavor() == RuntimeFlavor::CurrentThread
            || runtime.metrics().num_workers() == 1 && tokio::task::try_id().is_some()
    }
}

/// Tests of interleavings have one runtime, which they can shut down.
#[cfg(shuttle)]
impl Executor {
    pub(super) fn current() -> Self {
        Self {
            runtime: Arc::default(),
            process: std::process::id(),
            is_unresponsive: AtomicBool::new(false),
            is_shut_down: AtomicBool::new(false),
        }
    }

    pub(super) fn has_runtime(&self) -> bool {
        !self.is_shut_down() && self.process == std::process::id()
    }

    pub(super) fn spawn(&self, run_on: RunOn, future: BoxFuture<'static, ()>) {
        if run_on == RunOn::Runtime && self.is_responsive() {
            self.spawn_task(future);
        } else {
            // The test does not wait for a task whose handle is dropped.
            std::mem::forget(shuttle::future::spawn(future));
        }
    }

    pub(super) fn spawn_task(&self, task: impl Future<Output = ()> + Send + 'static) {
        let runtime = Arc::clone(&self.runtime);
        std::mem::forget(shuttle::future::spawn(async move {
            super::signals::first(task, runtime.closed()).await;
        }));
    }

    /// Drops all tasks of the runtime, and those that are spawned later.
    pub(super) fn shut_down(&self) {
        self.runtime.close();
    }

    pub(super) fn is_current(&self) -> bool {
        false
    }

    pub(super) fn is_blocked_by_caller(&self) -> bool {
        false
    }
}

impl Executor {
    /// Returns whether there is a runtime of the application that starts tasks in time.
    pub(super) fn is_responsive(&self) -> bool {
        self.has_runtime() && !self.is_unresponsive.load(Ordering::Relaxed)
    }

    /// Sets whether the runtime does not start tasks in time.
    pub(super) fn set_unresponsive(&self, is_unresponsive: bool) {
        self.is_unresponsive
            .store(is_unresponsive, Ordering::Relaxed);
    }

    /// Notes that the runtime dropped a task.
    pub(super) fn set_shut_down(&self) {
        self.is_shut_down.store(true, Ordering::Relaxed);
    }

    fn is_shut_down(&self) -> bool {
        self.is_shut_down.load(Ordering::Relaxed)
    }
}

/// The event that starts a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    Access,
    Demand,
    Timer,
}

impl Trigger {
    /// Returns the word for this event in spans.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Demand => "demand",
            Self::Timer => "background",
        }
    }
}

/// The work of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Loads the struct, then runs its followers.
    Load {
        number: u64,
        trigger: Trigger,
        began: Timestamp,
        began_at: SystemTime,
    },
    /// Runs the followers only, because some have failed.
    Follow,
}

impl Job {
    /// Returns the number of a load, or zero.
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Load { number, .. } => number,
            Self::Follow => 0,
        }
    }

    /// Returns the event that started a load.
    pub(super) fn trigger(self) -> Option<Trigger> {
        match self {
            Self::Load { trigger, .. } => Some(trigger),
            Self::Follow => None,
        }
    }
}

/// The task of a refresh. It can be abandoned from another thread unless it is being polled.
#[derive(Debug)]
pub(super) struct Task {
    job: Job,
    run_on: RunOn,
    phase: AtomicU8,
    is_started: AtomicBool,
    /// The span of a load, which ends with its work.
    span: OnceLock<Weak<RefreshSpan>>,
}

/// The task waits to be polled.
const IDLE: u8 = 0;
/// The task is being polled, so code of the application may run.
const POLLING: u8 = 1;
/// The task must not be polled again.
const ABANDONED: u8 = 2;

impl Task {
    pub(super) fn new(job: Job, run_on: RunOn) -> Self {
        Self {
            job,
            run_on,
            phase: AtomicU8::new(IDLE),
            is_started: AtomicBool::new(false),
            span: OnceLock::new(),
        }
    }

    pub(super) fn set_span(&self, span: &Arc<RefreshSpan>) {
        drop(self.span.set(Arc::downgrade(span)));
    }

    /// Ends the span of a load that is counted as a failure, although its work has not ended.
    pub(super) fn end_span(&self, error: &Error) {
        if let Some(span) = self.span.get().and_then(Weak::upgrade) {
            span.end(Err(error.cause()));
        }
    }

    pub(super) fn job(&self) -> Job {
        self.job
    }

    pub(super) fn run_on(&self) -> RunOn {
        self.run_on
    }

    /// Returns whether the application's runtime has not started it yet.
    pub(super) fn waits_for_runtime(&self) -> bool {
        self.run_on == RunOn::Runtime && !self.is_started.load(Ordering::Acquire)
    }

    /// Prevents further polls. Returns `false` if the task is being polled.
    pub(super) fn abandon(&self) -> bool {
        self.change_phase(IDLE, ABANDONED) != Err(POLLING)
    }

    /// Begins a poll. Returns `false` if the task was abandoned.
    pub(super) fn begin_poll(&self) -> bool {
        self.is_started.store(true, Ordering::Release);
        self.change_phase(IDLE, POLLING).is_ok()
    }

    pub(super) fn end_poll(&self) {
        self.phase.store(IDLE, Ordering::Release);
    }

    fn change_phase(&self, from: u8, to: u8) -> Result<u8, u8> {
        let (changed, unchanged) = (Ordering::AcqRel, Ordering::Acquire);
        self.phase.compare_exchange(from, to, changed, unchanged)
    }
}
