//! Values that are written in different ways: their equality, and their text in an environment variable.

use zeroize::Zeroizing;

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

    /// Returns whether both decode to the same list.
    pub(crate) fn equals_list(&self, other: &Self, separator: &str) -> bool {
        let items = (self.split(separator), other.split(separator));
        self.equals(other) || matches!(items, (Ok(one), Ok(other)) if one.equals(&other))
    }

    /// Returns the text of an environment variable with this value. Returns `None` if it is not text.
    pub(crate) fn variable_text(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::Whole(raw) => raw.text().map(|text| Zeroizing::new(text.to_owned())),
            Self::Json(node) => node.plain_text(),
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
    fn numbers_are_compared_exactly() {
        for (one, other) in [("5", "5"), ("1.50", "1.5"), ("100", "1e2"), ("1.0", "1")] {
            assert!(json(one).equals(&json(other)), "{one}, {other}");
            assert!(json(other).equals(&json(one)), "{one}, {other}");
        }
        // Their nearest floats are equal.
        let (one, other) = ("9007199254740992", "9007199254740993");
        assert!(!json(one).equals(&json(other)));
        assert!(!text(one).equals(&json(other)));
        assert!(!json("1.5").equals(&json("2.5")));
    }

    #[test]
    fn different_structures_are_unequal() {
        for (one, other) in [
            ("[1]", "[1, 2]"),
            ("[1, 2]", "[2, 1]"),
            (r#"{"a": 1}"#, r#"{"a": 2}"#),
            (r#"{"a": 1}"#, r#"{"b": 1}"#),
            ("true", "false"),
            ("null", "\"null\""),
        ] {
            assert!(!json(one).equals(&json(other)), "{one}, {other}");
            assert!(!json(other).equals(&json(one)), "{one}, {other}");
        }
    }

    #[test]
    fn json_in_string_is_compared() {
        let in_string = json(r#""{\"a\": [1]}""#);
        for equal in [r#"{"a":[1]}"#, r#"{"a": ["1"]}"#] {
            assert!(text(equal).equals(&in_string) && in_string.equals(&text(equal)));
        }
        assert!(!text(r#"{"a": [2]}"#).equals(&in_string));
    }

    #[test]
    fn variable_contains_text_of_value() {
        for (value, expected) in [
            (text("a\n"), Some("a\n")),
            (json("\"a\""), Some("a")),
            (json("5432"), Some("5432")),
            (json("true"), Some("true")),
            (Value::Whole(RawValue::Binary(vec![255].into())), None),
        ] {
            let variable = value.variable_text();
            assert_eq!(variable.as_ref().map(|text| text.as_str()), expected);
        }
    }

    #[cfg(feature = "aws")]
    #[test]
    fn values_are_compared_with_text() {
        assert!(text("a").is_text("a") && !text("a").is_text("a\n"));
        assert!(json("\"a\"").is_text("a") && !json("\"a\"").is_text("b"));
        assert!(json("5").is_text("5") && !json("5").is_text("6"));
    }

    #[test]
    fn lists_are_compared_by_items() {
        let list = json(r#"["80", 443]"#);
        for equal in [text("80,443"), text(" 80 , 443\n"), json("\"80,443\"")] {
            assert!(list.equals_list(&equal, ",") && equal.equals_list(&list, ","));
        }
        assert!(!list.equals_list(&text("443,80"), ","));
        assert!(!list.equals_list(&text("80;443"), ","));
        assert!(!list.equals_list(&json("{}"), ","));
        assert!(json("1.5").equals_list(&text("1.5"), ","));
        let bytes = || Value::Whole(RawValue::Binary(Zeroizing::new(vec![255])));
        assert!(bytes().equals_list(&bytes(), ","));
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
