//! What a source may answer.

use std::fmt;
use std::time::SystemTime;

use zeroize::Zeroizing;

/// What a source answers to one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The source has it.
    Found(Found),
    /// The source was asked, and does not have it.
    Missing(Missing),
    /// The source is not set up here, and nothing says that it should be. The text says what was looked for.
    NotConfigured(String),
    /// The source should have answered and could not.
    Failed(Failure),
}

/// A value, and what the source knows about it.
///
/// `Debug` never shows the value.
#[derive(Clone)]
pub struct Found {
    pub(crate) value: RawValue,
    pub(crate) version_id: Option<String>,
    pub(crate) arn: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
}

/// A value as a source holds it. Wiped when dropped.
#[derive(Clone, PartialEq)]
pub(crate) enum RawValue {
    Text(Zeroizing<String>),
    Binary(Zeroizing<Vec<u8>>),
}

#[cfg(feature = "cli")]
impl RawValue {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

impl RawValue {
    /// Returns the text, or the bytes as text if they are UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Binary(bytes) => std::str::from_utf8(bytes).ok(),
        }
    }
}

impl Found {
    /// A value that is text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(RawValue::Text(Zeroizing::new(text.into())))
    }

    /// A value that is bytes.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(RawValue::Binary(Zeroizing::new(bytes.into())))
    }

    /// The id of the version that the value belongs to.
    pub fn version_id(self, version_id: impl Into<String>) -> Self {
        Self {
            version_id: Some(version_id.into()),
            ..self
        }
    }

    /// The ARN of the secret.
    pub fn arn(self, arn: impl Into<String>) -> Self {
        Self {
            arn: Some(arn.into()),
            ..self
        }
    }

    /// When the version was created, which is when the secret was rotated last.
    pub fn created_at(self, created_at: SystemTime) -> Self {
        Self {
            created_at: Some(created_at),
            ..self
        }
    }

    fn new(value: RawValue) -> Self {
        Self {
            value,
            version_id: None,
            arn: None,
            created_at: None,
        }
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("version_id", &self.version_id)
            .field("arn", &self.arn)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// In which way something is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// There is no secret of that name.
    Secret,
    /// There is no parameter of that name in Parameter Store, nor any below it where JSON keys are asked for.
    Parameter,
    /// There is no file for a secret of that name.
    File,
    /// The file is empty, which counts as missing.
    EmptyFile,
    /// The source can hold nothing of that name.
    Name,
    /// The secret is there, and has no such version, or no value yet.
    Version,
    /// The JSON secret is there, and lacks the key. The key may be a misspelling of the similar one.
    JsonKey {
        /// A key of the secret that is spelt much like it.
        similar: Option<String>,
    },
    /// The JSON secret holds `null` under the key.
    JsonNull,
    /// The environment variable is not set.
    Variable,
    /// The environment variable is set to the empty text, which counts as unset.
    EmptyVariable,
    /// The variable is not set, but a line of the `.env` file sets one whose name may be a misspelling of it.
    SimilarLine {
        /// The name that the line sets.
        name: String,
        /// The number of the line, from 1.
        line: usize,
    },
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret => f.write_str("no such secret"),
            Self::Parameter => f.write_str("no such parameter"),
            Self::File => f.write_str("no such file"),
            Self::EmptyFile => f.write_str("the file is empty, which counts as missing"),
            Self::Name => f.write_str("nothing can have this name there"),
            Self::Version => f.write_str("the secret has no such version, or no value yet"),
            Self::JsonKey { similar: None } => f.write_str("the secret has no such key"),
            Self::JsonKey { similar: Some(key) } => {
                write!(f, "the secret has no such key; did you mean `{key}`?")
            }
            Self::JsonNull => f.write_str("the secret holds `null` under this key"),
            Self::Variable => f.write_str("not set"),
            Self::EmptyVariable => f.write_str("empty, which counts as not set"),
            Self::SimilarLine { name, line } => {
                write!(f, "not set; did you mean `{name}` in line {line}?")
            }
        }
    }
}

/// Why a source that should have answered could not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
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

impl Cause {
    /// The cause in words.
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

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A failure of a source, told without any value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    cause: Cause,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    hint: Option<String>,
}

impl Failure {
    /// A failure and what happened, in a few words without a value.
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            cause,
            message: message.into(),
            code: None,
            request_id: None,
            hint: None,
        }
    }

    /// The service's own error code, as `AccessDeniedException`.
    pub fn with_code(self, code: impl Into<String>) -> Self {
        Self {
            code: Some(code.into()),
            ..self
        }
    }

    /// The service's id of the request, which its support asks for.
    pub fn with_request_id(self, request_id: impl Into<String>) -> Self {
        Self {
            request_id: Some(request_id.into()),
            ..self
        }
    }

    /// The likely fix.
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// Why the source could not answer.
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The service's own error code.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The service's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The likely fix.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.message)?;
        match (&self.code, &self.request_id) {
            (Some(code), Some(id)) => write!(f, " ({code}, request id {id})"),
            (Some(code), None) => write!(f, " ({code})"),
            (None, Some(id)) => write!(f, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}
