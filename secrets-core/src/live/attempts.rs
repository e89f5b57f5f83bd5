//! How the last refreshes went, and when the next one is due. Pure: chance and the time are given.

use tokio::time::Instant;

use super::moment::Moment;
use super::policy::Policy;
use crate::Error;
use crate::clock::after;

#[derive(Clone, Debug)]
pub(super) struct Attempts {
    pub(super) last: Moment,
    pub(super) failures: u32,
    pub(super) last_error: Option<Error>,
    /// When the timer refreshes. After a failure nobody refreshes before, unless on demand.
    pub(super) due: Instant,
    demanded: Option<Instant>,
}

impl Attempts {
    /// After the first load.
    pub(super) fn new(first: Moment, due: Instant) -> Self {
        Self {
            last: first,
            failures: 0,
            last_error: None,
            due,
            demanded: None,
        }
    }

    pub(super) fn succeeded(&mut self, due: Instant) {
        self.failures = 0;
        self.last_error = None;
        self.due = due;
    }

    pub(super) fn failed(&mut self, now: Instant, error: Error, policy: &Policy, chance: f64) {
        self.failures = self.failures.saturating_add(1);
        self.last_error = Some(error);
        self.due = after(now, policy.pause(self.failures, chance));
    }

    /// Whether an access past the TTL may refresh.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.failures == 0 || now >= self.due
    }

    /// Takes leave to refresh on demand, or says from when on there is one.
    pub(super) fn demand(&mut self, now: Instant, policy: &Policy) -> Result<(), Instant> {
        let allowed = self
            .demanded
            .map(|demanded| after(demanded, policy.min_interval));
        match allowed {
            Some(allowed) if now < allowed => Err(allowed),
            _ => {
                self.demanded = Some(now);
                Ok(())
            }
        }
    }
}
