//! The state of the refreshes of a struct, and its transitions.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::clock::Timestamp;
use super::executor::{GRACE, Job, RunOn, Task, Trigger};
use super::random::random;
use super::rejections::Rejections;
use super::running::{RefreshProgress, Running};
use super::schedule::{Lifetime, Schedule};
use super::transition::{Awaited, LogEvent, TransitionContext};
use crate::error::Error;
use crate::report::ChangedValues;

/// After this many refreshes in a row that could not run, callers get an error.
const MOST_UNSTARTED: u32 = 3;

/// The state of the refreshes of a struct.
pub(super) struct RefreshState {
    pub(super) schedule: Schedule,
    pub(super) rejections: Rejections,
    pub(super) attempted_at: SystemTime,
    /// The number of times in a row that followers failed.
    pub(super) follow_failures: u32,
    /// When followers that failed run again.
    follow_at: Option<Timestamp>,
    /// Whether a follower was added during a refresh.
    follows_again: bool,
    running: Option<Running>,
    /// A task that is blocked by a follower.
    blocked: Option<Arc<Task>>,
    /// The numbers of the last load that started, and of the last one that ended.
    started: u64,
    ended: u64,
    /// The number of the last load that succeeded.
    succeeded: u64,
    /// The number of the last load that was requested on demand. It may start later, or with a higher number if it is
    /// abandoned.
    demanded: u64,
    /// The number of refreshes in a row that could not run.
    unstarted: u32,
}

impl RefreshState {
    pub(super) fn new(due: Timestamp, attempted_at: SystemTime) -> Self {
        Self {
            schedule: Schedule::new(due),
            rejections: Rejections::default(),
            attempted_at,
            follow_failures: 0,
            follow_at: None,
            follows_again: false,
            running: None,
            blocked: None,
            started: 0,
            ended: 0,
            succeeded: 0,
            demanded: 0,
            unstarted: 0,
        }
    }

    /// Returns the number of the next load that sends its requests after this call.
    pub(super) fn next_load(&self) -> u64 {
        match &self.running {
            Some(running) if running.progress == RefreshProgress::Started => {
                running.task.job().number()
            }
            _ => self.started + 1,
        }
    }

    /// Returns the number of the next load, which is requested on demand.
    pub(super) fn demand_load(&mut self, is_within_refresh: bool) -> u64 {
        let number = self.next_load();
        self.note_demand(number, is_within_refresh);
        number
    }

    /// Notes that the load with this number is requested on demand, unless the request will be rejected.
    pub(super) fn note_demand(&mut self, number: u64, is_within_refresh: bool) {
        if self.rejection(is_within_refresh).is_none() {
            self.demanded = self.demanded.max(number);
        }
    }

