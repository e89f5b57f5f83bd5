//! The end of a refresh, and what is logged of it: names only, never a value.

use std::sync::Arc;
use std::time::Duration;

use super::loaded::Loaded;
use crate::Error;

/// What those who wait for a refresh are told.
pub(super) type Landing = Result<(), Error>;

/// What a refresh came to. It is told, and what it leaves behind is dropped, when nothing is locked any more, because
/// both may run code of the user's.
pub(super) enum Landed<T> {
    TakenOver {
        /// The fields with another version than before.
        changed: Vec<String>,
        /// How many refreshes had failed before it.
        failures: u32,
        _old: Arc<Loaded<T>>,
        /// A struct like the one that is there.
        _unused: Option<Box<T>>,
    },
    Failed {
        error: Error,
        /// How many have failed in a row.
        failures: u32,
        /// How old the last good struct is.
        age: Duration,
    },
}

impl<T> Landed<T> {
    pub(super) fn tell(self, subject: &'static str) -> Landing {
        match self {
            Self::TakenOver {
                changed, failures, ..
            } => {
                if failures > 0 {
                    tracing::info!(config = subject, failures, "secrets are refreshed again");
                }
                if !changed.is_empty() {
                    let fields = changed.join(", ");
                    tracing::info!(config = subject, fields, "secrets have changed");
                }
                Ok(())
            }
            Self::Failed {
                error,
                failures,
                age,
            } => {
                tracing::warn!(
                    config = subject,
                    %error,
                    failures,
                    age_seconds = age.as_secs(),
                    "secrets cannot be refreshed; the last good ones stay"
                );
                Err(error)
            }
        }
    }
}
