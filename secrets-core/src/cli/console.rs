//! Output to the standard streams.
//!
//! Colors are disabled if a stream is not a terminal, with `NO_COLOR` and with `TERM=dumb`.

use std::io::{self, IsTerminal as _, Write as _, stdout};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};

use super::exit::{CliError, FAILURE, USAGE};
use crate::error::{Error, ErrorKind};

const BOLD: Style = Style::new().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const CHANGE: Style = AnsiColor::Yellow.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const PLAIN: Style = Style::new();

/// The level of detail of errors.
#[derive(Clone, Copy, Debug)]
pub(super) enum Detail {
    Line,
    Details,
}

impl Detail {
    pub(super) fn new(verbose: bool) -> Self {
        if verbose { Self::Details } else { Self::Line }
    }

    pub(super) fn is_detailed(self) -> bool {
        matches!(self, Self::Details)
    }

    /// Prints the error of a load.
    pub(super) fn print_error(self, cause: &Error) {
        match self {
            Self::Line => error(&cause.to_string()),
            Self::Details => error(&format!("{cause:#}")),
        }
    }
}

/// Prints to standard output.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(CliError::Output)
}

/// Prints a note to standard error.
pub(super) fn note(text: &str) {
    print_line("note", BOLD, text);
}

/// Prints an error to standard error.
pub(super) fn error(text: &str) {
    print_line("error", BAD, text);
}

/// Returns the number of columns, if standard output is a terminal.
pub(super) fn width() -> Option<u16> {
    let out = stdout();
    let size = out.is_terminal().then(|| terminal_size_of(out));
    let (Width(width), _) = size.flatten()?;
    (width > 0).then_some(width)
}

/// A failure to write to standard error cannot be reported.
fn print_line(kind: &str, style: Style, message: &str) {
    let _ = writeln!(
        anstream::stderr().lock(),
        "{}: {message}",
        styled(kind, style)
    );
}

/// Applies a style to a text.
pub(super) fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

impl CliError {
    /// Prints the error, and returns the exit code.
    pub(super) fn report(&self, detail: Detail) -> ExitCode {
        match self {
            #[cfg(feature = "aws")]
            Self::Usage(message) => {
                error(message);
                ExitCode::from(USAGE)
            }
            #[cfg(feature = "aws")]
            Self::Failed(message) => {
                error(message);
                ExitCode::from(FAILURE)
            }
            // The details contain the flaws of the declaration.
            Self::Error(error) if error.kind() == ErrorKind::Declaration => {
                Detail::Details.print_error(error);
                ExitCode::from(USAGE)
            }
            Self::Error(error) => {
                detail.print_error(error);
                ExitCode::from(FAILURE)
            }
            // A reader that stops early, such as `head`, is not an error.
            Self::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                ExitCode::from(FAILURE)
            }
            Self::Output(cause) => {
                error(&format!("cannot write output: {cause}"));
                ExitCode::from(FAILURE)
            }
        }
    }
}