    /// Returns the number of the last load that ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended
    }

    /// Returns the number of the load that runs and can be waited for.
    pub(super) fn running_load(&self) -> Option<u64> {
        let running = self.running.as_ref()?;
        match running.progress {
            RefreshProgress::Started | RefreshProgress::Requested => {
                Some(running.task.job().number())
            }
            RefreshProgress::Loaded | RefreshProgress::GivenUp => None,
        }
    }

    /// Returns the number of the load that access past the TTL waits for. If only followers run, it starts after them,
    /// unless the last one failed a short time ago.
    pub(super) fn awaited_load(&self, cx: &TransitionContext<'_>) -> Option<u64> {
        let running = self.running.as_ref()?;
        let due = self.schedule.access_at(cx.lifetime.fresh_until);
        let is_next = running.progress == RefreshProgress::Loaded && cx.reading.now >= due;
        let next = is_next.then_some(self.started + 1);
        self.running_load().or(next)
    }

    /// Returns when the timer has to check the state. `late` is added to the time of a refresh that is due.
    pub(super) fn next_check(&self, cx: &TransitionContext<'_>, late: Duration) -> Timestamp {
        match &self.running {
            Some(running) => running.next_check(cx),
            None => self.or_follow_at(self.schedule.due).after(late),
        }
    }

    /// Returns the time until which readers need not take the lock.
    pub(super) fn act_at(&self, cx: &TransitionContext<'_>) -> Timestamp {
        let Lifetime {
            fresh_until,
            usable_until,
            ..
        } = cx.lifetime;
        let next = match &self.running {
            Some(running) => running.next_check(cx).max(fresh_until),
            None => self.or_follow_at(self.schedule.access_at(fresh_until)),
        };
        next.min(usable_until)
    }

    fn or_follow_at(&self, time: Timestamp) -> Timestamp {
        self.follow_at.map_or(time, |follow_at| follow_at.min(time))
    }

    /// Counts a refresh that no longer makes progress as a failure.
    pub(super) fn supervise(&mut self, cx: &mut TransitionContext<'_>) {
        let Some(running) = &self.running else {
            return;
        };
        if cx.settings.clock.is_moved() {
            return;
        }
        let age = cx.reading.now.since(running.began);
        if running.progress == RefreshProgress::GivenUp {
            // Its thread may no longer be blocked.
            self.running.take_if(|running| running.task.abandon());
        } else if running.task.waits_for_runtime() && age >= GRACE && !cx.reading.is_simulated {
            if running.task.abandon() {
                cx.settings.executor.set_unresponsive(true);
                self.running = None;
                self.unstarted += 1;
                cx.effects.wakes = true;
            }
        } else if age >= cx.settings.longest_refresh() {
            self.give_up(cx);
        }
    }

    fn give_up(&mut self, cx: &mut TransitionContext<'_>) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        cx.effects.wakes = true;
        let number = running.task.job().number();
        let is_abandoned = running.task.abandon();
        if running.progress == RefreshProgress::Loaded {
            // The struct is loaded, so only followers are late.
            if is_abandoned {
                cx.effects.events.push(LogEvent::FollowersStopped);
            } else {
                self.blocked = Some(running.task);
                cx.effects.events.push(LogEvent::FollowerBlocks);
            }
            self.ended = self.ended.max(number);
            self.note_followed(false, cx);
        } else if is_abandoned {
            let error = Error::runtime(
                cx.settings.name,
                "the refresh timed out because its Tokio runtime stopped running it",
            );
            cx.effects.given_up = Some((running.task, error.clone()));
            self.fail(error, cx);
            // This is noticed after a freeze, so the source is probably available.
            if self.schedule.failures == 1 {
                self.schedule.due = cx.reading.now;
            }
        } else {
            let error = Error::runtime(
                cx.settings.name,
                "the refresh timed out because a source or the code of a field blocks its thread",
            );
            cx.effects.given_up = Some((Arc::clone(&running.task), error.clone()));
            running.progress = RefreshProgress::GivenUp;
            self.running = Some(running);
            self.fail(error, cx);
            self.ended = self.ended.max(number);
        }
    }

    /// Starts a refresh if one is due.
    pub(super) fn start_due(
        &mut self,
        trigger: Trigger,
        run_on: RunOn,
        cx: &mut TransitionContext<'_>,
    ) {
        self.supervise(cx);
        if self.running.is_some() {
            return;
        }
        let now = cx.reading.now;
        let due = match trigger {
            Trigger::Access | Trigger::Demand => self.schedule.access_at(cx.lifetime.fresh_until),
            Trigger::Timer => self.schedule.due,
        };
        if now >= due {
            self.start_load(trigger, run_on, cx);
        } else if self.follow_at.is_some_and(|follow_at| now >= follow_at) {
            self.start(Job::Follow, run_on, cx);
        }
    }

    fn start_load(&mut self, trigger: Trigger, run_on: RunOn, cx: &mut TransitionContext<'_>) {
        self.started += 1;
        self.attempted_at = SystemTime::now();
        let job = Job::Load {
            number: self.started,
            trigger,
            began: cx.reading.now,
            began_at: self.attempted_at,
        };
        self.start(job, run_on, cx);
    }

    fn start(&mut self, job: Job, run_on: RunOn, cx: &mut TransitionContext<'_>) {
        let run_on = if cx.settings.executor.is_responsive() {
            run_on
        } else {
            RunOn::OwnThread
        };
        let task = Arc::new(Task::new(job, run_on));
        let progress = match job {
            Job::Load { .. } => RefreshProgress::Started,
            Job::Follow => RefreshProgress::Loaded,
        };
        self.running = Some(Running {
            task: Arc::clone(&task),
            began: cx.reading.now,
            progress,
        });
        cx.effects.start = Some(task);
    }

    /// Returns the result of the load with this number or a later one, or starts it. `is_within_refresh` is whether the
    /// caller is code that a refresh of this struct runs.
    pub(super) fn request_load(
        &mut self,
        (number, trigger, run_on): (u64, Trigger, RunOn),
        is_within_refresh: bool,
        cx: &mut TransitionContext<'_>,
    ) -> Awaited {
        self.supervise(cx);
        if run_on == RunOn::OwnThread && cx.settings.executor.is_blocked_by_caller() {
            self.abandon_on_runtime();
        }
        if self.ended >= number {
            return Awaited::Ended(self.result_since(number));
        }
        if let Some(error) = self.unavailable(is_within_refresh, cx.settings.name) {
            return Awaited::Ended(Err(error));
        }
        if trigger == Trigger::Demand {
            self.demanded = self.demanded.max(number);
        }
        if self.running.is_none() {
            let now = cx.reading.now;
            if let Err(allowed) = self.schedule.request(now, &cx.settings.policy) {
                return Awaited::Until(allowed);
            }
            self.start_load(trigger, run_on, cx);
        }
        Awaited::Until(self.next_check(cx, Duration::ZERO))
    }

    /// Returns the result of the loads from this number on. An earlier success is not affected by a later failure.
    fn result_since(&self, number: u64) -> Result<(), Error> {
        match &self.schedule.last_error {
            Some(error) if self.succeeded < number => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Returns the error of a caller that no refresh can serve.
    fn unavailable(&mut self, is_within_refresh: bool, name: &'static str) -> Option<Error> {
        let message = self.rejection(is_within_refresh)?;
        if self.unstarted >= MOST_UNSTARTED {
            self.unstarted = 0;
        }
        Some(Error::runtime(name, message))
    }

    /// Returns why a caller's request is rejected.
    fn rejection(&self, is_within_refresh: bool) -> Option<&'static str> {
        let running = self.running.as_ref();
        if self.unstarted >= MOST_UNSTARTED {
            Some(
                "the refresh cannot run: its Tokio runtime was shut down, and a thread cannot be started",
            )
        } else if is_within_refresh {
            Some("the refresh was requested by code that a refresh waits for")
        } else if running.is_some_and(|running| running.progress == RefreshProgress::GivenUp) {
            Some(
                "an earlier refresh is still running: a source or the code of a field blocks its thread",
            )
        } else {
            None
        }
    }

    /// Abandons a refresh on a runtime that the current thread blocks.
    fn abandon_on_runtime(&mut self) {
        self.running
            .take_if(|running| running.task.run_on() == RunOn::Runtime && running.task.abandon());
    }

    /// Requests that followers run.
    pub(super) fn request_follow(&mut self, now: Timestamp) {
        self.follow_at = Some(now);
        self.follows_again = self.running.is_some();
    }

    fn running_of(&mut self, task: &Arc<Task>) -> Option<&mut Running> {
        let running = self.running.as_mut();
        running.filter(|running| Arc::ptr_eq(&running.task, task))
    }

    /// Notes that a load begins, and returns whether it was requested on demand. Later callers may have learned of a
    /// newer version since.
    pub(super) fn note_requests(&mut self, task: &Arc<Task>) -> bool {
        if let Some(running) = self.running_of(task)
            && running.progress == RefreshProgress::Started
        {
            running.progress = RefreshProgress::Requested;
        }
        self.demanded > self.ended
    }

    /// Notes the end of a load. Returns `false` if another refresh has replaced it.
    pub(super) fn note_loaded(&mut self, task: &Arc<Task>) -> bool {
        let Some(running) = self.running_of(task) else {
            return false;
        };
        if running.progress != RefreshProgress::GivenUp {
            running.progress = RefreshProgress::Loaded;
        }
        true
    }

    /// Notes a load that succeeded.
    pub(super) fn succeed(
        &mut self,
        due: Timestamp,
        changed: Option<ChangedValues>,
        cx: &mut TransitionContext<'_>,
    ) {
        if let Some(running) = &self.running {
            self.succeeded = running.task.job().number();
        }
        let failures = self.schedule.failures;
        self.schedule.succeed(due);
        let event = LogEvent::Succeeded { failures, changed };
        cx.effects.events.push(event);
    }

    /// Notes a load that failed.
    pub(super) fn fail(&mut self, error: Error, cx: &mut TransitionContext<'_>) {
        let (now, lifetime) = (cx.reading.now, cx.lifetime);
        self.schedule.fail(error.clone());
        let failures = self.schedule.failures;
        let policy = &cx.settings.policy;
        self.schedule.due = policy.retry_at(now, failures, lifetime.usable_until, random());
        cx.effects.events.push(LogEvent::Failed {
            error,
            failures,
            age: now.since(lifetime.since),
        });
    }

    /// Returns whether followers can run. Abandons a task that a follower blocked, so that it does not continue.
    pub(super) fn can_follow(&mut self) -> bool {
        self.blocked.take_if(|task| task.abandon());
        self.blocked.is_none()
    }

    /// Notes whether the followers succeeded, and when they run again.
    fn note_followed(&mut self, has_followed: bool, cx: &TransitionContext<'_>) {
        let (now, policy) = (cx.reading.now, &cx.settings.policy);
        let again = std::mem::take(&mut self.follows_again);
        if has_followed {
            self.follow_failures = 0;
            self.follow_at = again.then_some(now);
        } else {
            self.follow_failures = self.follow_failures.saturating_add(1);
            let pause = policy.rejected_pause(self.follow_failures, random());
            self.follow_at = Some(now.after(pause));
        }
    }

    /// Ends a refresh after its followers have run.
    pub(super) fn end(
        &mut self,
        task: &Arc<Task>,
        has_followed: bool,
        cx: &mut TransitionContext<'_>,
    ) {
        let Some(running) = self.running_of(task) else {
            return;
        };
        let number = running.task.job().number();
        self.running = None;
        self.ended = self.ended.max(number);
        self.unstarted = 0;
        self.note_followed(has_followed, cx);
        cx.effects.wakes = true;
    }

    /// Ends a refresh whose task was dropped, for example because its runtime was shut down. The next one runs
    /// elsewhere.
    pub(super) fn end_dropped(&mut self, task: &Arc<Task>, cx: &mut TransitionContext<'_>) {
        let Some(running) = self.running_of(task) else {
            return;
        };
        let has_followers = running.progress == RefreshProgress::Loaded;
        self.running = None;
        if has_followers && !task.waits_for_runtime() {
            // The load has not ended for its callers: they wait until the change is followed.
            cx.effects.events.push(LogEvent::FollowersStopped);
            self.note_followed(false, cx);
        } else {
            self.unstarted += 1;
        }
        if task.run_on() == RunOn::Runtime {
            cx.settings.executor.set_shut_down();
        }
        cx.effects.wakes = true;
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests;
