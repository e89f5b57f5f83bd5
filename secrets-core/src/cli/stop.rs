//! How a subcommand ends.

use std::io;
use std::process::ExitCode;

use super::console::{Detail, error};
use crate::{Error, ErrorKind};

/// The answer is no.
pub(super) const NO: u8 = 1;
/// Wrong usage, or a declaration that cannot be looked up.
pub(super) const USAGE: u8 = 2;

/// What a subcommand that came to its end found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

impl Answer {
    pub(super) fn of(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// Why a subcommand did not come to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It was asked for what cannot be done.
    #[cfg(feature = "aws")]
    Usage(String),
    /// It cannot do what it was asked for, as things stand.
    #[cfg(feature = "aws")]
    Refused(String),
    /// The library says why.
    Error(Error),
    /// Nobody takes the output.
    Output(io::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Stop {
    /// Says why, and gives the exit code.
    pub(super) fn tell(&self, detail: Detail) -> ExitCode {
        match self {
            #[cfg(feature = "aws")]
            Self::Usage(message) => {
                error(message);
                ExitCode::from(USAGE)
            }
            #[cfg(feature = "aws")]
            Self::Refused(message) => {
                error(message);
                ExitCode::from(NO)
            }
            // Without each field's reason nobody could mend a declaration.
            Self::Error(why) if why.kind() == ErrorKind::Declaration => {
                Detail::Story.failure(why);
                ExitCode::from(USAGE)
            }
            Self::Error(why) => {
                detail.failure(why);
                ExitCode::from(NO)
            }
            // A reader that has seen enough, as `head`, is no failure to tell of.
            Self::Output(why) if why.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(NO),
            Self::Output(why) => {
                error(&format!("cannot write: {why}"));
                ExitCode::from(NO)
            }
        }
    }
}
