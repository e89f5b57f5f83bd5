//! Refreshes: they start as the effect of a transition, load the struct, replace it, and run its followers.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::SystemTime;

use tracing::{Instrument, Span};

use super::clock::{ClockReading, Timestamp};
use super::executor::{Job, RunOn, Task, Trigger};
use super::follower::{Follower, OnChange, follow};
use super::schedule::StalePolicy;
use super::shared::{LiveShared, LoadFn, Process};
use super::signals::{BoxFuture, RefreshMark, caught, drop_caught, first};
use super::snapshot::{FieldScope, Loaded, Snapshot};
use super::state::RefreshState;
use super::status::{RefreshOutcome, StaleError};
use super::transition::{Awaited, Effects, TransitionContext};
use crate::error::Error;
use crate::report::LoadReport;
use crate::telemetry::{RefreshSpan, set_live};

impl Effects {
    /// Runs the effects. No lock may be held, because they run code of the application.
    pub(super) fn run<T: Send + Sync + 'static>(self, shared: &Arc<LiveShared<T>>) {
        if let Some((task, error)) = self.given_up {
            task.end_span(&error);
        }
        if let Some(task) = self.start {
            RefreshTask::spawn(shared, task);
        }
        if self.wakes {
            shared.process().signals.ended.notify();
            #[cfg(not(shuttle))]
            if shared.settings.policy.background_refresh && !shared.settings.executor.has_runtime()
            {
                super::watchdog::wake();
            }
        }
        for event in self.events {
            event.log(shared.settings.name);
        }
    }
}

/// The future of a refresh. It ends early when the last handle is dropped or when the task is abandoned.
struct RefreshTask<T: Send + Sync + 'static> {
    shared: Weak<LiveShared<T>>,
    process: Arc<Process>,
    task: Arc<Task>,
    /// `None` after it has ended.
    work: Option<BoxFuture<'static, ()>>,
    closed: BoxFuture<'static, ()>,
}

impl<T: Send + Sync + 'static> RefreshTask<T> {
    fn spawn(shared: &Arc<LiveShared<T>>, task: Arc<Task>) {
        let (process, run_on) = (shared.process(), task.run_on());
        let weak = Arc::downgrade(shared);
        let span = task.job().trigger().map(|trigger| {
            let has_caller = trigger != Trigger::Timer;
            let span = RefreshSpan::new(shared.settings.name, trigger.label(), has_caller);
            let span = Arc::new(span);
            task.set_span(&span);
            span
        });
        let current = span.as_ref().map_or_else(Span::none, |span| span.span());
        let work = work(
            Weak::clone(&weak),
            Arc::clone(&process),
            Arc::clone(&task),
            span,
        );
        let refresh = Self {
            work: Some(Box::pin(work.instrument(current))),
            closed: Box::pin(Arc::clone(&process.signals).closed()),
            shared: weak,
            process,
            task,
        };
        // A runtime that is shut down drops the task at once.
        shared.settings.executor.spawn(run_on, Box::pin(refresh));
    }
}

impl<T: Send + Sync + 'static> Future for RefreshTask<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if !self.task.begin_poll() {
            self.work = None;
            if let Some(shared) = self.shared.upgrade() {
                shared.settings.executor.set_unresponsive(false);
            }
            return Poll::Ready(());
        }
        let mark = RefreshMark::set(self.shared.as_ptr().addr());
        let is_over = self.closed.as_mut().poll(context).is_ready()
            || match &mut self.work {
                Some(work) => work.as_mut().poll(context).is_ready(),
                None => true,
            };
        drop(mark);
        if is_over {
            self.work = None;
        }
        self.task.end_poll();
        if is_over {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

impl<T: Send + Sync + 'static> Drop for RefreshTask<T> {
    fn drop(&mut self) {
        if self.work.take().is_some()
            && let Some(shared) = self.shared.upgrade()
        {
            shared.transition(&self.process, |state, cx| {
                state.end_dropped(&self.task, cx);
            });
        }
    }
}

async fn work<T: Send + Sync + 'static>(
    shared: Weak<LiveShared<T>>,
    process: Arc<Process>,
    task: Arc<Task>,
    span: Option<Arc<RefreshSpan>>,
) {
    let loaded = match task.job() {
        Job::Load {
            began, began_at, ..
        } => {
            let Some((name, load, on_demand)) = shared.upgrade().and_then(|shared| {
                let on_demand = process.lock().note_requests(&task);
                let load = LoadFn::clone(shared.load.as_ref()?);
                Some((shared.settings.name, load, on_demand))
            }) else {
                return;
            };
            let loaded = caught(load(on_demand)).await.unwrap_or_else(|| {
                Err(Error::runtime(
                    name,
                    "a panic occurred while decoding a field or querying a source",
                ))
            });
            let shared = shared.upgrade();
            shared.and_then(|shared| {
                shared.end_load(&process, &task, (began, began_at), loaded, span)
            })
        }
        Job::Follow => shared.upgrade().map(|shared| shared.current_full()),
    };
    let Some(loaded) = loaded else {
        return;
    };
    let can_follow = process.lock().can_follow();
    let has_followed = can_follow && run_followers(&shared, loaded).await;
    if let Some(shared) = shared.upgrade() {
        shared.transition(&process, |state, cx| {
            state.end(&task, has_followed, cx);
        });
    }
}

