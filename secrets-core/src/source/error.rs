//! Errors of sources.

use std::fmt;

use super::request::FetchContext;

/// The kind of a [`SourceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// Access denied. Under a narrow policy a missing secret looks the same.
    Denied,
    /// No usable credentials where there should be some, or no region.
    Credentials,
    /// A setting of the source is not valid: an environment variable, a profile key or an argument.
    Configuration,
    /// The source cannot be reached, or did not answer before the load's deadline.
    Unreachable,
    /// Too many requests, after the retries.
    Throttled,
    /// The source failed on its side, after the retries, or refused the request.
    Internal,
    /// The value cannot be decrypted: the key is missing, disabled, or not permitted.
    Undecryptable,
    /// The secret is scheduled for deletion.
    ScheduledForDeletion,
    /// The value is not what the field needs.
    Malformed,
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
        }
    }
}

impl fmt::Display for SourceErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error of a source. It never contains a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    kind: SourceErrorKind,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    hint: Option<String>,
}

impl SourceError {
    /// Creates an error from its kind and a short text without a value.
    pub fn new(kind: SourceErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            code: None,
            request_id: None,
            hint: None,
        }
    }

    /// Sets the service's own error code, such as `AccessDeniedException`.
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the service's id of the request, for its support.
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// Sets a hint: how to fix the error, in the imperative.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the same error with another message.
    #[cfg(any(feature = "cli", feature = "files", feature = "ssm"))]
    pub(crate) fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        self
    }

    /// Returns the kind.
    pub fn kind(&self) -> SourceErrorKind {
        self.kind
    }

    /// Returns the text, without kind, code and hint.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the service's own error code.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the service's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the hint.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl std::error::Error for SourceError {}

/// The error of a source that did not respond before its deadline.
pub(crate) fn timed_out(context: FetchContext, endpoint: Option<&str>) -> SourceError {
    let from = endpoint.map_or_else(String::new, |endpoint| format!(" from {endpoint}"));
    let message = format!("no answer{from} within the load's {:?}", context.timeout());
    SourceError::new(SourceErrorKind::Unreachable, message).with_hint(
        "check that this machine can reach it (VPC endpoint, security group, proxy), or raise `Loader::timeout`",
    )
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)?;
        match (&self.code, &self.request_id) {
            (Some(code), Some(id)) => write!(f, " ({code}, request id {id})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(id)) => write!(f, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}
