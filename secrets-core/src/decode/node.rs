//! JSON as a tree whose text is wiped when dropped.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use zeroize::Zeroizing;

/// A JSON value. Objects keep the order and the repetitions of their keys.
#[derive(Clone)]
pub(crate) enum Node {
    Null,
    Bool(bool),
    Number(Number),
    String(Zeroizing<String>),
    Array(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Where JSON stops being JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotJson {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Node {
    pub(crate) fn parse(text: &str) -> Result<Self, NotJson> {
        // serde_json's message may quote the text, so only the place is kept.
        serde_json::from_str(text).map_err(|error| NotJson {
            line: error.line(),
            column: error.column(),
        })
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

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::String(Zeroizing::new(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Node::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(exact_number(&object).unwrap_or(Node::Object(object)))
    }
}

/// With `serde_json`'s feature `arbitrary_precision`, which any crate in the tree can turn on, a number that is no plain
/// integer comes as an object with this one key.
fn exact_number(object: &[(String, Node)]) -> Option<Node> {
    match object {
        [(key, Node::String(digits))] if key == "$serde_json::private::Number" => {
            let number: f64 = digits.parse().ok()?;
            Number::from_f64(number).map(Node::Number)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_keeps_its_digits_is_a_number() {
        let node = Node::parse(r#"{"$serde_json::private::Number":"1.5"}"#).unwrap();
        assert!(matches!(node, Node::Number(number) if number.as_f64() == Some(1.5)));
    }
}
