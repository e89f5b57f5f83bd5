//! What a `.env` file says.

use std::fmt;
use std::io::Read;

use zeroize::Zeroizing;

use crate::source::Environment;

/// What to do about a bad line.
pub(crate) const REMEDY: &str = "put values with spaces or special characters into single quotes";

/// A line that cannot be read, told by what stands before it, because it may hold a secret.
#[derive(Debug)]
pub(crate) struct BadLine {
    after: Option<String>,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            Some(name) => write!(f, "what follows `{name}`")?,
            None => f.write_str("its beginning")?,
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
            Err(_) => {
                return Err(BadLine {
                    after: variables.pop().map(|(name, _)| name),
                });
            }
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
        variables.get(name).map(|value| value.to_string())
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
        ] {
            let bad = parse(text.as_bytes()).unwrap_err();
            assert_eq!(bad.to_string(), format!("{place} not `NAME=value`"));
            assert!(!format!("{bad:?}").contains("canary"));
        }
        assert!(parse(b"A=\xFFcanary").is_err());
    }
}
