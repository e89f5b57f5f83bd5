//! What follows from a transition. It runs code of the application, so it runs while nothing is locked.

use std::sync::Arc;
use std::time::Duration;

use super::loaded::Loaded;
use super::refresh::Start;
use super::state::Shared;
use crate::Error;

/// The consequences of a transition.
#[must_use = "effects happen when they run"]
pub(super) struct Effects<T> {
    pub(super) start: Option<Start>,
    pub(super) events: Vec<Event>,
    pub(super) wakes: bool,
    pub(super) old: Option<Arc<Loaded<T>>>,
    pub(super) unused: Option<Box<T>>,
}

/// An event to log: names only, never a value.
pub(super) enum Event {
    Unchanged,
    Recovered {
        failures: u32,
    },
    Changed {
        fields: Vec<String>,
    },
    Failed {
        error: Error,
        failures: u32,
        age: Duration,
    },
    FollowerBlocks,
}

impl<T> Default for Effects<T> {
    fn default() -> Self {
        Self {
            start: None,
            events: Vec::new(),
            wakes: false,
            old: None,
            unused: None,
        }
    }
}

#[cfg(not(shuttle))]
impl<T> Effects<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.start.is_none() && self.events.is_empty() && !self.wakes
    }
}

impl<T: Send + Sync + 'static> Effects<T> {
    pub(super) fn run(self, shared: &Arc<Shared<T>>) {
        if let Some(start) = self.start {
            start.run(shared);
        }
        if self.wakes {
            shared.process().signals.ended.notify();
            #[cfg(not(shuttle))]
            if shared.policy.background_refresh && !shared.home.has_runtime() {
                super::watchdog::look();
            }
        }
        for event in self.events {
            event.log(shared.name);
        }
        drop((self.old, self.unused));
    }
}

impl Event {
    fn log(self, config: &'static str) {
        match self {
            Self::Unchanged => {
                tracing::debug!(config, "secrets were refreshed and have not changed");
            }
            Self::Recovered { failures } => {
                tracing::info!(config, failures, "secrets were refreshed after failures");
            }
            Self::Changed { fields } => {
                tracing::info!(config, fields = fields.join(", "), "secrets have changed");
            }
            Self::Failed {
                error,
                failures,
                age,
            } => tracing::warn!(
                config,
                %error,
                failures,
                age_seconds = age.as_secs(),
                "secrets cannot be refreshed; the last good ones stay"
            ),
            Self::FollowerBlocks => tracing::warn!(
                config,
                "a derived value or a function of `on_change` blocks its thread; no change is followed until it returns"
            ),
        }
    }
}
