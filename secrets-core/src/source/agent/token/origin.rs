//! Where the agent's token comes from.

use std::fmt;

use crate::source::{SourceError, SourceErrorKind};

/// The file that the agent's installation writes.
pub(in crate::source::agent) const DEFAULT_FILE: &str = "/var/run/awssmatoken";

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenOrigin {
    /// `Agent::token`.
    Code,
    EnvVar(&'static str),
    DefaultFile,
}

impl fmt::Display for TokenOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code => f.write_str("`Agent::token`"),
            Self::EnvVar(name) => write!(f, "`{name}`"),
            Self::DefaultFile => write!(f, "`{DEFAULT_FILE}`"),
        }
    }
}

/// Returns the error of a token that cannot be sent.
pub(super) fn unusable(origin: &TokenOrigin, how: &str) -> SourceError {
    SourceError::new(
        SourceErrorKind::Credentials,
        format!("the agent's token ({origin}) {how}"),
    )
    .with_hint(format!(
        "put the agent's token, and nothing else, into {origin}"
    ))
}
