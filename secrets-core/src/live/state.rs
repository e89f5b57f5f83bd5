//! What all handles of a live struct share, and its transitions.
//!
//! A transition happens under one lock and returns [`Effects`]: tasks to start, events to log, tasks to wake, values to
//! drop. They run code of the application, so they happen after the lock is released.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::StaleError;
use super::clock::{Clock, RESOLUTION, Reading, Timestamp, nanos};
use super::effects::{Effects, Event};
use super::follower::{Follower, Followers};
use super::home::{BoxFuture, Home, Place};
use super::loaded::{Loaded, Origin, Snapshot};
use super::projection::Scope;
use super::random::random;
use super::refresh::{Job, Start, Task};
use super::retry::Rejections;
use super::schedule::{Policy, Schedule};
use super::signals::Signals;
use crate::per_process::PerProcess;
use crate::sync::{AtomicBool, AtomicU64, Guard, Mutex, MutexGuard, Ordering, Swap, lock};
use crate::{Error, Report};

/// A load of the struct.
pub(super) type Load<T> =
    Arc<dyn Fn() -> BoxFuture<'static, Result<(Box<T>, Report), Error>> + Send + Sync>;

/// The longest time that a reader trusts an earlier reading of the clock and of the process id. Within it the cheapest
/// clock decides, which does not count suspends and does not notice a fork.
const LEASE: Duration = Duration::from_secs(1);

/// The time in which a runtime that runs tasks begins to run one.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// After this many refreshes in a row that could not run, callers get an error.
const MOST_UNSTARTED: u32 = 3;

/// What a [`Live`](super::Live) is created with.
pub(super) struct Setup<T> {
    pub(super) name: &'static str,
    /// `None` for a struct that is never refreshed.
    pub(super) load: Option<Load<T>>,
    pub(super) load_timeout: Duration,
    pub(super) policy: Policy,
    pub(super) clock: Clock,
    pub(super) home: Home,
}

pub(super) struct Shared<T> {
    pub(super) name: &'static str,
    pub(super) load: Option<Load<T>>,
    pub(super) load_timeout: Duration,
    pub(super) policy: Policy,
    pub(super) clock: Clock,
    pub(super) home: Arc<Home>,
    pub(super) followers: Followers<T>,
    current: Swap<Loaded<T>>,
    /// Until then, by the cheapest clock, readers need nothing but the struct.
    lease: AtomicU64,
    /// Until then it is within its TTL, too.
    fresh_lease: AtomicU64,
    /// Until then readers need not take the lock: a [`Timestamp`].
    act_at: AtomicU64,
    process: Swap<Process>,
}

/// What a forked child has its own of: locks may be inherited locked, and tasks and waiting threads are the parent's.
pub(super) struct Process {
    id: u32,
    state: Mutex<State>,
    pub(super) signals: Arc<Signals>,
    pub(super) has_rejections: AtomicBool,
}

pub(super) struct State {
    pub(super) schedule: Schedule,
    pub(super) rejections: Rejections,
    pub(super) running: Option<Running>,
    /// A task that blocks its thread in a follower.
    blocked: Option<Arc<Task>>,
    /// A follower came while others followed.
    follows_again: bool,
    /// The number of the last load that started, and of the last one that ended.
    started: u64,
    ended: u64,
    /// How many refreshes in a row could not run.
    unstarted: u32,
    pub(super) attempted_at: SystemTime,
    /// When followers that failed are tried again, and how often they failed in a row.
    follow_at: Option<Timestamp>,
    pub(super) follow_failures: u32,
}

/// A refresh that has not ended.
pub(super) struct Running {
    job: Job,
    began: Timestamp,
    /// Whether its load may have sent requests.
    has_asked: bool,
    /// Whether the struct is loaded, and only followers are waited for.
    has_landed: bool,
    /// Its failure is counted, and it blocks a thread.
    is_given_up: bool,
    task: Arc<Task>,
}

/// What leads to a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trigger {
    Access,
    Timer,
}

/// The state of a refresh that a caller waits for.
pub(super) enum Awaited {
    Ended(Result<(), Error>),
    /// Not before a refresh ends, or this time.
    Until(Timestamp),
}

