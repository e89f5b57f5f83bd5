//! What is written to the terminal, or to where its streams lead.
//!
//! Colours are dropped where nobody sees them: when a stream is no terminal, under `NO_COLOR`, under `TERM=dumb`.

use std::io::{IsTerminal as _, Write as _, stdout};

use anstyle::{AnsiColor, Style};
use terminal_size::{Width, terminal_size_of};

use super::stop::Stop;
use crate::Error;

const BOLD: Style = Style::new().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
pub(super) const CHANGE: Style = AnsiColor::Yellow.on_default();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const PLAIN: Style = Style::new();

/// How much is told of a failure.
#[derive(Clone, Copy, Debug)]
pub(super) enum Detail {
    Line,
    Story,
}

impl Detail {
    pub(super) fn new(verbose: bool) -> Self {
        if verbose { Self::Story } else { Self::Line }
    }

    pub(super) fn is_story(self) -> bool {
        matches!(self, Self::Story)
    }

    /// Says why a load failed.
    pub(super) fn failure(self, why: &Error) {
        match self {
            Self::Line => error(&why.to_string()),
            Self::Story => error(&format!("{why:#}")),
        }
    }
}

/// Writes to standard output.
pub(super) fn print(text: &str) -> Result<(), Stop> {
    let mut out = anstream::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(Stop::Output)
}

/// Says something beside the output.
pub(super) fn note(text: &str) {
    say("note", BOLD, text);
}

/// Says why something did not work.
pub(super) fn error(text: &str) {
    say("error", BAD, text);
}

/// How many columns the terminal has, where there is one.
pub(super) fn width() -> Option<u16> {
    let out = stdout();
    let size = out.is_terminal().then(|| terminal_size_of(out));
    let (Width(width), _) = size.flatten()?;
    (width > 0).then_some(width)
}

/// Where standard error leads nowhere, nobody can be told so.
fn say(kind: &str, style: Style, message: &str) {
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
