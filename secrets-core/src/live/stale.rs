//! The error of a struct that is too old to be used.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::Error;

/// The struct is older than [`max_stale`](super::LiveBuilder::max_stale) and could not be refreshed.
///
/// [`source`](StdError::source) is the error of the last refresh. [`Live::last_good`](super::Live::last_good) returns
/// the struct regardless of its age.
#[derive(Clone)]
pub struct StaleError(Box<Repr>);

#[derive(Clone)]
struct Repr {
    subject: &'static str,
    age: Duration,
    max_stale: Duration,
    last_error: Option<Error>,
}

impl StaleError {
    pub(super) fn new(
        subject: &'static str,
        age: Duration,
        max_stale: Duration,
        last_error: Option<Error>,
    ) -> Self {
        Self(Box::new(Repr {
            subject,
            age,
            max_stale,
            last_error,
        }))
    }

    /// Returns the time since the last successful load began.
    pub fn age(&self) -> Duration {
        self.0.age
    }

    /// Returns how old the struct may be.
    pub fn max_stale(&self) -> Duration {
        self.0.max_stale
    }

    /// Returns the error of the last refresh, or `None` if none has ended since the struct became too old.
    pub fn last_error(&self) -> Option<&Error> {
        self.0.last_error.as_ref()
    }
}

impl fmt::Display for StaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr {
            subject,
            age,
            max_stale,
            last_error,
        } = &*self.0;
        let reason = match last_error {
            Some(_) => "the last refresh failed",
            None => "its refresh has not ended yet",
        };
        write!(
            f,
            "`{subject}` was loaded {}s ago, more than `max_stale` ({}s) allows, and {reason}",
            age.as_secs(),
            max_stale.as_secs()
        )
    }
}

/// The full details, like those of [`Error`].
impl fmt::Debug for StaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match &self.0.last_error {
            Some(error) => write!(f, ": {error:#}"),
            None => Ok(()),
        }
    }
}

impl StdError for StaleError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let error = self.0.last_error.as_ref()?;
        Some(error)
    }
}