/// Runs the followers of the struct. This does not keep the struct alive.
async fn run_followers<T: Send + Sync + 'static>(
    shared: &Weak<LiveShared<T>>,
    loaded: Arc<Loaded<T>>,
) -> bool {
    let Some((followers, settings)) = shared.upgrade().map(|shared| {
        let settings = &shared.settings;
        let clock = settings.clock.clone();
        let settings = (settings.name, clock, settings.load_timeout);
        (shared.followers.current(), settings)
    }) else {
        return true;
    };
    follow(&followers, &loaded, settings).await
}

impl<T: Send + Sync + 'static> LiveShared<T> {
    /// Makes a transition, and runs its effects after the lock is released.
    fn transition<R>(
        self: &Arc<Self>,
        process: &Process,
        transition: impl FnOnce(&mut RefreshState, &mut TransitionContext<'_>) -> R,
    ) -> R {
        let reading = self.settings.clock.read();
        let (result, effects) = self.change(process, reading, transition);
        effects.run(self);
        result
    }

    /// Ends a load, and replaces the struct if it succeeded. Returns the current struct, or `None` if another refresh
    /// has replaced this one.
    fn end_load(
        self: &Arc<Self>,
        process: &Process,
        task: &Arc<Task>,
        began: (Timestamp, SystemTime),
        result: Result<(Box<T>, LoadReport), Error>,
        span: Option<Arc<RefreshSpan>>,
    ) -> Option<Arc<Loaded<T>>> {
        // Values are dropped after the lock is released, because that runs code of the application.
        let (mut result, mut garbage, mut unused) = (Some(result), None, None);
        let mut outcome = None;
        let current = self.transition(process, |state, cx| {
            if !state.note_loaded(task) {
                return None;
            }
            let replaced = result.take()?.and_then(|loaded| {
                self.replace(began, loaded).map_err(|(error, value)| {
                    unused = Some(value);
                    error
                })
            });
            match replaced {
                Ok(replaced) => {
                    garbage = Some(replaced.garbage);
                    outcome = Some(Ok(replaced.changed.is_some()));
                    state.succeed(replaced.due, replaced.changed, cx);
                }
                Err(error) => {
                    outcome = Some(Err(error.cause()));
                    state.fail(error, cx);
                }
            }
            Some(self.current_full())
        });
        if outcome.is_some_and(|outcome| outcome.is_ok()) {
            let settings = &self.settings;
            set_live(settings.name, began.1, settings.policy.max_stale);
        }
        if let (Some(span), Some(outcome)) = (span, outcome) {
            span.end(outcome);
        }
        drop_caught((result, garbage, unused));
        let current = current?;
        process.signals.loaded.notify();
        Some(current)
    }

    /// Starts a refresh if one is due.
    pub(super) fn start_due(
        &self,
        process: &Process,
        trigger: Trigger,
        run_on: RunOn,
        reading: ClockReading,
    ) -> Effects {
        if self.load.is_none() {
            return Effects::default();
        }
        let ((), effects) = self.change(process, reading, |state, cx| {
            state.start_due(trigger, run_on, cx);
        });
        effects
    }
}

