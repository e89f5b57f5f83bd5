//! Equality of values that are written in different ways.

use super::Value;
use crate::json::{Entry, Node};
use crate::source::RawValue;

impl Value {
    /// Returns whether both decode to the same field. Text is compared unchanged, JSON scalars as text, and objects and
    /// arrays as JSON.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Json(one), Self::Json(other)) => nodes(one, other),
            (Self::Json(node), Self::Whole(raw)) | (Self::Whole(raw), Self::Json(node)) => {
                raw.text().is_some_and(|text| text_and_node(text, node))
            }
            (Self::Whole(one), Self::Whole(other)) => raws(one, other),
        }
    }

    /// Returns whether the value is exactly this text.
    #[cfg(feature = "aws")]
    pub(crate) fn is_text(&self, text: &str) -> bool {
        match self {
            Self::Whole(raw) => raw.text() == Some(text),
            Self::Json(Node::String(own)) => &**own == text,
            Self::Json(node) => text_and_node(text, node),
        }
    }
}

fn raws(one: &RawValue, other: &RawValue) -> bool {
    if one.bytes() == other.bytes() {
        return true;
    }
    let structure = |raw: &RawValue| structure(raw.text()?);
    matches!((structure(one), structure(other)), (Some(one), Some(other)) if nodes(&one, &other))
}

fn nodes(one: &Node, other: &Node) -> bool {
    match (one, other) {
        (Node::Null, Node::Null) => true,
        (Node::Array(one), Node::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| nodes(one, other))
        }
        (Node::Object(one), Node::Object(other)) => {
            one.len() == other.len() && one.iter().all(|entry| has(other, entry))
        }
        (Node::Number(one), Node::Number(other)) if !one.is_integer() || !other.is_integer() => {
            one.as_f64() == other.as_f64()
        }
        (Node::String(text), node) | (node, Node::String(text)) => text_and_node(text, node),
        _ => match (one.scalar_text(), other.scalar_text()) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
    }
}

/// Returns whether the entries contain this one. All types reject a duplicate key.
fn has(entries: &[Entry], (key, node): &Entry) -> bool {
    let mut found = entries.iter().filter(|(name, _)| name == key);
    matches!((found.next(), found.next()), (Some((_, other)), None) if nodes(node, other))
}

fn text_and_node(text: &str, node: &Node) -> bool {
    match node {
        Node::String(other) => {
            text == &**other
                || matches!((structure(text), structure(other)), (Some(one), Some(other)) if nodes(&one, &other))
        }
        Node::Number(number) if !number.is_integer() => text.parse().ok() == number.as_f64(),
        Node::Array(_) | Node::Object(_) => {
            structure(text).is_some_and(|parsed| nodes(&parsed, node))
        }
        Node::Null | Node::Unpaired => false,
        _ => node.scalar_text().is_some_and(|own| own.as_str() == text),
    }
}

/// Returns the JSON of text that is an object or an array.
fn structure(text: &str) -> Option<Node> {
    let node = Node::parse(text).ok()?;
    matches!(node, Node::Array(_) | Node::Object(_)).then_some(node)
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Whole(RawValue::Text(Zeroizing::new(text.to_owned())))
    }

    fn json(text: &str) -> Value {
        Value::Json(Node::parse(text).unwrap())
    }

    #[test]
    fn scalars_equal_across_notations() {
        for node in ["5432", "\"5432\""] {
            assert!(text("5432").equals(&json(node)), "{node}");
            assert!(json(node).equals(&text("5432")), "{node}");
            assert!(!json(node).equals(&text("5433")), "{node}");
        }
        assert!(text("true").equals(&json("true")));
        assert!(text("1.50").equals(&json("1.5")));
        assert!(json("1.5").equals(&json("\"1.5\"")));
        assert!(!text("null").equals(&json("null")));
    }

    #[test]
    fn structures_are_compared_as_json() {
        let one = r#"{"a": 1, "b": ["2", {"c": null}]}"#;
        let other = r#"{"b":[2,{"c":null}],"a":"1"}"#;
        assert!(text(one).equals(&text(other)));
        assert!(text(one).equals(&json(other)));
        assert!(json(one).equals(&json(other)));
        assert!(!json(one).equals(&json(r#"{"a": 1}"#)));
        assert!(!json(r#"{"a": 1}"#).equals(&json(r#"{"a": 1, "a": 1}"#)));
    }

    #[test]
    fn trailing_newline_makes_texts_unequal() {
        assert!(!text("a").equals(&text("a\n")));
        assert!(
            text("a").equals(&Value::Whole(RawValue::Binary(Zeroizing::new(
                b"a".to_vec()
            ))))
        );
    }
}
