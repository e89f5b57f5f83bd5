//! What is written to the terminal, or to where its streams lead.
//!
//! Colours are dropped where nobody sees them: when a stream is no terminal, under `NO_COLOR`, under `TERM=dumb`.

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

/// How much is told of a failure.
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

    /// Says why a load failed.
    pub(super) fn failure(self, why: &Error) {
        match self {
            Self::Line => error(&why.to_string()),
            Self::Details => error(&format!("{why:#}")),
        }
    }
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(CliError::Output)
}

/// Says something beside the output.
pub(super) fn note(text: &str) {
    print_line("note", BOLD, text);
}

/// Says why something did not work.
pub(super) fn error(text: &str) {
    print_line("error", BAD, text);
}

/// How many columns the terminal has, where there is one.
pub(super) fn width() -> Option<u16> {
    let out = stdout();
    let size = out.is_terminal().then(|| terminal_size_of(out));
    let (Width(width), _) = size.flatten()?;
    (width > 0).then_some(width)
}

/// Where standard error leads nowhere, nobody can be told so.
fn print_line(kind: &str, style: Style, message: &str) {
    let _ = writeln!(
        anstream::stderr().lock(),
        "{}: {message}",
        styled(kind, style)
    );
}

/// Text in a style.
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
            Self::Refused(message) => {
                error(message);
                ExitCode::from(FAILURE)
            }
            // A declaration can only be corrected with the reason of each field.
            Self::Error(why) if why.kind() == ErrorKind::Declaration => {
                Detail::Details.failure(why);
                ExitCode::from(USAGE)
            }
            Self::Error(why) => {
                detail.failure(why);
                ExitCode::from(FAILURE)
            }
            // A reader that stops early, such as `head`, is not an error.
            Self::Output(why) if why.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(FAILURE),
            Self::Output(why) => {
                error(&format!("cannot write: {why}"));
                ExitCode::from(FAILURE)
            }
        }
    }
}