impl State {
    fn new(due: Timestamp, attempted_at: SystemTime) -> Self {
        Self {
            schedule: Schedule::new(due),
            rejections: Rejections::default(),
            running: None,
            blocked: None,
            follows_again: false,
            started: 0,
            ended: 0,
            unstarted: 0,
            attempted_at,
            follow_at: None,
            follow_failures: 0,
        }
    }

    /// Returns the number of the next load that sends its requests after this call.
    pub(super) fn next(&self) -> u64 {
        match &self.running {
            Some(running) if !running.has_asked && running.job.number() > self.ended => {
                running.job.number()
            }
            _ => self.started + 1,
        }
    }

    /// Returns the number of the last load that ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended
    }

    pub(super) fn next_due(&self) -> Timestamp {
        let due = self.schedule.due;
        self.follow_at.map_or(due, |follow_at| follow_at.min(due))
    }
}

impl Process {
    fn new(state: State) -> Self {
        Self {
            id: std::process::id(),
            state: Mutex::new(state),
            signals: Arc::default(),
            has_rejections: AtomicBool::new(false),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Notes that a load begins: a later caller may know of a newer version.
    pub(super) fn note_request(&self, task: &Arc<Task>) {
        if let Some(running) = &mut self.lock().running
            && Arc::ptr_eq(&running.task, task)
        {
            running.has_asked = true;
        }
    }
}

impl<T> Shared<T> {
    pub(super) fn new(
        setup: Setup<T>,
        began: Timestamp,
        began_at: SystemTime,
        (value, report): (Box<T>, Report),
    ) -> Self {
        let policy = setup.policy;
        let period = if policy.background_refresh {
            policy.first_period(random(), random())
        } else {
            policy.period(random())
        };
        let origin = Origin {
            report: Arc::new(report),
            generation: 0,
            since: began,
            began_at,
            fresh_until: began.after(policy.fresh_for(period)),
            usable_until: began.after(policy.max_stale),
        };
        let state = State::new(began.after(period), began_at);
        Self {
            name: setup.name,
            load: setup.load,
            load_timeout: setup.load_timeout,
            clock: setup.clock,
            home: Arc::new(setup.home),
            followers: Followers::default(),
            lease: AtomicU64::new(0),
            fresh_lease: AtomicU64::new(0),
            act_at: AtomicU64::new(origin.fresh_until.min(origin.usable_until).0),
            current: Swap::new(Arc::new(Loaded {
                value: Arc::from(value),
                origin,
            })),
            process: Swap::new(Arc::new(Process::new(state))),
            policy,
        }
    }

    pub(super) fn current(&self) -> Guard<Loaded<T>> {
        self.current.load()
    }

    pub(super) fn current_full(&self) -> Arc<Loaded<T>> {
        self.current.load_full()
    }

    /// Returns whether the struct may be used: until its lease ends, nothing needs to be done.
    #[inline]
    pub(super) fn has_lease(&self) -> bool {
        self.clock.cheap() < self.lease.load(Ordering::Acquire)
    }

    /// Returns whether the struct is within its TTL, by the cheapest clock.
    pub(super) fn is_leased_as_fresh(&self) -> bool {
        self.clock.cheap() < self.fresh_lease.load(Ordering::Acquire)
    }

    /// Reads the clock, and lets readers use the cheapest one for a while, but no longer than nothing needs to be done.
    pub(super) fn read_clock(&self) -> Reading {
        // In this order: the process may be stopped in between.
        let cheap = self.clock.cheap();
        let reading = self.clock.read();
        if !reading.is_simulated {
            let act_at = Timestamp(self.act_at.load(Ordering::Acquire));
            let fresh_until = self.current().origin.fresh_until.min(act_at);
            let lease = |until: Timestamp| {
                let lease = until.since(reading.now).min(LEASE);
                cheap.saturating_add(nanos(lease.saturating_sub(RESOLUTION)))
            };
            self.lease.store(lease(act_at), Ordering::Release);
            self.fresh_lease
                .store(lease(fresh_until), Ordering::Release);
        }
        reading
    }

    /// The longest that a refresh takes where its tasks are run: a load, and what follows it.
    fn longest(&self) -> Duration {
        self.load_timeout.saturating_mul(2).saturating_add(GRACE)
    }

    /// Notes the time until which readers need not take the lock.
    fn note_act_at(&self, state: &State, reading: Reading) {
        let origin = &self.current.load().origin;
        let next = if let Some(running) = &state.running {
            self.next_check(running, reading).max(origin.fresh_until)
        } else {
            let access = state.schedule.access_at(origin.fresh_until);
            state.follow_at.map_or(access, |follow| follow.min(access))
        };
        let act_at = next.min(origin.usable_until);
        self.act_at.store(act_at.0, Ordering::Release);
    }

    /// Returns when it is known whether a refresh runs.
    pub(super) fn next_check(&self, running: &Running, reading: Reading) -> Timestamp {
        if self.clock.is_moved() {
            Timestamp::NEVER
        } else if running.is_given_up {
            reading.now.after(GRACE)
        } else if running.task.is_waiting_at_home() && !reading.is_simulated {
            running.began.after(GRACE)
        } else {
            running.began.after(self.longest())
        }
    }

    /// Gives up a refresh that no longer runs.
    pub(super) fn supervise(&self, state: &mut State, reading: Reading, effects: &mut Effects<T>) {
        let Some(running) = &mut state.running else {
            return;
        };
        if self.clock.is_moved() {
            return;
        }
        let age = reading.now.since(running.began);
        if running.is_given_up {
            // Its thread may have returned.
            if running.task.abandon() {
                state.running = None;
            }
        } else if running.task.is_waiting_at_home() && age >= GRACE && !reading.is_simulated {
            if running.task.abandon() {
                self.home.suspect(true);
                state.running = None;
                state.unstarted += 1;
                effects.wakes = true;
            }
        } else if age >= self.longest() {
            effects.wakes = true;
            let number = running.job.number();
            if running.task.abandon() {
                state.running = None;
                let error = Error::runtime(
                    self.name,
                    "the refresh was given up; its runtime did not run it to its end",
                );
                self.fail(state, reading.now, error, effects);
                // A freeze is over when it is noticed.
                if state.schedule.failures == 1 {
                    state.schedule.due = reading.now;
                }
            } else if running.has_landed {
                // The struct is loaded. What follows it can wait.
                let blocked = state.running.take();
                state.blocked = blocked.map(|running| running.task);
                state.ended = state.ended.max(number);
                self.note_followed(state, reading.now, false);
                effects.events.push(Event::FollowerBlocks);
            } else {
                running.is_given_up = true;
                let error = Error::runtime(
                    self.name,
                    "the refresh was given up; a source or the code of a field blocks its thread",
                );
                self.fail(state, reading.now, error, effects);
                state.ended = state.ended.max(number);
            }
        }
    }

    /// Notes whether the followers could follow, and when they are tried again.
    fn note_followed(&self, state: &mut State, now: Timestamp, has_followed: bool) {
        let again = std::mem::take(&mut state.follows_again);
        if has_followed {
            state.follow_failures = 0;
            state.follow_at = again.then_some(now);
        } else {
            state.follow_failures = state.follow_failures.saturating_add(1);
            let pause = self.policy.rejected_pause(state.follow_failures, random());
            state.follow_at = Some(now.after(pause));
        }
    }

    fn fail(&self, state: &mut State, now: Timestamp, error: Error, effects: &mut Effects<T>) {
        let origin = &self.current.load().origin;
        let (until, since) = (origin.usable_until, origin.since);
        state.schedule.fail(error.clone());
        let failures = state.schedule.failures;
        state.schedule.due = self.policy.retry_at(now, failures, until, random());
        effects.events.push(Event::Failed {
            error,
            failures,
            age: now.since(since),
        });
    }
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// Returns what this process has of its own.
    pub(super) fn process(self: &Arc<Self>) -> Arc<Process> {
        let process = self.process.load_full();
        if process.id == std::process::id() {
            process
        } else {
            self.adopt()
        }
    }

    /// Starts over in a forked child.
    #[cold]
    fn adopt(self: &Arc<Self>) -> Arc<Process> {
        static ADOPTION: PerProcess<()> = PerProcess::new();
        let (process, is_new) = ADOPTION.with(|()| {
            let process = self.process.load_full();
            if process.id == std::process::id() {
                return (process, false);
            }
            let reading = self.clock.read();
            let period = self.policy.first_period(random(), random());
            let due = reading.now.after(period);
            let process = Arc::new(Process::new(State::new(due, SystemTime::now())));
            // To drop the parent's could wake its tasks.
            std::mem::forget(self.process.swap(Arc::clone(&process)));
            self.note_act_at(&process.lock(), reading);
            (process, true)
        });
        if is_new {
            self.watch();
        }
        process
    }

    /// Adds a follower of the struct with that report, and has it catch up if a change has landed since.
    pub(super) fn add_follower(
        self: &Arc<Self>,
        follower: Arc<dyn Follower<T>>,
        scope: &Scope,
        seen: &Report,
    ) {
        self.followers.add(follower);
        if scope.is_same(seen, &self.current().origin.report) {
            return;
        }
        let (process, reading) = (self.process(), self.clock.read());
        {
            let mut state = process.lock();
            state.follow_at = Some(reading.now);
            state.follows_again = state.running.is_some();
            self.note_act_at(&state, reading);
        }
        process.signals.ended.notify();
    }

    /// Returns what this process, or the one that it was forked from, has of its own.
    pub(super) fn process_unchecked(&self) -> Guard<Process> {
        self.process.load()
    }

    /// Has the struct refreshed in the background, if it should be.
    pub(super) fn refresh_in_background(self: &Arc<Self>) {
        if self.policy.background_refresh {
            super::timer::start(self);
            self.watch();
        }
    }

    /// Lets the watchdog start refreshes that nothing else starts. Simulated time is not its own.
    fn watch(self: &Arc<Self>) {
        #[cfg(not(shuttle))]
        if self.policy.background_refresh && !self.clock.read().is_simulated {
            let watched: std::sync::Weak<Self> = Arc::downgrade(self);
            super::watchdog::watch(watched);
        }
    }

    /// Returns the struct, and starts a refresh if one is due.
    #[inline]
    pub(super) fn get(self: &Arc<Self>) -> Result<Snapshot<T>, StaleError> {
        if !self.has_lease() {
            self.check()?;
        }
        Ok(Snapshot::new(self.current()))
    }

    /// Reads the clock, starts a refresh if one is due, and returns an error if the struct is too old.
    #[cold]
    pub(super) fn check(self: &Arc<Self>) -> Result<(), StaleError> {
        let process = self.process();
        let reading = self.read_clock();
        if reading.now < Timestamp(self.act_at.load(Ordering::Acquire)) {
            return Ok(());
        }
        self.start_due(&process, Trigger::Access, Place::Home, reading)
            .run(self);
        self.judge(&process, reading.now)
    }

    /// Returns an error if the struct is too old to be used.
    pub(super) fn judge(&self, process: &Process, now: Timestamp) -> Result<(), StaleError> {
        let (usable_until, since) = {
            let origin = &self.current().origin;
            (origin.usable_until, origin.since)
        };
        if now <= usable_until {
            return Ok(());
        }
        let last_error = process.lock().schedule.last_error.clone();
        let (age, max_stale) = (now.since(since), self.policy.max_stale);
        Err(StaleError::new(self.name, age, max_stale, last_error))
    }

    pub(super) fn start_due(
        &self,
        process: &Process,
        trigger: Trigger,
        place: Place,
        reading: Reading,
    ) -> Effects<T> {
        let mut effects = Effects::default();
        if self.load.is_none() {
            return effects;
        }
        let mut state = process.lock();
        self.supervise(&mut state, reading, &mut effects);
        let due = match trigger {
            Trigger::Access => {
                let fresh_until = self.current.load().origin.fresh_until;
                state.schedule.access_at(fresh_until)
            }
            Trigger::Timer => state.schedule.due,
        };
        let now = reading.now;
        if state.running.is_none() {
            if now >= due {
                self.start_load(&mut state, now, place, &mut effects);
            } else if state.follow_at.is_some_and(|follow_at| now >= follow_at) {
                self.start(&mut state, now, Job::Follow, place, &mut effects);
            }
        }
        self.note_act_at(&state, reading);
        drop(state);
        effects
    }

    /// Starts what is due for the background refresh, and returns the next time to look.
    pub(super) fn tick(self: &Arc<Self>) -> Timestamp {
        let process = self.process();
        let reading = self.clock.read();
        self.start_due(&process, Trigger::Timer, Place::Home, reading)
            .run(self);
        let state = process.lock();
        match &state.running {
            Some(running) => self.next_check(running, reading),
            None => state.next_due(),
        }
    }

    fn start_load(
        &self,
        state: &mut State,
        now: Timestamp,
        place: Place,
        effects: &mut Effects<T>,
    ) {
        state.started += 1;
        state.attempted_at = SystemTime::now();
        let job = Job::Load {
            number: state.started,
            began: now,
            began_at: state.attempted_at,
        };
        self.start(state, now, job, place, effects);
    }

    fn start(
        &self,
        state: &mut State,
        now: Timestamp,
        job: Job,
        place: Place,
        effects: &mut Effects<T>,
    ) {
        let is_home = place == Place::Home && self.home.has_runtime() && !self.home.is_suspect();
        let task = Arc::new(Task::new(if is_home { Place::Home } else { Place::Own }));
        state.running = Some(Running {
            job,
            began: now,
            has_asked: matches!(job, Job::Follow),
            has_landed: matches!(job, Job::Follow),
            is_given_up: false,
            task: Arc::clone(&task),
        });
        effects.start = Some(Start { job, task });
    }

    /// Waits for the load of that number or a later one, or starts it.
    pub(super) fn demand(
        self: &Arc<Self>,
        process: &Process,
        number: u64,
        place: Place,
    ) -> Awaited {
        let mut effects = Effects::default();
        let reading = self.clock.read();
        let awaited = {
            let mut state = process.lock();
            self.supervise(&mut state, reading, &mut effects);
            if place == Place::Own && self.home.is_blocked_by_caller() {
                state.leave_home();
            }
            let awaited = self.demand_in(&mut state, number, reading, place, &mut effects);
            self.note_act_at(&state, reading);
            awaited
        };
        effects.run(self);
        awaited
    }

    fn demand_in(
        &self,
        state: &mut State,
        number: u64,
        reading: Reading,
        place: Place,
        effects: &mut Effects<T>,
    ) -> Awaited {
        let now = reading.now;
        if state.ended >= number {
            let last_error = state.schedule.last_error.clone();
            return Awaited::Ended(last_error.map_or(Ok(()), Err));
        }
        if state.unstarted >= MOST_UNSTARTED {
            state.unstarted = 0;
            return Awaited::Ended(Err(Error::runtime(
                self.name,
                "the refresh could not run; its Tokio runtime was shut down, and no thread can be started",
            )));
        }
        if super::refresh::is_within(self) {
            return Awaited::Ended(Err(Error::runtime(
                self.name,
                "a refresh was requested by code that the refresh itself waits for",
            )));
        }
        if let Some(running) = &state.running {
            if running.is_given_up {
                return Awaited::Ended(Err(Error::runtime(
                    self.name,
                    "an earlier refresh still blocks its thread in a source or in the code of a field",
                )));
            }
            return Awaited::Until(self.next_check(running, reading));
        }
        match state.schedule.demand(now, &self.policy) {
            Ok(()) => self.start_load(state, now, place, effects),
            Err(allowed) => return Awaited::Until(allowed),
        }
        let running = state.running.as_ref();
        Awaited::Until(running.map_or(now, |running| self.next_check(running, reading)))
    }

    /// Joins or starts a refresh on access. Returns its number, or `None` if the last one failed a short time ago.
    pub(super) fn demand_on_access(
        self: &Arc<Self>,
        process: &Process,
        reading: Reading,
        place: Place,
    ) -> Option<u64> {
        let effects = self.start_due(process, Trigger::Access, place, reading);
        let number = process.lock().running_number();
        effects.run(self);
        number
    }

    /// Takes over the result of a load. Returns the struct that followers should follow.
    pub(super) fn land(
        self: &Arc<Self>,
        process: &Process,
        task: &Arc<Task>,
        (began, began_at): (Timestamp, SystemTime),
        loaded: Result<(Box<T>, Report), Error>,
    ) -> Option<Arc<Loaded<T>>> {
        let mut effects = Effects::default();
        let reading = self.clock.read();
        let follows = {
            let mut state = process.lock();
            if !state.is_running(task) {
                // Another one took its place. What it loaded is dropped after the lock is released.
                drop(state);
                return None;
            }
            if let Some(running) = &mut state.running {
                running.has_landed = true;
            }
            match loaded {
                Ok((value, report)) => {
                    self.replace(&mut state, (began, began_at), value, report, &mut effects);
                }
                Err(error) => self.fail(&mut state, reading.now, error, &mut effects),
            }
            self.note_act_at(&state, reading);
            self.current_full()
        };
        effects.run(self);
        process.signals.landed.notify();
        Some(follows)
    }

    /// Replaces the struct as a whole.
    fn replace(
        &self,
        state: &mut State,
        (began, began_at): (Timestamp, SystemTime),
        value: Box<T>,
        report: Report,
        effects: &mut Effects<T>,
    ) {
        let old = self.current.load_full();
        let changed = old.origin.report.changed(&report);
        let is_changed = !changed.is_empty();
        let value: Arc<T> = if is_changed {
            Arc::from(value)
        } else {
            effects.unused = Some(value);
            Arc::clone(&old.value)
        };
        let period = self.policy.period(random());
        let origin = Origin {
            report: Arc::new(report),
            generation: old.origin.generation + u64::from(is_changed),
            since: began,
            began_at,
            fresh_until: began.after(self.policy.fresh_for(period)),
            usable_until: began.after(self.policy.max_stale),
        };
        self.current.swap(Arc::new(Loaded { value, origin }));
        effects.old = Some(old);
        let failures = state.schedule.failures;
        state.schedule.succeed(began.after(period));
        if failures > 0 {
            effects.events.push(Event::Recovered { failures });
        }
        effects.events.push(if is_changed {
            Event::Changed { fields: changed }
        } else {
            Event::Unchanged
        });
    }

    /// Ends a refresh whose followers have followed, or failed.
    pub(super) fn end(self: &Arc<Self>, process: &Process, task: &Arc<Task>, has_followed: bool) {
        let mut effects = Effects::default();
        let reading = self.clock.read();
        {
            let mut state = process.lock();
            if !state.is_running(task) {
                return;
            }
            if let Some(running) = state.running.take() {
                state.ended = state.ended.max(running.job.number());
            }
            state.unstarted = 0;
            self.note_followed(&mut state, reading.now, has_followed);
            self.note_act_at(&state, reading);
        }
        effects.wakes = true;
        effects.run(self);
    }

    /// Forgets a refresh whose task was dropped, as at the end of its runtime. The next one runs elsewhere.
    pub(super) fn cut_off(self: &Arc<Self>, process: &Process, task: &Arc<Task>) {
        let mut effects = Effects::default();
        let reading = self.clock.read();
        {
            let mut state = process.lock();
            if !state.is_running(task) {
                return;
            }
            state.running = None;
            state.unstarted += 1;
            if task.place() == Place::Home {
                self.home.note_shut_down();
            }
            self.note_act_at(&state, reading);
        }
        effects.wakes = true;
        effects.run(self);
    }
}

impl State {
    /// Returns whether no follower blocks a thread. One that did must not go on.
    pub(super) fn may_follow(&mut self) -> bool {
        if self.blocked.as_ref().is_some_and(|task| task.abandon()) {
            self.blocked = None;
        }
        self.blocked.is_none()
    }

    /// Abandons a refresh on a runtime that this thread blocks.
    fn leave_home(&mut self) {
        let running = self.running.as_ref();
        if running
            .is_some_and(|running| running.task.place() == Place::Home && running.task.abandon())
        {
            self.running = None;
        }
    }

    fn is_running(&self, task: &Arc<Task>) -> bool {
        let running = self.running.as_ref();
        running.is_some_and(|running| Arc::ptr_eq(&running.task, task))
    }

    fn running_number(&self) -> Option<u64> {
        let running = self.running.as_ref()?;
        (!running.is_given_up && running.job.number() > 0).then(|| running.job.number())
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let process = self.process.load_full();
        if process.id == std::process::id() {
            process.signals.close();
        }
    }
}
