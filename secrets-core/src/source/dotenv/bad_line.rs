//! Lines of a `.env` file that cannot be read.

use std::path::Path;

use crate::source::{SourceError, SourceErrorKind};

/// A line that cannot be read. It may contain a secret, so only its place and names that are certain are kept.
#[derive(Debug)]
pub(crate) struct BadLine {
    number: usize,
    place: Option<LinePlace>,
    problem: LineProblem,
}

/// What a line is found by, beside its number.
#[derive(Debug)]
enum LinePlace {
    /// The line's own variable.
    Own(String),
    /// The variable of the line above.
    After(String),
}

/// Why a line cannot be read.
#[derive(Debug)]
pub(super) enum LineProblem {
    NotUtf8,
    Nul,
    NotAssignment,
    OpenQuote(char),
    TextAfterQuote,
    Unset(String),
    NotUnicode(String),
    NestedDefault(String),
    TooLarge,
}

impl BadLine {
    pub(super) fn new(number: usize, problem: LineProblem) -> Self {
        Self {
            number,
            place: None,
            problem,
        }
    }

    /// Adds the line's own name, if it is certainly one.
    pub(super) fn named(self, name: &str) -> Self {
        Self {
            place: is_conventional(name).then(|| LinePlace::Own(name.to_owned())),
            ..self
        }
    }

    /// Adds the name of the line above, if it is certainly one.
    pub(super) fn after(self, above: Option<&str>) -> Self {
        Self {
            place: above.map(|name| LinePlace::After(name.to_owned())),
            ..self
        }
    }

    /// Returns the error, which never quotes the line.
    pub(crate) fn failure(&self, path: &Path) -> SourceError {
        let message = match &self.problem {
            LineProblem::NotUtf8 => "the text is not UTF-8".to_owned(),
            LineProblem::Nul => "the text contains a NUL character".to_owned(),
            LineProblem::NotAssignment => "expected `NAME=value`".to_owned(),
            LineProblem::OpenQuote(_) => "the quote before the value is not closed".to_owned(),
            LineProblem::TextAfterQuote => "unexpected text after the closing quote".to_owned(),
            LineProblem::Unset(name) => format!("the variable `{name}` is not set"),
            LineProblem::NotUnicode(name) => format!("the variable `{name}` is not Unicode"),
            LineProblem::NestedDefault(name) => {
                format!("the default of `{name}` contains another `${{`")
            }
            LineProblem::TooLarge => "the replaced values are larger than 1 MiB".to_owned(),
        };
        let message = format!("{}: {message}", self.place(path));
        SourceError::new(SourceErrorKind::Malformed, message).with_hint(self.problem.hint())
    }

    fn place(&self, path: &Path) -> String {
        let line = format!("`{}`, line {}", path.display(), self.number);
        match &self.place {
            Some(LinePlace::Own(name)) => format!("{line} (`{name}`)"),
            Some(LinePlace::After(name)) => format!("{line} (after `{name}`)"),
            None => line,
        }
    }
}

impl LineProblem {
    fn hint(&self) -> String {
        match self {
            Self::NotUtf8 | Self::Nul => "save the file as UTF-8".to_owned(),
            Self::NotAssignment => {
                "write `NAME=value`, or `NAME=` for no value; put a value that spans lines in quotes, and `#` before a comment"
                    .to_owned()
            }
            Self::OpenQuote(quote) => format!(
                r"close it with `{quote}`; within the value, write `\{quote}` for this quote and `\\` for a backslash"
            ),
            Self::TextAfterQuote => {
                "put the whole value in quotes, a backslash before each quote within it, and `#` before a comment"
                    .to_owned()
            }
            Self::Unset(name) => format!(
                "set `{name}` in the environment or in a line above, write `${{{name}:-}}` if it may be unset, or put the value in single quotes to keep `$` as it is"
            ),
            Self::NotUnicode(name) => format!("set `{name}` to UTF-8 text, or unset it"),
            Self::NestedDefault(_) => {
                "set the default in a line above, or put the value in single quotes to keep `$` as it is"
                    .to_owned()
            }
            Self::TooLarge => "remove replacements that repeat a long value".to_owned(),
        }
    }
}

/// Returns the name of a line if it is certainly one, and not the end of the value above: base64 and base32 may end in
/// `=`, and then look like a name without a value.
pub(super) fn certain<'a>(name: &'a str, value: &str) -> Option<&'a str> {
    let is_certain = is_conventional(name) && !value.is_empty() && !value.starts_with('=');
    is_certain.then_some(name)
}

fn is_conventional(name: &str) -> bool {
    let is_usual = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.bytes().all(is_usual)
}
