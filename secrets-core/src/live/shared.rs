//! The data that all handles of a live struct share: the current struct, the state under its lock, and the times until
//! which readers need neither.

use std::sync::Arc;
use std::time::SystemTime;

use super::clock::{ClockReading, Timestamp};
use super::follower::Followers;
use super::lease::Lease;
use super::random::random;
use super::schedule::Lifetime;
use super::signals::{BoxFuture, Signals};
use super::snapshot::{LoadOrigin, Loaded};
use super::state::RefreshState;
use super::status::StaleError;
use super::transition::{Effects, LiveSettings, TransitionContext};
use crate::error::Error;
use crate::per_process::PerProcess;
use crate::report::{ChangedValues, LoadReport};
use crate::sync::{AtomicBool, AtomicU64, Guard, Mutex, MutexGuard, Ordering, Swap, lock};
use crate::telemetry::{begin_live, end_live};

/// Loads the struct. The argument is whether the load was requested on demand.
pub(super) type LoadFn<T> =
    Arc<dyn Fn(bool) -> BoxFuture<'static, Result<(Box<T>, LoadReport), Error>> + Send + Sync>;

/// The data that all handles of a live struct share.
pub(super) struct LiveShared<T> {
    pub(super) settings: LiveSettings,
    /// `None` for a struct that is never refreshed.
    pub(super) load: Option<LoadFn<T>>,
    pub(super) followers: Followers<T>,
    current: Swap<Loaded<T>>,
    /// Until it ends, readers need nothing but the struct.
    pub(super) lease: Arc<Lease>,
    /// Until this [`Timestamp`], readers need not take the lock.
    act_at: AtomicU64,
    process: Swap<Process>,
}

/// The data of one process. A forked child cannot use its parent's, because locks may be locked, and tasks and waiting
/// threads do not exist.
pub(super) struct Process {
    id: u32,
    state: Mutex<RefreshState>,
    pub(super) signals: Arc<Signals>,
    pub(super) has_rejections: AtomicBool,
}

impl Process {
    fn new(state: RefreshState) -> Self {
        Self {
            id: std::process::id(),
            state: Mutex::new(state),
            signals: Arc::default(),
            has_rejections: AtomicBool::new(false),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, RefreshState> {
        lock(&self.state)
    }

    pub(super) fn is_current(&self) -> bool {
        self.id == std::process::id()
    }
}

/// The result of replacing the struct.
pub(super) struct ReplacedStruct<T> {
    /// When the next refresh is due.
    pub(super) due: Timestamp,
    /// The values that changed, or `None` if no version did.
    pub(super) changed: Option<ChangedValues>,
    /// Values to drop after the lock is released.
    pub(super) garbage: (Arc<Loaded<T>>, Option<Box<T>>),
}

impl<T> LiveShared<T> {
    pub(super) fn new(
        settings: LiveSettings,
        load: Option<LoadFn<T>>,
        (began, began_at): (Timestamp, SystemTime),
        (value, report): (Box<T>, LoadReport),
    ) -> Self {
        let policy = &settings.policy;
        let period = if policy.background_refresh {
            policy.first_period(random(), random())
        } else {
            policy.period(random())
        };
        let lifetime = policy.lifetime(began, period);
        let state = RefreshState::new(began.after(period), began_at);
        Self {
            lease: Arc::new(Lease::new(settings.clock.clone())),
            settings,
            load,
            followers: Followers::default(),
            act_at: AtomicU64::new(lifetime.fresh_until.min(lifetime.usable_until).0),
            current: Swap::new(Arc::new(Loaded {
                value: Arc::from(value),
                origin: LoadOrigin {
                    report: Arc::new(report),
                    generation: 0,
                    began_at,
                    lifetime,
                },
            })),
            process: Swap::new(Arc::new(Process::new(state))),
        }
    }

    #[inline]
    pub(super) fn current(&self) -> Guard<Loaded<T>> {
        self.current.load()
    }

    pub(super) fn current_full(&self) -> Arc<Loaded<T>> {
        self.current.load_full()
    }

    /// Returns the report of the current struct.
    pub(super) fn report(&self) -> Arc<LoadReport> {
        Arc::clone(&self.current().origin.report)
    }

    fn lifetime(&self) -> Lifetime {
        self.current().origin.lifetime
    }

    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        now < self.lifetime().fresh_until
    }

    /// Reads the clock, and lets readers rely on it until work is due.
    pub(super) fn read_clock(&self) -> ClockReading {
        self.lease.read_clock(|| {
            let act_at = Timestamp(self.act_at.load(Ordering::Acquire));
            (act_at, self.lifetime().fresh_until)
        })
    }

    /// Returns whether readers have to take the lock.
    pub(super) fn must_act(&self, now: Timestamp) -> bool {
        now >= Timestamp(self.act_at.load(Ordering::Acquire))
    }

    pub(super) fn context(&self, reading: ClockReading) -> TransitionContext<'_> {
        TransitionContext {
            settings: &self.settings,
            reading,
            lifetime: self.lifetime(),
            effects: Effects::default(),
        }
    }

