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
use crate::report::ChangedValues;

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

/// An event to log. It contains the paths of fields and the declared names of secrets, but never a value or a filled
/// placeholder.
pub(super) enum LogEvent {
    Succeeded {
        /// The number of failures in a row before.
        failures: u32,
        /// `None` if no version changed.
        changed: Option<ChangedValues>,
    },
    Failed {
        error: Error,
        failures: u32,
        age: Duration,
    },
    FollowerBlocks,
    /// The runtime did not run the followers to their end.
    FollowersStopped,
}

impl LogEvent {
    /// Logs the event of a struct with this name.
    pub(super) fn log(self, config: &'static str) {
        match self {
            Self::Succeeded { failures, changed } => {
                if failures > 0 {
                    tracing::info!(config, failures, "secrets were refreshed after failures");
                }
                if let Some(changed) = changed {
                    log_changed(config, &changed);
                } else {
                    tracing::debug!(config, "secrets were refreshed and have not changed");
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
            Self::FollowersStopped => tracing::warn!(
                config,
                reason = "its Tokio runtime stopped running it",
                "a derived value or a function of `on_change` failed; it runs again after a pause"
            ),
        }
    }
}

fn log_changed(config: &'static str, changed: &ChangedValues) {
    let ChangedValues {
        fields,
        secrets,
        renewed,
    } = changed;
    if !fields.is_empty() {
        let (secrets, fields) = (list(secrets), list(fields));
        tracing::info!(config, secrets, fields, "secrets have changed");
    }
    if fields.is_empty() || !renewed.is_empty() {
        let secrets = list(renewed);
        tracing::info!(
            config,
            secrets,
            "secrets have other versions with the same values"
        );
    }
}

/// Returns the names as text, or `None` if there are none.
fn list(names: &[Arc<str>]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}

/// The state of a load that a caller waits for.
pub(super) enum Awaited {
    Ended(Result<(), Error>),
    /// Wait for the end of a refresh until this time, then check again.
    Until(Timestamp),
}
