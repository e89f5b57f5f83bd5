//! Values as they are written: escapes and comments.

use zeroize::Zeroizing;

/// White space as Python has it, which takes four separators of ASCII for space.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// Resolves the escapes of a quoted value. Its newlines become `\n`.
pub(super) fn unescaped(text: &str, quote: char) -> Zeroizing<String> {
    // No value is longer than it is written, so the buffer never moves.
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

/// Returns the character that a backslash and this one stand for; other backslashes stay.
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

/// Returns where the comment behind an unquoted value begins: at a `#` after white space, outside the strings of JSON.
pub(super) fn comment_start(line: &str) -> usize {
    let is_json = line.starts_with(['{', '[']) && strings_are_closed(line);
    let mut strings = Strings::default();
    let mut previous = None;
    for (index, c) in line.char_indices() {
        let is_in_string = strings.take(c) && is_json;
        if c == '#' && previous.is_some_and(is_space) && !is_in_string {
            return index;
        }
        previous = Some(c);
    }
    line.len()
}

fn strings_are_closed(line: &str) -> bool {
    let mut strings = Strings::default();
    let mut is_open = false;
    for c in line.chars() {
        is_open = strings.take(c);
    }
    !is_open
}

/// The strings of a JSON text.
#[derive(Default)]
struct Strings {
    is_open: bool,
    is_escaped: bool,
}

impl Strings {
    /// Goes one character further, and returns whether a string is open behind it.
    fn take(&mut self, c: char) -> bool {
        match c {
            _ if self.is_escaped => self.is_escaped = false,
            '\\' => self.is_escaped = self.is_open,
            '"' => self.is_open = !self.is_open,
            _ => {}
        }
        self.is_open
    }
}
