//! The syntax of a `.env` file.

use zeroize::Zeroizing;

use super::bad_line::{BadLine, LineProblem};
use super::lines::{Line, Lines};
use super::replace::Replacing;
use crate::source::Env;

/// Parses the lines of a file, and replaces `${NAME}` with the process's variables and with the lines above.
/// Errors contain the `requested` names, and other names only if they cannot be a part of a value.
pub(crate) fn parse(bytes: &[u8], environment: &Env, requested: &[&str]) -> Result<Lines, BadLine> {
    let mut scanner = Scanner {
        rest: text(bytes)?,
        number: 1,
    };
    let mut lines = Lines::default();
    let mut replacing = Replacing::new(environment);
    while scanner.skip_to_line() {
        let number = scanner.number;
        let assignment = scanner.line().map_err(|(name, problem)| {
            let bad_line = BadLine::new(number, problem);
            match name {
                Some(name) => bad_line.named(name, requested),
                None => bad_line.after(lines.last().and_then(Line::certain_name), requested),
            }
        })?;
        let Some(Assignment { name, value, quote }) = assignment else {
            continue;
        };
        let value = match quote {
            Some(quote) => unescaped(value, quote),
            None => Zeroizing::new(value.to_owned()),
        };
        let (value, replacements) = match quote {
            Some('\'') => (value, Vec::new()),
            _ => replacing
                .replace(value, number, &lines)
                .map_err(|problem| BadLine::new(number, problem).named(name, requested))?,
        };
        lines.push(Line {
            number,
            name: name.to_owned(),
            value,
            replacements,
        });
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
    /// The number of the line in which `rest` begins.
    number: usize,
}

/// `NAME=value`, with the value as it is written.
struct Assignment<'a> {
    name: &'a str,
    value: &'a str,
    quote: Option<char>,
}

/// The reason why a line is not an assignment, with its name if that much was read.
type Bad<'a> = (Option<&'a str>, LineProblem);

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
        let name = self.name();
        self.take_while(is_blank);
        let Some(name) = name.filter(|_| self.take_char('=')) else {
            return Err((None, LineProblem::NotAssignment));
        };
        let is_apart = !self.take_while(is_blank).is_empty();
        let (value, quote) = self
            .value(is_apart)
            .map_err(|problem| (Some(name), problem))?;
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

    /// Reads a value to the end of its last line, and returns its quote. `is_apart`: white space precedes the value.
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

/// Returns the end of a quoted text. A backslash escapes the next character.
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
    let count = |newline: &str| text.matches(newline).count();
    count("\n") + count("\r") - count("\r\n")
}

fn is_in_line(c: char) -> bool {
    !matches!(c, '\n' | '\r')
}

fn is_blank(c: char) -> bool {
    is_space(c) && is_in_line(c)
}

/// python-dotenv accepts every character except `=`, `#` and white space. But a line with a character that variables do
/// not contain is probably the end of the value above, and a name with a byte order mark would never be read.
fn is_in_name(c: char) -> bool {
    // Editors on macOS can write `Ä` as `A` and a combining character.
    let is_combining = ('\u{300}'..='\u{36f}').contains(&c);
    c.is_alphanumeric() || is_combining || matches!(c, '_' | '-' | '.')
}

/// Python's white space, which includes four ASCII separators.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Resolves the escapes of a quoted value. Its newlines become `\n`.
fn unescaped(text: &str, quote: char) -> Zeroizing<String> {
    // A value is not longer than its written form, so the buffer never moves.
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = match (c, chars.peek()) {
            ('\\', Some(&next)) => escaped(next, quote),
            ('\r', Some('\n')) => Some('\n'),
            ('\r', _) => {
                value.push('\n');
                continue;
            }
            _ => None,
        };
        if escaped.is_some() {
            chars.next();
        }
        value.push(escaped.unwrap_or(c));
    }
    value
}

/// Returns the character for an escape. Other backslashes are literal.
fn escaped(c: char, quote: char) -> Option<char> {
    match c {
        '\\' | '\'' => Some(c),
        _ if quote == '\'' => None,
        '"' => Some(c),
        'a' => Some('\x07'),
        'b' => Some('\x08'),
        'f' => Some('\x0c'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'v' => Some('\x0b'),
        _ => None,
    }
}

/// Returns the start of the comment after an unquoted value: the first `#` after white space. In JSON, a `#` in a
/// string does not count, unless the line ends in a string.
fn comment_start(line: &str) -> usize {
    let is_json = line.starts_with(['{', '[']);
    let (mut is_in_string, mut is_escaped) = (false, false);
    let (mut previous, mut first_in_string) = (None, None);
    for (index, c) in line.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_in_string,
            '"' => is_in_string = is_json && !is_in_string,
            '#' if previous.is_some_and(is_space) => {
                if !is_in_string {
                    return index;
                }
                first_in_string.get_or_insert(index);
            }
            _ => {}
        }
        previous = Some(c);
    }
    let start = first_in_string.filter(|_| is_in_string);
    start.unwrap_or(line.len())
}

#[cfg(test)]
mod tests;
