//! Exit codes.

use std::io;
use std::process::ExitCode;

use crate::error::Error;
use crate::report::{FieldOutcome, LoadReport};
use crate::source::SourceErrorKind;

/// The exit code of a negative result.
const FAILURE: u8 = 1;
/// The exit code if there is no result, because of wrong usage or because a source could not be queried.
pub(super) const NO_RESULT: u8 = 2;

/// The result of a subcommand that completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExitStatus {
    Success,
    Failure,
    NoResult,
    /// The exit code of another program.
    Code(u8),
}

impl ExitStatus {
    pub(super) fn of(success: bool) -> Self {
        if success {
            Self::Success
        } else {
            Self::Failure
        }
    }

    /// Returns the status of a load with this report.
    pub(super) fn of_report(report: &LoadReport) -> Self {
        let is_unknown = |outcome: &FieldOutcome| match outcome {
            FieldOutcome::Failed(error) => is_unavailable(error.kind()),
            _ => false,
        };
        if report.failed().any(|field| is_unknown(field.outcome())) {
            Self::NoResult
        } else {
            Self::of(report.failed().next().is_none())
        }
    }
}

/// Returns whether an error of this kind leaves open whether the source has a secret with a value that fits.
pub(super) fn is_unavailable(kind: SourceErrorKind) -> bool {
    use SourceErrorKind::{Invalid, Malformed, ScheduledForDeletion};
    ![Invalid, Malformed, ScheduledForDeletion].contains(&kind)
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Success => Self::SUCCESS,
            ExitStatus::Failure => Self::from(FAILURE),
            ExitStatus::NoResult => Self::from(NO_RESULT),
            ExitStatus::Code(code) => Self::from(code),
        }
    }
}

/// The error of a subcommand.
#[derive(Debug)]
pub(super) enum CliError {
    /// Wrong usage.
    Usage(String),
    /// The subcommand failed.
    #[cfg(feature = "aws")]
    Failed(String),
    /// A source could not be queried.
    #[cfg(feature = "aws")]
    Unavailable(String),
    /// An error of the library.
    Error(Error),
    /// The output cannot be written.
    Output(io::Error),
}

#[cfg(feature = "aws")]
impl CliError {
    /// Returns the error of a failure to read.
    pub(super) fn unread(kind: SourceErrorKind, message: String) -> Self {
        if is_unavailable(kind) {
            Self::Unavailable(message)
        } else {
            Self::Failed(message)
        }
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}
