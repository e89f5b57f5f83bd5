//! What a `.env` file says.

use std::fmt;
use std::io::Read;

use zeroize::Zeroizing;

use crate::source::Environment;

/// What to do about a bad line.
pub(crate) const CREDENTIALS_HINT: &str =
    "put values with spaces or special characters into single quotes";

/// A line that cannot be read, told by what stands before it, because it may hold a secret.
#[derive(Debug)]
pub(crate) struct BadLine {
    /// How many variables stand before it.
    after: usize,
    /// The last of them.
    name: Option<String>,
}

impl BadLine {
    fn behind(variables: &[(String, Zeroizing<String>)]) -> Self {
        let name = variables.last().map(|(name, _)| name);
        Self {
            after: variables.len(),
            name: name.filter(|name| is_conventional(name)).cloned(),
        }
    }
}

/// Whether it is surely a name. A value in base64 that goes on in a second line may end in `=`, and looks like another.
fn is_conventional(name: &str) -> bool {
    let is_usual = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.bytes().all(is_usual)
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.name, self.after) {
            (Some(name), _) => write!(f, "what follows `{name}`")?,
            (None, 0) => f.write_str("its beginning")?,
            (None, count) => write!(f, "what follows variable number {count}")?,
        }
        f.write_str(" is not `NAME=value`")
    }
}

/// The variables of a `.env` file, and no others. The parser's own buffers are not wiped.
pub(crate) fn parse(bytes: &[u8]) -> Result<Environment, BadLine> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // The parser takes a last line without its newline for unfinished where it ends in a space.
    let text = text.chain(b"\n".as_slice());
    let mut variables: Vec<(String, Zeroizing<String>)> = Vec::new();
    for variable in dotenvy::from_read_iter(text) {
        match variable {
            Ok((name, value)) => variables.push((name, Zeroizing::new(value))),
            // The parser's message quotes the line.
            Err(_) => return Err(BadLine::behind(&variables)),
        }
    }
    let variables = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Ok(Environment::from_vars(variables))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(text: &str, name: &str) -> Option<String> {
        let variables = parse(text.as_bytes()).unwrap();
        variables
            .text(name)
            .ok()
            .flatten()
            .map(|value| value.to_string())
    }

    #[test]
    fn a_last_line_needs_no_newline() {
        for text in [
            "A=a",
            "A=a ",
            "A=a\n",
            "A=a\r\n",
            "A=a # said",
            "A=a\n ",
            "\u{feff}A=a",
        ] {
            assert_eq!(get(text, "A").as_deref(), Some("a"), "{text:?}");
        }
    }

    #[test]
    fn values_stand_in_quotes_and_over_lines() {
        let text =
            "# A comment.\n\nexport A='one $B\ntwo'\nB=\"x\\ny\nz\"\nC=$B\nD=\nC=last # of two\n";
        assert_eq!(get(text, "A").as_deref(), Some("one $B\ntwo"));
        assert_eq!(get(text, "B").as_deref(), Some("x\ny\nz"));
        assert_eq!(get(text, "C").as_deref(), Some("last"));
        assert_eq!(get(text, "D"), None);
        assert_eq!(get("A=a\nB=${A}b", "B").as_deref(), Some("ab"));
    }

    #[test]
    fn a_bad_line_is_told_by_what_stands_before_it() {
        for (text, place) in [
            ("canary", "its beginning is"),
            ("A=a\ncanary canary\nB=b", "what follows `A` is"),
            ("A=a\nB='canary", "what follows `A` is"),
            ("A=a\nB=canary canary", "what follows `A` is"),
            ("A=a\nb=b\ncanary", "what follows variable number 2 is"),
            (
                "A=first\ncanary==\nB=b b",
                "what follows variable number 2 is",
            ),
        ] {
            let bad = parse(text.as_bytes()).unwrap_err();
            assert_eq!(bad.to_string(), format!("{place} not `NAME=value`"));
            assert!(!format!("{bad:?}").contains("canary"));
        }
        assert!(parse(b"A=\xFFcanary").is_err());
    }
}
