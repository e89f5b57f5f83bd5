//! Exit codes.

use std::io;

use crate::error::Error;

/// The exit code of a negative result.
pub(super) const FAILURE: u8 = 1;
/// The exit code of wrong usage and of a declaration that cannot be loaded.
pub(super) const USAGE: u8 = 2;

/// The result of a subcommand that completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    Success,
    Failure,
}

impl ExitStatus {
    pub(super) fn of(success: bool) -> Self {
        if success {
            Self::Success
        } else {
            Self::Failure
        }
    }
}

/// The error of a subcommand.
#[derive(Debug)]
pub(super) enum CliError {
    /// Wrong usage.
    #[cfg(feature = "aws")]
    Usage(String),
    /// The subcommand failed.
    #[cfg(feature = "aws")]
    Failed(String),
    /// An error of the library.
    Error(Error),
    /// The output cannot be written.
    Output(io::Error),
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
