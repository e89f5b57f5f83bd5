//! JSON as a tree whose text is wiped when dropped.

use serde_json::Number;
use zeroize::Zeroizing;

use super::json;

/// A JSON value. Objects keep the order and the repetitions of their keys.
#[derive(Clone)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    String(Zeroizing<String>),
    Array(Vec<Node>),
    Object(Vec<Entry>),
}

/// A key and its value. The keys of a map may be as secret as its values.
pub(crate) type Entry = (Zeroizing<String>, Node);

/// Where JSON stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Self, NotJson> {
        json::parse(text)
    }

    /// What it is, in a word.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}
