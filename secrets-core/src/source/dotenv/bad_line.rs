//! Lines of a `.env` file that cannot be read.

use std::path::Path;

use crate::source::{SourceError, SourceErrorKind};

/// A line that cannot be read. It may contain a secret, so only its number and names that are certain are kept.
#[derive(Debug)]
pub(crate) struct BadLine {
    number: usize,
    /// The variable of the line or of the line above, in parentheses.
    variable: String,
    problem: LineProblem,
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
            variable: String::new(),
            problem,
        }
    }

    /// Adds the line's own name, if it is certainly one.
    pub(super) fn named(mut self, name: &str) -> Self {
        if is_conventional(name) {
            self.variable = format!(" (`{name}`)");
        }
        self
    }

    /// Adds the name of the line above, if it is certainly one.
    pub(super) fn after(mut self, above: Option<&str>) -> Self {
        if let Some(name) = above {
            self.variable = format!(" (after `{name}`)");
        }
        self
    }

    /// Returns the error, which never quotes the line.
    pub(crate) fn failure(&self, path: &Path) -> SourceError {
        let (number, variable) = (self.number, &self.variable);
        let (message, hint) = self.problem.message_and_hint();
        let message = format!("`{}`, line {number}{variable}: {message}", path.display());
        SourceError::new(SourceErrorKind::Malformed, message).with_hint(hint)
    }
}

impl LineProblem {
    fn message_and_hint(&self) -> (String, String) {
        let (message, hint) = match self {
            Self::NotUtf8 => ("the text is not UTF-8", "save the file as UTF-8"),
            Self::Nul => (
                "the text contains a NUL character",
                "save the file as UTF-8",
            ),
            Self::NotAssignment => (
                "expected `NAME=value`",
                "write `NAME=value`, or `NAME=` for no value; put a value that spans lines in quotes, and `#` before a comment",
            ),
            Self::OpenQuote(quote) => {
                return (
                    "the quote before the value is not closed".to_owned(),
                    format!(
                        r"close it with `{quote}`; within the value, write `\{quote}` for this quote and `\\` for a backslash"
                    ),
                );
            }
            Self::TextAfterQuote => (
                "unexpected text after the closing quote",
                "put the whole value in quotes, a backslash before each quote within it, and `#` before a comment",
            ),
            Self::Unset(name) => {
                return (
                    format!("the variable `{name}` is not set"),
                    format!(
                        "set `{name}` in the environment or in a line above, write `${{{name}:-}}` if it may be unset, or put the value in single quotes to keep `$` as it is"
                    ),
                );
            }
            Self::NotUnicode(name) => {
                return (
                    format!("the variable `{name}` is not Unicode"),
                    format!("set `{name}` to UTF-8 text, or unset it"),
                );
            }
            Self::NestedDefault(name) => {
                return (
                    format!("the default of `{name}` contains another `${{`"),
                    "set the default in a line above, or put the value in single quotes to keep `$` as it is".to_owned(),
                );
            }
            Self::TooLarge => (
                "the replaced values are larger than 1 MiB",
                "remove replacements that repeat a long value",
            ),
        };
        (message.to_owned(), hint.to_owned())
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
