//! JSON as a tree whose text is wiped when dropped.

use std::ops::Deref;
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::number::Number;

/// A JSON value. Objects keep the order and the repetitions of their keys.
#[derive(Clone)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    String(JsonText),
    /// A string with an unpaired surrogate, which a Rust string cannot contain. It is an error only for a field that
    /// uses it.
    Unpaired,
    /// The value of a key with an unpaired surrogate. Only a type that reads the key rejects it.
    OfUnpairedKey,
    Array(Vec<Node>),
    Object(Vec<Entry>),
}

/// A key and its value. The keys of a map can be secret, too.
pub(crate) type Entry = (Zeroizing<String>, Node);

/// A JSON string. Text that is JSON itself is parsed at most once.
#[derive(Clone)]
pub(crate) struct JsonText {
    text: Zeroizing<String>,
    json: ParsedOnce,
}

/// The JSON of a text, parsed on first use. `None` if the text is not JSON.
pub(crate) type ParsedOnce = OnceLock<Option<Box<Node>>>;

/// The position at which a text stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Node {
    pub(crate) fn string(text: &str) -> Self {
        Self::String(JsonText::new(Zeroizing::new(text.to_owned())))
    }

    /// Returns whether the text of its key is not the key itself.
    pub(crate) fn is_of_unpaired_key(&self) -> bool {
        matches!(self, Self::OfUnpairedKey)
    }

    /// Returns the kind of the value.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Unpaired => "a string with an unpaired surrogate",
            Self::OfUnpairedKey => "a key with an unpaired surrogate",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

impl Node {
    /// Returns the text of a scalar if there is only one way to write it.
    pub(crate) fn scalar_text(&self) -> Option<Zeroizing<String>> {
        let text = match self {
            Self::String(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(number) if number.is_integer() => number.as_str(),
            _ => return None,
        };
        Some(Zeroizing::new(text.to_owned()))
    }
}

pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

impl JsonText {
    pub(super) fn new(text: Zeroizing<String>) -> Self {
        Self {
            text,
            json: OnceLock::new(),
        }
    }

    pub(crate) fn json(&self) -> &ParsedOnce {
        &self.json
    }

    #[cfg(feature = "agent")]
    pub(crate) fn into_string(mut self) -> String {
        std::mem::take(&mut *self.text)
    }
}

impl Deref for JsonText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalar_with_one_notation_has_text() {
        for (json, expected) in [
            (r#""a\n""#, Some("a\n")),
            ("true", Some("true")),
            ("false", Some("false")),
            ("-5", Some("-5")),
            ("1.50", None),
            ("1e3", None),
            ("-0", None),
            ("null", None),
            ("[]", None),
        ] {
            let text = Node::parse(json).unwrap().scalar_text();
            assert_eq!(text.as_ref().map(|text| text.as_str()), expected, "{json}");
        }
    }

    #[test]
    fn json_in_string_is_parsed_once() {
        let text = JsonText::new(Zeroizing::new("{}".to_owned()));
        let parse = || Node::parse(&text).ok().map(Box::new);
        assert!(text.json().get_or_init(parse).is_some());
        assert!(text.json().get().is_some());
    }
}
