//! Decides when rejected credentials cause a refresh. These functions are pure: the time and random numbers are
//! parameters.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Timestamp;
use super::executor::RunOn;
use super::schedule::RefreshPolicy;
use super::snapshot::FieldScope;
use crate::report::LoadReport;

/// The most changes that a call follows after the rotation window. A source can return other credentials each time.
const MOST_CHANGES: u32 = 5;

const HOUR: Duration = Duration::from_hours(1);

/// The next step of a call whose credentials were rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RetryStep {
    /// Run the operation again, because its fields changed.
    RunAgain,
    /// Request the load with this number, and wait until it or a later one ends.
    RequestLoad(u64),
    /// Wait until the load with this number ends. It sent its requests before the credentials were rejected.
    JoinLoad(u64),
    /// Wait for a change until this time, because a new version can still appear.
    WaitUntil(Timestamp),
    /// Return the error of the operation.
    GiveUp,
}

/// One call of `retry_on`.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryCall {
    pub(super) run_on: RunOn,
    /// When the current credentials were first rejected in this call, and whether it has requested a load since.
    rejected: Option<Timestamp>,
    has_requested: bool,
    /// When credentials were first rejected in this call, and the number of changes since.
    began: Option<Timestamp>,
    changes: u32,
}

impl RetryCall {
    pub(super) fn new(run_on: RunOn) -> Self {
        Self {
            run_on,
            rejected: None,
            has_requested: false,
            began: None,
            changes: 0,
        }
    }

    /// Notes that credentials were rejected. If they have changed since, returns the next step.
    pub(super) fn reject(
        &mut self,
        has_changed: bool,
        now: Timestamp,
        window: Duration,
    ) -> Option<RetryStep> {
        let began = *self.began.get_or_insert(now);
        if !has_changed {
            self.rejected.get_or_insert(now);
            return None;
        }
        (self.rejected, self.has_requested) = (None, false);
        self.changes = self.changes.saturating_add(1);
        let is_over = now >= began.after(window);
        Some(if is_over && self.changes > MOST_CHANGES {
            RetryStep::GiveUp
        } else {
            RetryStep::RunAgain
        })
    }

    pub(super) fn note_request(&mut self) {
        self.has_requested = true;
    }

    /// Returns whether the call can request a load: once, and again within the rotation window.
    fn may_request(&self, now: Timestamp, window: Duration) -> bool {
        let is_within = |since: Timestamp| now < since.after(window);
        !self.has_requested || self.rejected.is_some_and(is_within)
    }
}

/// The rejected credentials of a struct, and the loads that they caused.
#[derive(Debug, Default)]
pub(super) struct Rejections(Vec<Rejection>);

/// A version of some fields whose credentials were rejected.
#[derive(Debug)]
struct Rejection {
    scope: FieldScope,
    report: Arc<LoadReport>,
    /// When they were first rejected in the current window, and when they were last rejected.
    since: Timestamp,
    last: Timestamp,
    /// The number of the load that was requested last, and of the last one that callers no longer wait for. Its request
    /// can fail without a load.
    requested: u64,
    finished: u64,
    /// The number of earlier windows of this version, and of loads that were requested after a window.
    windows: u32,
    late: u32,
    /// When the next load can be requested.
    next: Timestamp,
}

impl Rejection {
    fn new(scope: &FieldScope, report: &Arc<LoadReport>, now: Timestamp) -> Self {
        Self {
            scope: scope.clone(),
            report: Arc::clone(report),
            since: now,
            last: now,
            requested: 0,
            finished: 0,
            windows: 0,
            late: 0,
            next: now,
        }
    }
}

impl Rejections {
    /// Returns the next step of a call whose credentials have not changed. `next_load` and `ended` are the numbers of
    /// the next load and of the last one that ended.
    ///
    /// Within the rotation window, loads are requested at the shortest interval; after it, pauses double.
    pub(super) fn step(
        &mut self,
        (scope, used): (&FieldScope, &Arc<LoadReport>),
        (next_load, ended): (u64, u64),
        call: &RetryCall,
        (now, policy, random): (Timestamp, &RefreshPolicy, f64),
    ) -> RetryStep {
        let window = policy.rotation_window;
        if !call.may_request(now, window) {
            return RetryStep::GiveUp;
        }
        let rejection = self.entry(scope, used, now, policy);
        rejection.last = now;
        if rejection.requested > ended.max(rejection.finished) {
            return if rejection.requested == next_load {
                RetryStep::RequestLoad(next_load)
            } else {
                RetryStep::JoinLoad(rejection.requested)
            };
        }
        let window_ends = rejection.since.after(window);
        if now >= rejection.next {
            let pause = if now < window_ends {
                // Longer in each further window of a version that was never accepted.
                let factor = 1_u32 << rejection.windows.min(3);
                policy.min_refresh_interval.saturating_mul(factor)
            } else {
                rejection.late = rejection.late.saturating_add(1);
                policy.rejected_pause(rejection.late, random)
            };
            rejection.next = now.after(pause);
            rejection.requested = next_load;
            return RetryStep::RequestLoad(next_load);
        }
        if rejection.next <= window_ends {
            RetryStep::WaitUntil(rejection.next)
        } else {
            RetryStep::GiveUp
        }
    }

    /// Returns the entry of a version. If it was not rejected during a whole window, another window begins.
    fn entry(
        &mut self,
        scope: &FieldScope,
        used: &Arc<LoadReport>,
        now: Timestamp,
        policy: &RefreshPolicy,
    ) -> &mut Rejection {
        let forgotten = policy.rotation_window.max(policy.min_refresh_interval);
        let position = self.0.iter().position(|known| known.scope.id == scope.id);
        let position = position.unwrap_or_else(|| {
            // The scopes of old entries may no longer exist.
            self.0.retain(|known| now.since(known.last) <= HOUR);
            self.0.push(Rejection::new(scope, used, now));
            self.0.len() - 1
        });
        let rejection = &mut self.0[position];
        if !scope.is_same(&rejection.report, used) {
            *rejection = Rejection::new(scope, used, now);
        } else if now.since(rejection.last) > forgotten {
            rejection.windows = rejection.windows.saturating_add(1);
            (rejection.since, rejection.next) = (now, now);
        }
        rejection
    }

    /// Notes that a caller no longer waits for a load. Each caller does so, because others may be cancelled.
    pub(super) fn finish(&mut self, scope: &FieldScope, number: u64) {
        if let Some(known) = self.0.iter_mut().find(|known| known.scope.id == scope.id) {
            known.finished = known.finished.max(number);
        }
    }

    /// Forgets credentials that were accepted.
    pub(super) fn forget(&mut self, scope: &FieldScope, used: &LoadReport) {
        self.0
            .retain(|known| known.scope.id != scope.id || !scope.is_same(&known.report, used));
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests;
