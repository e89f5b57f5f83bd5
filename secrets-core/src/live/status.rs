//! How a live struct fares, to be shown on a health page.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::{Error, Outcome, Report};

/// How a live struct fares. Holds no value.
#[derive(Clone, Debug)]
#[must_use]
pub struct Status {
    pub(super) report: Arc<Report>,
    pub(super) last_success: SystemTime,
    pub(super) last_attempt: SystemTime,
    pub(super) last_error: Option<Error>,
    pub(super) failures: u32,
    pub(super) age: Duration,
    pub(super) max_stale: Duration,
}

impl Status {
    /// When the last load that succeeded began, by the wall clock.
    pub fn last_success(&self) -> SystemTime {
        self.last_success
    }

    /// When the last load began, by the wall clock.
    pub fn last_attempt(&self) -> SystemTime {
        self.last_attempt
    }

    /// Why the last refresh failed; `None` once one has succeeded again.
    pub fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }

    /// How many refreshes have failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The time since the last load that succeeded began.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// Whether the struct is older than [`max_stale`](super::LiveBuilder::max_stale).
    pub fn is_stale(&self) -> bool {
        self.age > self.max_stale
    }

    /// Each field's path, and the id of the secret's version that it has, where its source tells.
    pub fn versions(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.report.fields().iter().map(|field| {
            let version = match field.outcome() {
                Outcome::Answered { version_id, .. } => version_id.as_deref(),
                _ => None,
            };
            (field.path(), version)
        })
    }

    /// Which source answered what in the last load that succeeded.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