    /// Makes a transition under the lock, and returns its effects. They have to be run after this.
    pub(super) fn change<R>(
        &self,
        process: &Process,
        reading: ClockReading,
        transition: impl FnOnce(&mut RefreshState, &mut TransitionContext<'_>) -> R,
    ) -> (R, Effects) {
        let mut state = process.lock();
        let mut cx = self.context(reading);
        let result = transition(&mut state, &mut cx);
        self.set_act_at(&state, reading);
        drop(state);
        (result, cx.effects)
    }

    fn set_act_at(&self, state: &RefreshState, reading: ClockReading) {
        let act_at = state.act_at(&self.context(reading));
        self.act_at.store(act_at.0, Ordering::Release);
    }

    /// Replaces the struct with one whose load began at these times. If no version changed, its value stays.
    ///
    /// Returns an error, and the value, if a replica had an older version: it does not prove that the version in use is
    /// still the current one.
    ///
    /// The caller has the lock, so no value is dropped here.
    pub(super) fn replace(
        &self,
        (began, began_at): (Timestamp, SystemTime),
        (value, mut report): (Box<T>, LoadReport),
    ) -> Result<ReplacedStruct<T>, (Error, Box<T>)> {
        let policy = &self.settings.policy;
        let old = self.current_full();
        let held = &old.origin.report;
        if held.fail_older_replicas(&mut report) {
            return Err((Error::fields_of(self.settings.name, report), value));
        }
        let is_same = held.is_same_version(&report);
        let changed = (!is_same).then(|| held.changed_values(&report));
        report.replace(held);
        let (value, unused): (Arc<T>, _) = if is_same {
            (Arc::clone(&old.value), Some(value))
        } else {
            (Arc::from(value), None)
        };
        let period = policy.period(random());
        let origin = LoadOrigin {
            report: Arc::new(report),
            generation: old.origin.generation + u64::from(!is_same),
            began_at,
            lifetime: policy.lifetime(began, period),
        };
        self.current.swap(Arc::new(Loaded { value, origin }));
        Ok(ReplacedStruct {
            due: began.after(period),
            changed,
            garbage: (old, unused),
        })
    }

    /// Returns an error if the struct is too old to be used.
    pub(super) fn check_age(&self, process: &Process, now: Timestamp) -> Result<(), StaleError> {
        let lifetime = self.lifetime();
        if now <= lifetime.usable_until {
            return Ok(());
        }
        let last_error = process.lock().schedule.last_error.clone();
        Err(StaleError::new(
            self.settings.name,
            now.since(lifetime.since),
            self.settings.policy.max_stale,
            last_error,
        ))
    }

    /// Returns the data of this process or of the one that it was forked from.
    pub(super) fn process_unchecked(&self) -> Guard<Process> {
        self.process.load()
    }
}

impl<T: Send + Sync + 'static> LiveShared<T> {
    /// Returns the data of this process.
    pub(super) fn process(self: &Arc<Self>) -> Arc<Process> {
        let process = self.process.load_full();
        if process.is_current() {
            process
        } else {
            self.reset_after_fork()
        }
    }

    #[cold]
    fn reset_after_fork(self: &Arc<Self>) -> Arc<Process> {
        static RESET: PerProcess<()> = PerProcess::new();
        let (process, is_new) = RESET.with(|()| {
            let process = self.process.load_full();
            if process.is_current() {
                return (process, false);
            }
            let reading = self.settings.clock.read();
            let period = self.settings.policy.first_period(random(), random());
            let due = reading.now.after(period);
            let mut state = RefreshState::new(due, self.current().origin.began_at);
            if self.followers.are_used() {
                // The parent may not have followed the last change yet.
                state.request_follow(reading.now);
            }
            let process = Arc::new(Process::new(state));
            // To drop the parent's could wake its tasks.
            std::mem::forget(self.process.swap(Arc::clone(&process)));
            self.set_act_at(&process.lock(), reading);
            (process, true)
        });
        if is_new {
            self.begin_gauges();
            self.watch();
        }
        process
    }

    /// Begins the gauges of the struct in this process, unless it is never refreshed.
    pub(super) fn begin_gauges(&self) {
        if self.load.is_some() {
            let (settings, began_at) = (&self.settings, self.current().origin.began_at);
            begin_live(settings.name, began_at, settings.policy.max_stale);
        }
    }

    /// Adds the struct to those of the watchdog if it is refreshed in the background. Simulated time is not its own.
    pub(super) fn watch(self: &Arc<Self>) {
        #[cfg(not(shuttle))]
        if self.settings.policy.background_refresh && !self.settings.clock.read().is_simulated {
            let watched: std::sync::Weak<Self> = Arc::downgrade(self);
            super::watchdog::watch(watched);
        }
    }
}

impl<T> Drop for LiveShared<T> {
    fn drop(&mut self) {
        let process = self.process.load_full();
        if process.is_current() {
            process.signals.close();
            if self.load.is_some() {
                end_live(self.settings.name);
            }
        }
    }
}

#[cfg(all(test, not(shuttle)))]
pub(super) mod tests;
