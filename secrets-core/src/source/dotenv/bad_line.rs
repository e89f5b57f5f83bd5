//! Errors in lines of a `.env` file.

use std::path::Path;

use crate::source::{SourceError, SourceErrorKind};

/// An invalid line. It may contain a secret, so errors contain only its number and names that are certainly names.
#[derive(Debug)]
pub(crate) struct BadLine {
    number: usize,
    /// The variable of the line or of the line above, in parentheses.
    variable: String,
    problem: LineProblem,
}

/// The reason why a line is invalid.
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

    /// Adds the line's own name, if it is certainly a name.
    pub(super) fn named(mut self, name: &str, requested: &[&str]) -> Self {
        if is_certain(name, requested) {
            self.variable = format!(" (`{name}`)");
        }
        self
    }

    /// Adds the name of the line above, if that is known and certainly a name.
    pub(super) fn after(mut self, above: Option<&str>, requested: &[&str]) -> Self {
        if let Some(name) = above.filter(|name| is_certain(name, requested)) {
            self.variable = format!(" (after `{name}`)");
        }
        self
    }

    /// Returns the error, which never quotes the line.
    pub(crate) fn source_error(&self, path: &Path) -> SourceError {
        let (number, variable) = (self.number, &self.variable);
        let place = format!("`{}`, line {number}{variable}", path.display());
        let (message, hint) = self.problem.message_and_hint();
        let message = format!("{place}: {message}");
        SourceError::new(SourceErrorKind::Malformed, message).with_hint(hint)
    }
}

impl LineProblem {
    fn message_and_hint(&self) -> (String, String) {
        let (message, hint) = match self {
            Self::NotUtf8 => ("text is not UTF-8", "save the file as UTF-8"),
            Self::Nul => ("text contains a NUL character", "save the file as UTF-8"),
            Self::NotAssignment => (
                "expected `NAME=value`",
                "write `NAME=value`, or `NAME=` for no value; put a value that spans lines in quotes, and `#` before a comment",
            ),
            Self::OpenQuote(quote) => {
                return (
                    "unclosed quote".to_owned(),
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
                    format!("`{name}` is not set in the environment or in a line above"),
                    format!(
                        "set `{name}` in the environment or in a line above, write `${{{name}:-}}` if it may be unset, or put the value in single quotes to keep `$` literal"
                    ),
                );
            }
            Self::NotUnicode(name) => {
                return (
                    format!("environment variable `{name}` is not Unicode"),
                    format!("set `{name}` to UTF-8 text, or unset it"),
                );
            }
            Self::NestedDefault(name) => {
                return (
                    format!("default of `{name}` contains a nested `${{`"),
                    "set the default in a line above, or put the value in single quotes to keep `$` literal".to_owned(),
                );
            }
            Self::TooLarge => (
                "values larger than 1 MiB after replacement",
                "remove replacements that repeat a long value",
            ),
        };
        (message.to_owned(), hint.to_owned())
    }
}

/// Returns the name of a line if it is certainly a name, and not the end of the value above: base64 and base32 can end
/// in `=`, which looks like a name without a value.
pub(super) fn certain<'a>(name: &'a str, value: &str) -> Option<&'a str> {
    let is_certain = is_conventional(name) && !value.is_empty() && !value.starts_with('=');
    is_certain.then_some(name)
}

/// Returns whether a name is certainly not a part of the value above. Wrapped base32 looks like a name, but does not
/// contain `_`.
fn is_certain(name: &str, requested: &[&str]) -> bool {
    requested.contains(&name) || (name.contains('_') && is_conventional(name))
}

fn is_conventional(name: &str) -> bool {
    let is_usual = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.bytes().all(is_usual)
}
