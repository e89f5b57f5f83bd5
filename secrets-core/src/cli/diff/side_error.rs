//! The errors of a side.

use std::fmt;

use crate::cli::exit::is_unavailable;
use crate::source::SourceError;

/// The reason why the value of a field on a side is unknown.
#[derive(Clone, PartialEq)]
pub(super) enum SideError {
    /// A source is not configured.
    NotConfigured(String),
    Failed(SourceError),
}

impl SideError {
    /// Returns a short description, such as `denied`.
    pub(super) fn cause(&self) -> &'static str {
        match self {
            Self::NotConfigured(_) => "not configured",
            Self::Failed(failure) => failure.kind().as_str(),
        }
    }

    /// Returns whether the side could not be queried.
    pub(super) fn is_unknown(&self) -> bool {
        match self {
            Self::NotConfigured(_) => true,
            Self::Failed(failure) => is_unavailable(failure.kind()),
        }
    }
}

impl From<SourceError> for SideError {
    fn from(failure: SourceError) -> Self {
        Self::Failed(failure)
    }
}

impl fmt::Display for SideError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConfigured(reason) => write!(f, "not configured: {reason}"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}