/// Access to the struct, which can refresh it.
impl<T: Send + Sync + 'static> LiveShared<T> {
    /// Returns the struct, and starts a refresh if one is due.
    #[inline]
    pub(super) fn get(self: &Arc<Self>) -> Result<Snapshot<T>, StaleError> {
        if !self.lease.is_usable() {
            self.check()?;
        }
        Ok(Snapshot::new(self.current()))
    }

    /// Reads the clock, starts a refresh if one is due, and returns an error if the struct is too old.
    #[cold]
    pub(super) fn check(self: &Arc<Self>) -> Result<(), StaleError> {
        let process = self.process();
        let reading = self.read_clock();
        if !self.must_act(reading.now) {
            return Ok(());
        }
        self.start_due(&process, Trigger::Access, RunOn::Runtime, reading)
            .run(self);
        self.check_age(&process, reading.now)
    }

    /// Returns the struct, after a refresh if it is past its TTL.
    pub(super) async fn get_fresh(
        self: &Arc<Self>,
        run_on: RunOn,
    ) -> Result<Snapshot<T>, StaleError> {
        if self.lease.is_fresh() {
            return Ok(Snapshot::new(self.current()));
        }
        let process = self.process();
        let reading = self.read_clock();
        if !self.is_fresh(reading.now) {
            let effects = self.start_due(&process, Trigger::Access, run_on, reading);
            let number = process.lock().awaited_load(&self.context(reading));
            effects.run(self);
            // Without such a load, the last one failed a short time ago.
            if let Some(number) = number {
                let is_usable = self.check_age(&process, reading.now).is_ok();
                self.wait_until_fresh(number, is_usable, run_on).await;
            }
            self.check_age(&process, self.settings.clock.now())?;
        }
        Ok(Snapshot::new(self.current()))
    }

    /// Waits until the struct is fresh or a load has ended. If the struct can be used, the policy limits the wait.
    async fn wait_until_fresh(self: &Arc<Self>, number: u64, is_usable: bool, run_on: RunOn) {
        let clock = &self.settings.clock;
        let load = (number, Trigger::Access, run_on);
        let refresh = self.wait_for_load(load, || self.is_fresh(clock.now()));
        match self.settings.policy.stale_policy {
            StalePolicy::ServeStale if is_usable => {}
            StalePolicy::Wait(longest) if is_usable => {
                let until = clock.now().after(longest);
                first(refresh, clock.sleep_until(until)).await;
            }
            _ => drop(refresh.await),
        }
    }

    /// Refreshes the struct.
    pub(super) async fn refresh(self: &Arc<Self>, run_on: RunOn) -> Result<RefreshOutcome, Error> {
        if self.load.is_none() {
            return Ok(RefreshOutcome::Unchanged);
        }
        let generation = || self.current().origin.generation;
        let before = generation();
        let is_within_refresh = self.is_within_refresh();
        let next = self.process().lock().demand_load(is_within_refresh);
        self.load(next, run_on).await?;
        Ok(if generation() == before {
            RefreshOutcome::Unchanged
        } else {
            RefreshOutcome::Changed
        })
    }

    /// Waits until the load with this number or a later one, which was requested on demand, ends, and starts it if
    /// necessary.
    pub(super) async fn load(self: &Arc<Self>, number: u64, run_on: RunOn) -> Result<(), Error> {
        let load = (number, Trigger::Demand, run_on);
        self.wait_for_load(load, || false).await
    }

    async fn wait_for_load(
        self: &Arc<Self>,
        load: (u64, Trigger, RunOn),
        is_enough: impl Fn() -> bool,
    ) -> Result<(), Error> {
        loop {
            let process = self.process();
            let signals = &process.signals;
            let (loaded, ended) = (signals.loaded.listen(), signals.ended.listen());
            if is_enough() {
                return Ok(());
            }
            match self.request_load(&process, load) {
                Awaited::Ended(result) => return result,
                Awaited::Until(time) => {
                    let loaded_or_ended = first(loaded, ended);
                    first(loaded_or_ended, self.settings.clock.sleep_until(time)).await;
                }
            }
        }
    }

    pub(super) fn request_load(
        self: &Arc<Self>,
        process: &Process,
        load: (u64, Trigger, RunOn),
    ) -> Awaited {
        let is_within_refresh = self.is_within_refresh();
        self.transition(process, |state, cx| {
            state.request_load(load, is_within_refresh, cx)
        })
    }

    /// Returns whether the caller is code that a refresh of this struct runs.
    pub(super) fn is_within_refresh(&self) -> bool {
        RefreshMark::is_set(std::ptr::from_ref(self).addr())
    }

    /// Calls a function after each change since a snapshot.
    pub(super) fn on_change<Fut>(
        self: &Arc<Self>,
        scope: &FieldScope,
        snapshot: &Snapshot<T>,
        call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let seen = &snapshot.origin().report;
        let follower = OnChange::new(scope.clone(), Arc::clone(seen), call);
        self.add_follower(Arc::new(follower), scope, seen);
    }

    /// Adds a follower of a struct with this report. If the struct has changed since, the follower runs soon.
    pub(super) fn add_follower(
        self: &Arc<Self>,
        follower: Arc<dyn Follower<T>>,
        scope: &FieldScope,
        seen: &LoadReport,
    ) {
        self.followers.add(follower);
        if !scope.is_same(seen, &self.report()) {
            self.transition(&self.process(), |state, cx| {
                state.request_follow(cx.reading.now);
                cx.effects.wakes = true;
            });
        }
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests;
