//! The error of a struct that is too old to be used.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::Error;

/// The struct is older than [`max_stale`](super::LiveBuilder::max_stale), and could not be refreshed.
///
/// [`Error::source`](StdError::source) is the failure of the last refresh. [`Live::last`](super::Live::last) gives the
/// struct all the same.
#[derive(Clone)]
pub struct Stale(Box<Repr>);

#[derive(Clone)]
struct Repr {
    subject: &'static str,
    age: Duration,
    max_stale: Duration,
    last_error: Option<Error>,
}

impl Stale {
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

    /// The time since the last load that succeeded.
    pub fn age(&self) -> Duration {
        self.0.age
    }

    /// How old the struct may be.
    pub fn max_stale(&self) -> Duration {
        self.0.max_stale
    }

    /// Why the last refresh failed; `None` where none has ended since the struct became too old.
    pub fn last_error(&self) -> Option<&Error> {
        self.0.last_error.as_ref()
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Repr {
            subject,
            age,
            max_stale,
            last_error,
        } = &*self.0;
        let why = match last_error {
            Some(_) => "and the last refresh failed",
            None => "and the refresh has not ended yet",
        };
        write!(
            f,
            "`{subject}` was loaded {}s ago, more than `max_stale` allows ({}s), {why}",
            age.as_secs(),
            max_stale.as_secs()
        )
    }
}

/// The whole story, as of [`Error`].
impl fmt::Debug for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        match &self.0.last_error {
            Some(error) => write!(f, ": {error:#}"),
            None => Ok(()),
        }
    }
}

impl StdError for Stale {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .last_error
            .as_ref()
            .map(|error| error as &(dyn StdError + 'static))
    }
}
