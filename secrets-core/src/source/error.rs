//! Errors of sources.

use std::fmt;

use super::request::FetchContext;
use crate::format::{printable, printable_line};
use crate::telemetry::code_label;

/// Kind of a [`SourceError`].
///
/// ```
/// use from_secrets::source::SourceErrorKind;
///
/// assert_eq!(SourceErrorKind::Throttled.to_string(), "throttled");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// Access was denied. Under a policy that lists exact secrets, a missing secret has the same error.
    Denied,
    /// Credentials are missing, expired or rejected, although they are expected; or the region is missing.
    Credentials,
    /// A setting of the AWS SDK or of the agent is not valid: an environment variable, a profile key or an argument.
    Configuration,
    /// The source cannot be reached, or did not respond before the load's deadline. Also, a configured file or
    /// directory does not exist.
    Unreachable,
    /// The source throttled the request, after retries.
    Throttled,
    /// The source failed internally, after retries, or rejected the request.
    Internal,
    /// The value cannot be decrypted, because the key is missing, disabled or not permitted.
    Undecryptable,
    /// The secret is scheduled for deletion.
    ScheduledForDeletion,
    /// The value does not fit the field, or the file or variable that contains it is not valid.
    Malformed,
    /// The value was rejected by the function of `validate`, or the function panicked.
    Invalid,
}

impl SourceErrorKind {
    /// Returns a short description, such as `denied`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Credentials => "no usable credentials",
            Self::Configuration => "invalid configuration",
            Self::Unreachable => "unreachable",
            Self::Throttled => "throttled",
            Self::Internal => "internal failure",
            Self::Undecryptable => "undecryptable",
            Self::ScheduledForDeletion => "scheduled for deletion",
            Self::Malformed => "malformed",
            Self::Invalid => "invalid",
        }
    }

    /// Returns the word for this kind in spans, events and metrics.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Configuration => "configuration",
            Self::Internal => "internal",
            Self::ScheduledForDeletion => "scheduled_for_deletion",
            Self::Denied
            | Self::Unreachable
            | Self::Throttled
            | Self::Undecryptable
            | Self::Malformed
            | Self::Invalid => self.as_str(),
        }
    }
}

impl fmt::Display for SourceErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error of a source. It never contains a value.
///
/// ```
/// use from_secrets::source::{SourceError, SourceErrorKind};
///
/// let error = SourceError::new(SourceErrorKind::Denied, "permission denied for `prod/db`")
///     .with_code("E403")
///     .with_hint("grant the role `reader`");
/// assert_eq!(error.to_string(), "denied: permission denied for `prod/db` (E403)");
/// assert_eq!(error.hint(), Some("grant the role `reader`"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SourceError(Box<ErrorParts>);

/// The parts of an error. Results contain errors, and most results are not errors, so errors are small.
#[derive(Clone, PartialEq, Eq)]
struct ErrorParts {
    kind: SourceErrorKind,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    hint: Option<String>,
    /// Whether the service rejected the content of the request. Another region would reject it, too.
    rejects_request: bool,
}

/// The longest code or request ID, in bytes.
const LONGEST_ID: usize = 256;

impl SourceError {
    /// Creates an error. The message must not contain a value. Control characters are removed.
    pub fn new(kind: SourceErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorParts {
            kind,
            message: printable(message),
            code: None,
            request_id: None,
            hint: None,
            rejects_request: false,
        }))
    }

    /// Sets the error code of the service, such as `AccessDeniedException`.
    ///
    /// The code is also an attribute of spans and events, unless it is longer than 64 characters or contains characters
    /// other than ASCII letters, digits, `_` and `.`. It must not contain a value. A code that is longer than 256 bytes
    /// or contains control characters is omitted.
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = printable_line(code.into(), LONGEST_ID);
        self
    }

    /// Sets the request ID of the service, for its support. It is omitted in the same cases as a code.
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.0.request_id = printable_line(request_id.into(), LONGEST_ID);
        self
    }

    /// Sets the hint: a fix for the error, in the imperative.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(printable(hint));
        self
    }

    /// Marks the error as a rejection of the content of the request.
    #[cfg(any(feature = "agent", feature = "aws"))]
    pub(crate) fn rejects_request(mut self) -> Self {
        self.0.rejects_request = true;
        self
    }

    /// Returns whether another region of the same service can have the value.
    #[cfg(feature = "aws")]
    pub(crate) fn is_regional(&self) -> bool {
        use SourceErrorKind::{Credentials, Internal, Throttled, Unreachable};
        let is_regional = [Credentials, Internal, Throttled, Unreachable].contains(&self.0.kind);
        is_regional && !self.0.rejects_request
    }

    /// Returns the same error with another message.
    #[cfg(any(feature = "aws", feature = "files"))]
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = printable(message);
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> SourceErrorKind {
        self.0.kind
    }

    /// Returns the message, without kind, code and hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the error code of the service.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the error code for spans and events.
    pub(crate) fn code_label(&self) -> Option<&str> {
        code_label(self.code())
    }

    /// Returns the request ID of the service.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the hint.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl std::error::Error for SourceError {}

/// Returns the error of a source that did not respond before its deadline.
pub(crate) fn timed_out(context: FetchContext, endpoint: Option<&str>) -> SourceError {
    let waiting = endpoint.map_or_else(String::new, |endpoint| {
        format!(" while waiting for {endpoint}")
    });
    let message = format!("timed out after {:?}{waiting}", context.timeout());
    SourceError::new(SourceErrorKind::Unreachable, message).with_hint(format!(
        "check that this machine can reach the source (VPC endpoint, security group, proxy), or increase {}",
        context.timeout_setting()
    ))
}

impl fmt::Debug for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceError")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("code", &self.0.code)
            .field("request_id", &self.0.request_id)
            .field("hint", &self.0.hint)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind, self.0.message)?;
        match (&self.0.code, &self.0.request_id) {
            (Some(code), Some(id)) => write!(f, " ({code}, request id {id})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(id)) => write!(f, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}
