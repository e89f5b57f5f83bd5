//! The inputs and outputs of the transitions of [`RefreshState`](super::state::RefreshState).
//!
//! A transition changes the state under its lock and adds to [`Effects`]. These run code of the application, such as
//! wakers, so they happen after the lock is released.

use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, ClockReading, Timestamp};
use super::executor::{Executor, GRACE, Task};
use super::schedule::{Lifetime, RefreshPolicy};
use crate::error::Error;

/// The settings of a live struct.
pub(super) struct LiveSettings {
    pub(super) name: &'static str,
    pub(super) load_timeout: Duration,
    pub(super) policy: RefreshPolicy,
    pub(super) clock: Clock,
    pub(super) executor: Arc<Executor>,
}

impl LiveSettings {
    /// Returns the longest duration of a refresh whose task runs: of the load, and of the followers.
    pub(super) fn longest_refresh(&self) -> Duration {
        self.load_timeout.saturating_mul(2).saturating_add(GRACE)
    }
}

/// The inputs of a transition, and its effects.
pub(super) struct TransitionContext<'a> {
    pub(super) settings: &'a LiveSettings,
    pub(super) reading: ClockReading,
    /// The lifetime of the current struct.
    pub(super) lifetime: Lifetime,
    pub(super) effects: Effects,
}

/// The effects of a transition.
#[derive(Default)]
#[must_use = "effects have to be run"]
pub(super) struct Effects {
    pub(super) start: Option<Arc<Task>>,
    /// A load that was counted as a failure before it ended.
    pub(super) given_up: Option<(Arc<Task>, Error)>,
    pub(super) events: Vec<LogEvent>,
    /// Whether tasks that wait for the end of a refresh are woken.
    pub(super) wakes: bool,
}

impl Effects {
    #[cfg(not(shuttle))]
    pub(super) fn is_empty(&self) -> bool {
        self.start.is_none() && self.events.is_empty() && !self.wakes
    }
}

/// An event to log. It contains the paths of fields, but never a value or the name of a secret.
pub(super) enum LogEvent {
    Succeeded {
        /// The number of failures in a row before.
        failures: u32,
        changed: Vec<String>,
    },
    Failed {
        error: Error,
        failures: u32,
        age: Duration,
    },
    FollowerBlocks,
}

impl LogEvent {
    /// Logs the event of a struct with this name.
    pub(super) fn log(self, config: &'static str) {
        match self {
            Self::Succeeded { failures, changed } => {
                if failures > 0 {
                    tracing::info!(config, failures, "secrets were refreshed after failures");
                }
                if changed.is_empty() {
                    tracing::debug!(config, "secrets were refreshed and have not changed");
                } else {
                    tracing::info!(config, fields = changed.join(", "), "secrets have changed");
                }
            }
            Self::Failed {
                error,
                failures,
                age,
            } => tracing::warn!(
                config,
                error = error.without_names(),
                code = error.code_label(),
                failures,
                age_seconds = age.as_secs(),
                "cannot refresh secrets; the last good values remain in use"
            ),
            Self::FollowerBlocks => tracing::warn!(
                config,
                "a derived value or a function of `on_change` blocks its thread; changes are not followed until it returns"
            ),
        }
    }
}

/// The state of a load that a caller waits for.
pub(super) enum Awaited {
    Ended(Result<(), Error>),
    /// Wait for the end of a refresh until this time, then check again.
    Until(Timestamp),
}
