//! Results of a source.

use std::fmt;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::error::SourceError;
#[cfg(any(feature = "agent", feature = "aws"))]
use crate::telemetry::CallOutcome;

/// Result of one request.
///
/// In an [`Attempt`](crate::report::Attempt) of a report, the result does not contain the value.
///
/// ```
/// use from_secrets::source::{FetchResult, Memory, MissingReason};
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: String,
/// }
///
/// let loader = Loader::new().source(Memory::new());
/// let error = loader.load_blocking::<Config>().err().unwrap();
/// let field = error.failed_fields().next().unwrap();
/// let result = field.attempts()[0].result();
/// assert_eq!(*result, FetchResult::Missing(MissingReason::Secret));
/// assert_eq!(result.to_string(), "no such secret");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchResult<T = SecretValue> {
    /// The source has a value.
    Found(T),
    /// The source does not have a value. The next source is queried.
    Missing(MissingReason),
    /// The source is not set up, and there is no sign that it should be. The next source is queried. The text is the
    /// reason.
    NotConfigured(String),
    /// The source failed. This fails the load, unless [`Loader::fall_back_on`](crate::Loader::fall_back_on) contains
    /// the kind of the error.
    Failed(SourceError),
}

impl<T> FetchResult<T> {
    /// Returns the result without its value.
    pub(crate) fn without_value(&self) -> FetchResult<()> {
        match self {
            Self::Found(_) => FetchResult::Found(()),
            Self::Missing(reason) => FetchResult::Missing(reason.clone()),
            Self::NotConfigured(reason) => FetchResult::NotConfigured(reason.clone()),
            Self::Failed(error) => FetchResult::Failed(error.clone()),
        }
    }

    /// Returns the outcome of a call with this result.
    #[cfg(any(feature = "agent", feature = "aws"))]
    pub(crate) fn outcome(&self) -> CallOutcome<'_> {
        match self {
            Self::Found(_) => CallOutcome::Ok,
            Self::Missing(_) => CallOutcome::Missing,
            Self::NotConfigured(_) => CallOutcome::NotConfigured,
            Self::Failed(error) => CallOutcome::Failed {
                kind: error.kind().label(),
                code: error.code_label(),
            },
        }
    }
}

impl fmt::Display for FetchResult<()> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(()) => f.write_str("found"),
            Self::Missing(reason) => reason.fmt(f),
            Self::NotConfigured(reason) => write!(f, "not configured: {reason}"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

/// A value and its metadata.
///
/// `Debug` output does not contain the value.
///
/// ```
/// use from_secrets::source::SecretValue;
///
/// let value = SecretValue::text("a secret").with_version_id("v1");
/// assert!(format!("{value:?}").contains("v1"));
/// assert!(!format!("{value:?}").contains("a secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue {
    pub(crate) value: RawValue,
    pub(crate) version_id: Option<String>,
    pub(crate) arn: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
    /// The region, if it is a replica that provided the value.
    pub(crate) replica_region: Option<String>,
}

/// A value as its source stores it, which is wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum RawValue {
    Text(Zeroizing<String>),
    Binary(Zeroizing<Vec<u8>>),
}

impl RawValue {
    /// Moves the value out, and leaves an empty text.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Text(Zeroizing::default()))
    }

    #[cfg(feature = "cli")]
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// Returns the text, or the bytes as text if they are UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(bytes) => std::str::from_utf8(bytes).ok(),
        }
    }
}

impl SecretValue {
    /// Creates a value from text.
    pub fn text(text: impl Into<String>) -> Self {
        RawValue::Text(Zeroizing::new(text.into())).into()
    }

    /// Creates a value from bytes.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Self {
        RawValue::Binary(Zeroizing::new(bytes.into())).into()
    }

    /// Sets the ID of the version.
    pub fn with_version_id(mut self, version_id: impl Into<String>) -> Self {
        self.version_id = Some(version_id.into());
        self
    }

    /// Sets the ARN of the secret.
    pub fn with_arn(mut self, arn: impl Into<String>) -> Self {
        self.arn = Some(arn.into());
        self
    }

    /// Sets the time at which the version was created.
    pub fn with_created_at(mut self, created_at: SystemTime) -> Self {
        self.created_at = Some(created_at);
        self
    }
}

impl From<RawValue> for SecretValue {
    fn from(value: RawValue) -> Self {
        Self {
            value,
            version_id: None,
            arn: None,
            created_at: None,
            replica_region: None,
        }
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretValue")
            .field("version_id", &self.version_id)
            .field("arn", &self.arn)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Reason why a source does not have a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingReason {
    /// The secret does not exist.
    Secret,
    /// The parameter does not exist in Parameter Store, and neither do parameters below its path if fields have JSON
    /// keys.
    Parameter,
    /// The secret does not have a file.
    File,
    /// The file is empty, which counts as missing.
    EmptyFile,
    /// The source cannot store a secret with this name.
    Name,
    /// The secret exists, but does not have this version, or does not have a value yet.
    Version,
    /// The JSON secret does not have the key, but may have a similar one.
    JsonKey {
        /// A key of the secret with a similar spelling.
        similar: Option<String>,
    },
    /// The JSON secret contains `null` under the key.
    JsonNull,
    /// The environment variable is not set.
    EnvVar,
    /// The environment variable is not set, but one with a similar name is.
    SimilarEnvVar {
        /// Name of that variable.
        name: String,
    },
    /// The environment variable is empty, which counts as unset.
    EmptyEnvVar,
    /// The variable is not set, but a line of the `.env` file sets a variable with a similar name.
    SimilarLine {
        /// Name that the line sets.
        name: String,
        /// Number of the line, from 1.
        line: usize,
    },
}

impl fmt::Display for MissingReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str("no such secret"),
            Self::Parameter => f.write_str("no such parameter"),
            Self::File => f.write_str("no such file"),
            Self::EmptyFile => f.write_str("the file is empty, which counts as missing"),
            Self::Name => f.write_str("this source cannot store a secret with this name"),
            Self::Version => f.write_str("the secret has no such version, or no value yet"),
            Self::JsonKey { similar: None } => f.write_str("the secret has no such key"),
            Self::JsonKey { similar: Some(key) } => {
                write!(f, "the secret has no such key; did you mean `{key}`?")
            }
            Self::JsonNull => f.write_str("the secret contains `null` under this key"),
            Self::EnvVar => f.write_str("not set"),
            Self::SimilarEnvVar { name } => write!(f, "not set; did you mean `{name}`?"),
            Self::EmptyEnvVar => f.write_str("empty, which counts as not set"),
            Self::SimilarLine { name, line } => {
                write!(f, "not set; did you mean `{name}` in line {line}?")
            }
        }
    }
}
