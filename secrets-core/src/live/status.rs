//! The status of a live struct, the outcome of a refresh, and the error of a struct that is too old.

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::error::Error;
use crate::report::{LoadReport, Provenance};

/// Status of a live struct. It contains no value.
///
/// A forked child counts failures from zero. Until its first refresh, its last attempt is the last successful load.
///
/// It can be serialized, for a health page: `is_stale`, `age` (seconds), `last_success` and `last_attempt` (seconds
/// since the Unix epoch), `failures`, `derived_failures`, `last_error` (one line, or null), and `versions` (the version
/// id of each field that has one).
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Live, Loader, SecretString};
/// # #[derive(FromSecrets)]
/// # struct Config { api_token: SecretString }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).load().await?;
/// let health = serde_json::to_value(live.status())?;
/// assert_eq!(health["is_stale"], false);
/// assert_eq!(health["versions"]["api_token"], "v1");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct LiveStatus {
    pub(super) report: Arc<LoadReport>,
    pub(super) last_success: SystemTime,
    pub(super) last_attempt: SystemTime,
    pub(super) last_error: Option<Error>,
    pub(super) failures: u32,
    pub(super) derived_failures: u32,
    pub(super) age: Duration,
    pub(super) is_stale: bool,
}

impl LiveStatus {
    /// Returns when the last successful load began, by the wall clock.
    pub fn last_success(&self) -> SystemTime {
        self.last_success
    }

    /// Returns when the last load began, by the wall clock.
    pub fn last_attempt(&self) -> SystemTime {
        self.last_attempt
    }

    /// Returns the error of the last refresh, or `None` if it succeeded.
    pub fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }

    /// Returns the number of refreshes that have failed in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Returns the number of times in a row that following a change failed.
    ///
    /// [`Derived`](super::Derived) values and functions of [`on_change`](super::Live::on_change) follow changes.
    pub fn derived_failures(&self) -> u32 {
        self.derived_failures
    }

    /// Returns the time since the last successful load began.
    pub fn age(&self) -> Duration {
        self.age
    }

    /// Returns whether the struct is older than [`max_stale`](super::LiveBuilder::max_stale).
    ///
    /// If so, [`get`](super::Live::get) returns an error.
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Returns the path of each field and the id of its secret's version, if its source has version ids.
    pub fn versions(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.report.fields().iter().map(|field| {
            let provenance = field.outcome().provenance();
            (field.path(), provenance.and_then(Provenance::version_id))
        })
    }

    /// Returns the report of the last successful load.
    pub fn report(&self) -> &LoadReport {
        &self.report
    }
}

impl Serialize for LiveStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let versions = self.versions();
        let versions: BTreeMap<_, _> = versions
            .filter_map(|(path, version)| Some((path, version?)))
            .collect();
        let last_error = self.last_error.as_ref().map(ToString::to_string);
        let mut status = serializer.serialize_struct("LiveStatus", 8)?;
        status.serialize_field("is_stale", &self.is_stale)?;
        status.serialize_field("age", &self.age.as_secs_f64())?;
        status.serialize_field("last_success", &since_epoch(self.last_success))?;
        status.serialize_field("last_attempt", &since_epoch(self.last_attempt))?;
        status.serialize_field("failures", &self.failures)?;
        status.serialize_field("derived_failures", &self.derived_failures)?;
        status.serialize_field("last_error", &last_error)?;
        status.serialize_field("versions", &versions)?;
        status.end()
    }
}

fn since_epoch(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

/// Outcome of a successful refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshOutcome {
    /// A field has another version than before.
    Changed,
    /// All versions are the same.
    Unchanged,
}

/// Error of a struct that is older than [`max_stale`](super::LiveBuilder::max_stale) and could not be refreshed.
///
/// [`source`](StdError::source) is the error of the last refresh. [`Live::last_good`](super::Live::last_good) returns
/// the struct regardless of its age.
///
/// ```
/// # use std::time::Duration;
/// # use from_secrets::live::TestClock;
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Live, Loader};
/// # #[derive(FromSecrets)]
/// # struct Config { api_token: String }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// # let clock = TestClock::new();
/// # let live = Live::<Config>::builder().loader(Loader::new().sources([secrets])).background_refresh(false)
/// #     .clock(&clock).max_stale(Duration::from_hours(1)).load().await?;
/// # clock.advance(Duration::from_hours(2));
/// match live.get() {
///     Ok(config) => println!("the token has {} characters", config.api_token.len()),
///     Err(stale) => {
///         assert!(stale.age() > stale.max_stale());
///         eprintln!("{stale:?}"); // with the error of the last refresh
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct StaleError(Box<StaleDetails>);

#[derive(Clone)]
struct StaleDetails {
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
        Self(Box::new(StaleDetails {
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

    /// Returns the bound on the age of the struct.
    pub fn max_stale(&self) -> Duration {
        self.0.max_stale
    }

    /// Returns the error of the last refresh, or `None` if no refresh has failed since the last successful load.
    pub fn last_error(&self) -> Option<&Error> {
        self.0.last_error.as_ref()
    }
}

impl fmt::Display for StaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StaleDetails {
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
