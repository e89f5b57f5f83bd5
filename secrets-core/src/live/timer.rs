//! Background refreshes: by a task on the application's runtime, or by the watchdog.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::clock::{Clock, Timestamp};
#[cfg(not(shuttle))]
use super::clock::{ClockReading, nanos};
#[cfg(not(shuttle))]
use super::executor::GRACE;
use super::executor::{RunOn, Trigger};
use super::shared::LiveShared;
use super::signals::first;
#[cfg(not(shuttle))]
use super::watchdog::Watched;

/// Refreshes the struct in the background from now on, if its policy requires that.
pub(super) fn start<T: Send + Sync + 'static>(shared: &Arc<LiveShared<T>>) {
    let settings = &shared.settings;
    if !settings.policy.background_refresh {
        return;
    }
    let task = refresh_when_due(Arc::downgrade(shared));
    if settings.executor.has_runtime() {
        settings.executor.spawn_task(task);
    } else if matches!(settings.clock, Clock::Test(_)) {
        // The watchdog does not know the time of the test.
        #[cfg(not(shuttle))]
        if let Ok(runtime) = crate::load::blocking::background() {
            drop(runtime.spawn(task));
        }
    }
    shared.watch();
}

async fn refresh_when_due<T: Send + Sync + 'static>(weak: Weak<LiveShared<T>>) {
    while let Some(shared) = weak.upgrade() {
        let signals = Arc::clone(&shared.process().signals);
        let clock = shared.settings.clock.clone();
        let ended = signals.ended.listen();
        // This task runs, so its runtime is responsive.
        shared.settings.executor.set_unresponsive(false);
        let next = refresh_if_due(&shared);
        drop(shared);
        if signals.is_closed() {
            return;
        }
        first(ended, clock.sleep_until(next)).await;
    }
}

/// Starts a refresh if one is due, and returns the time of the next check.
fn refresh_if_due<T: Send + Sync + 'static>(shared: &Arc<LiveShared<T>>) -> Timestamp {
    let process = shared.process();
    let reading = shared.settings.clock.read();
    shared
        .start_due(&process, Trigger::Timer, RunOn::Runtime, reading)
        .run(shared);
    let state = process.lock();
    state.next_check(&shared.context(reading), Duration::ZERO)
}

#[cfg(not(shuttle))]
impl<T: Send + Sync + 'static> Watched for LiveShared<T> {
    fn check(self: Arc<Self>) -> Duration {
        let process = self.process();
        let reading = self.settings.clock.read();
        let executor = &self.settings.executor;
        let is_responsive = executor.is_responsive();
        // The task on the runtime has precedence.
        let late = if is_responsive { GRACE } else { Duration::ZERO };
        let earlier = ClockReading {
            now: Timestamp(reading.now.0.saturating_sub(nanos(late))),
            ..reading
        };
        let ((), mut effects) = self.change(&process, reading, |state, cx| {
            state.supervise(cx);
        });
        if effects.is_empty() {
            effects = self.start_due(&process, Trigger::Timer, RunOn::OwnThread, earlier);
            if is_responsive && effects.start.is_some() {
                executor.set_unresponsive(true);
            }
        }
        let next = process.lock().next_check(&self.context(reading), late);
        let next = next.since(reading.now);
        if effects.is_empty() {
            // If the last handle was dropped since, this would run code of the application on this thread.
            if let Some(last) = Arc::into_inner(self) {
                drop(crate::load::blocking::spawn(async move { drop(last) }));
            }
        } else {
            drop(crate::load::blocking::spawn(
                async move { effects.run(&self) },
            ));
        }
        next
    }
}
