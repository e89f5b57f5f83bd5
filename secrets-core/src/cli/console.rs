//! Output to the standard streams.
//!
//! Colors are disabled if a stream is not a terminal, with `NO_COLOR` and with `TERM=dumb`.

use std::io::{self, IsTerminal as _, Write as _, stdout};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};

use super::exit::{CliError, ExitStatus};
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

/// Prints to standard output. A reader that stops early, such as `head`, is not an error.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    match write(text) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(CliError::Output),
    }
}

/// Prints to standard output. A closed pipe is an error, so that no secret is written if the changes cannot be shown.
#[cfg(feature = "aws")]
pub(super) fn print_to_reader(text: &str) -> Result<(), CliError> {
    write(text).map_err(CliError::Output)
}

fn write(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
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
        "{}: {}",
        styled(kind, style),
        with_options(message)
    );
}

/// Replaces methods of the library in a hint with the options of the command line.
pub(super) fn with_options(text: &str) -> String {
    const PLACEHOLDER: &str = "call `Loader::placeholder(\"";
    let text = text
        .replace("`Loader::region`", "`--region`")
        .replace("`profile` in code", "`--profile` or `profile` in code")
        .replace("`Loader::timeout`", "`--timeout`");
    let parts = text.split(PLACEHOLDER).enumerate();
    let parts = parts.map(|(i, part)| match part.split_once("\", …)`") {
        _ if i == 0 => part.to_owned(),
        Some((name, rest)) => format!("add `--placeholder {name}=…`{rest}"),
        None => format!("{PLACEHOLDER}{part}"),
    });
    parts.collect()
}

/// Applies a style to a text.
pub(super) fn styled(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

impl CliError {
    /// Prints the error, and returns the exit code.
    pub(super) fn report(&self, detail: Detail) -> ExitCode {
        match self {
            Self::Usage(message) => {
                error(message);
                ExitStatus::NoResult.into()
            }
            #[cfg(feature = "aws")]
            Self::Failed(message) => {
                error(message);
                ExitStatus::Failure.into()
            }
            #[cfg(feature = "aws")]
            Self::Unavailable(message) => {
                error(message);
                ExitStatus::NoResult.into()
            }
            // The details contain the flaws of the declaration.
            Self::Error(error) if error.kind() == ErrorKind::Declaration => {
                Detail::Details.print_error(error);
                ExitStatus::NoResult.into()
            }
            Self::Error(error) => {
                detail.print_error(error);
                error
                    .report()
                    .map_or(ExitStatus::NoResult, ExitStatus::of_report)
                    .into()
            }
            // Only commands that write return this error. The exit code suffices.
            #[cfg(feature = "aws")]
            Self::Output(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                ExitStatus::NoResult.into()
            }
            Self::Output(cause) => {
                error(&format!("cannot write output: {cause}"));
                ExitStatus::NoResult.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::with_options;

    #[test]
    fn hints_contain_options_of_commands() {
        let hint =
            "call `Loader::placeholder(\"a\", …)`, or set `a`; or increase `Loader::timeout`";
        let shown = "add `--placeholder a=…`, or set `a`; or increase `--timeout`";
        assert_eq!(with_options(hint), shown);
        assert_eq!(with_options("set `Loader::region`"), "set `--region`");
        let shown = "correct or unset `--profile` or `profile` in code";
        assert_eq!(with_options("correct or unset `profile` in code"), shown);
    }
}
