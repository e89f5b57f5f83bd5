//! The syntax of a `.env` file.

use zeroize::Zeroizing;

use super::bad_line::{BadLine, LineProblem};
use super::lines::{Line, Lines};
use super::replace::Replacing;
use super::value::{comment_start, is_space, unescaped};
use crate::source::Env;

/// Reads the lines of a file, and replaces `${NAME}` with the process's variables and the lines above.
pub(crate) fn parse(bytes: &[u8], environment: &Env) -> Result<Lines, BadLine> {
    let mut scanner = Scanner {
        rest: text(bytes)?,
        number: 1,
    };
    let mut lines = Lines::default();
    let mut replacing = Replacing::new(environment);
    while scanner.skip_to_line() {
        let number = scanner.number;
        let assignment = scanner.line().map_err(|bad| {
            let bad_line = BadLine::new(number, bad.problem);
            match bad.name {
                Some(name) => bad_line.named(name),
                None => bad_line.after(lines.last().and_then(Line::certain_name)),
            }
        })?;
        let Some(assignment) = assignment else {
            continue;
        };
        let line = assignment.line(number, &mut replacing, &lines)?;
        lines.push(line);
    }
    lines.kept = replacing.into_kept();
    Ok(lines)
}

/// Returns the text of a file without its byte order mark.
fn text(bytes: &[u8]) -> Result<&str, BadLine> {
    let at = |end: usize, problem| {
        let before = String::from_utf8_lossy(&bytes[..end]);
        BadLine::new(1 + newlines(&before), problem)
    };
    let text = std::str::from_utf8(bytes);
    let text = text.map_err(|error| at(error.valid_up_to(), LineProblem::NotUtf8))?;
    if let Some(end) = text.find('\0') {
        return Err(at(end, LineProblem::Nul));
    }
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a text from its beginning to its end.
struct Scanner<'a> {
    rest: &'a str,
    /// The number of the line that `rest` begins in.
    number: usize,
}

/// `NAME=value`, the value as it is written.
struct Assignment<'a> {
    name: &'a str,
    value: &'a str,
    quote: Option<char>,
}

/// Why a line is not an assignment, with its name if that much was read.
struct Bad<'a> {
    name: Option<&'a str>,
    problem: LineProblem,
}

impl Assignment<'_> {
    fn line(
        self,
        number: usize,
        replacing: &mut Replacing<'_>,
        above: &Lines,
    ) -> Result<Line, BadLine> {
        let value = match self.quote {
            Some(quote) => unescaped(self.value, quote),
            None => Zeroizing::new(self.value.to_owned()),
        };
        let replaced = match self.quote {
            Some('\'') => Ok(None),
            _ => replacing.replace(&value, number, above),
        };
        let replaced =
            replaced.map_err(|problem| BadLine::new(number, problem).named(self.name))?;
        let (value, replacements) = match replaced {
            Some(replaced) => (replaced.value, replaced.replacements),
            None => (value, Vec::new()),
        };
        Ok(Line {
            number,
            name: self.name.to_owned(),
            value,
            replacements,
        })
    }
}

impl<'a> Scanner<'a> {
    /// Skips white space and empty lines. Returns whether there is a line.
    fn skip_to_line(&mut self) -> bool {
        self.take_while(is_space);
        !self.rest.is_empty()
    }

    /// Reads a line, which is `None` if it is a comment.
    fn line(&mut self) -> Result<Option<Assignment<'a>>, Bad<'a>> {
        self.skip_export();
        if self.rest.starts_with('#') {
            self.take_while(is_in_line);
            return Ok(None);
        }
        let not_assignment = Bad {
            name: None,
            problem: LineProblem::NotAssignment,
        };
        let Some(name) = self.name() else {
            return Err(not_assignment);
        };
        self.take_while(is_blank);
        if !self.take_char('=') {
            return Err(not_assignment);
        }
        let is_apart = !self.take_while(is_blank).is_empty();
        let (value, quote) = self.value(is_apart).map_err(|problem| Bad {
            name: Some(name),
            problem,
        })?;
        Ok(Some(Assignment { name, value, quote }))
    }

    fn skip_export(&mut self) {
        let after = self.rest.strip_prefix("export");
        if after.is_some_and(|after| after.starts_with(is_blank)) {
            self.take("export".len());
            self.take_while(is_blank);
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        if self.take_char('\'') {
            let name = self.take_while(|c| c != '\'' && is_in_line(c));
            return (self.take_char('\'') && !name.is_empty()).then_some(name);
        }
        let name = self.take_while(is_in_name);
        (!name.is_empty()).then_some(name)
    }

    /// Reads a value to the end of its last line, with its quote. `is_apart`: white space precedes it.
    fn value(&mut self, is_apart: bool) -> Result<(&'a str, Option<char>), LineProblem> {
        match self.rest.chars().next() {
            Some(quote @ ('\'' | '"')) => Ok((self.quoted(quote)?, Some(quote))),
            first => {
                let line = self.take_while(is_in_line);
                let end = match first {
                    Some('#') if is_apart => 0,
                    _ => comment_start(line),
                };
                Ok((line[..end].trim_end_matches(is_space), None))
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<&'a str, LineProblem> {
        self.take(quote.len_utf8());
        let end = closing(self.rest, quote).ok_or(LineProblem::OpenQuote(quote))?;
        let value = self.take(end);
        self.take(quote.len_utf8());
        self.take_while(is_blank);
        if self.rest.starts_with('#') {
            self.take_while(is_in_line);
        }
        if self.rest.starts_with(is_in_line) {
            return Err(LineProblem::TextAfterQuote);
        }
        Ok(value)
    }

    fn take_char(&mut self, c: char) -> bool {
        let is_next = self.rest.starts_with(c);
        if is_next {
            self.take(c.len_utf8());
        }
        is_next
    }

    fn take_while(&mut self, is_taken: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !is_taken(c));
        self.take(length.unwrap_or(self.rest.len()))
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.number += newlines(taken);
        self.rest = rest;
        taken
    }
}

/// Returns where a quoted text ends. A backslash escapes the character after it.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices();
    while let Some((index, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            c if c == quote => return Some(index),
            _ => {}
        }
    }
    None
}

/// Counts `\n`, `\r\n` and `\r`.
fn newlines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_newline = |(index, byte): (usize, &u8)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    };
    bytes
        .iter()
        .enumerate()
        .filter(|each| is_newline(*each))
        .count()
}

fn is_in_line(c: char) -> bool {
    !matches!(c, '\n' | '\r')
}

fn is_blank(c: char) -> bool {
    is_space(c) && is_in_line(c)
}

/// Python takes every character but `=`, `#` and white space. A line with one that is in no variable's name is rather
/// the end of the value above, and a byte order mark within the text would make a name that is never read.
fn is_in_name(c: char) -> bool {
    let is_plain = c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    is_plain || !(c.is_ascii() || c.is_control() || is_space(c) || c == '\u{feff}')
}

#[cfg(test)]
mod tests;
