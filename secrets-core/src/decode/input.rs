//! A serde deserializer that gives a type what it asks for.
//!
//! Text becomes numbers, booleans and unit enums where those are asked for, and structs, maps and sequences when it
//! is JSON. Strings within JSON are text again, because the console's key/value editor stores every value as one.

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};
use serde_json::Number;
use zeroize::Zeroizing;

use super::access::{Byte, Entries, sequence, tagged};
use super::mismatch::Mismatch;
use super::node::Node;

/// A value on its way into a type.
#[derive(Clone, Copy)]
pub(crate) enum Input<'a> {
    /// A whole secret or variable that is text.
    Text(&'a str),
    /// A whole secret that is bytes.
    Bytes(&'a [u8]),
    /// JSON, or a part of it.
    Json(&'a Node),
}

/// An input that is looked at more closely.
enum Shape<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Json(&'a Node),
}

impl<'a> Input<'a> {
    /// JSON strings are text.
    fn shape(self) -> Shape<'a> {
        match self {
            Self::Text(text) => Shape::Text(text),
            Self::Json(Node::String(text)) => Shape::Text(text),
            Self::Json(node) => Shape::Json(node),
            Self::Bytes(bytes) => {
                std::str::from_utf8(bytes).map_or(Shape::Bytes(bytes), Shape::Text)
            }
        }
    }

    /// A number or a boolean, whose text may have come with the newline at the end of a file.
    fn scalar<'de, T: std::str::FromStr, V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(V, T) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Text(text) => match text.trim_end_matches(['\r', '\n']).parse() {
                Ok(value) => visit(visitor, value),
                Err(_) => Err(Mismatch::expected(&visitor, "other text")),
            },
            Shape::Json(node) => natural(node, visitor),
            Shape::Bytes(_) => Err(Mismatch::expected(&visitor, BYTES)),
        }
    }

    /// Something that only JSON can hold.
    fn composite<'de, V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(V, &Node) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Text(text) => match Node::parse(text) {
                Ok(node) => visit(visitor, &node),
                Err(at) => Err(Mismatch::new(format!(
                    "expected {} as JSON, found text that is not JSON (line {}, column {})",
                    &visitor as &dyn serde::de::Expected, at.line, at.column
                ))),
            },
            Shape::Json(node) => visit(visitor, node),
            Shape::Bytes(_) => Err(Mismatch::expected(&visitor, BYTES)),
        }
    }

    /// Text that is looked at: a visitor that would drop an owned string would not wipe it.
    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Text(text) => visitor.visit_str(text),
            Shape::Bytes(_) => Err(Mismatch::expected(&visitor, BYTES)),
            Shape::Json(node) => match scalar_text(node) {
                Some(text) => visitor.visit_str(&text),
                None => Err(Mismatch::expected(&visitor, node.kind())),
            },
        }
    }
}

const BYTES: &str = "bytes that are not UTF-8; add `#[secret(binary)]` to take them as they are";

/// The text of a JSON scalar, where it is certain: a float's digits are not kept by JSON parsers.
pub(crate) fn scalar_text(node: &Node) -> Option<Zeroizing<String>> {
    let text = match node {
        Node::String(text) => return Some(text.clone()),
        Node::Bool(value) => Some(value.to_string()),
        Node::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Some(value.to_string()),
            (None, value) => value.map(|value| value.to_string()),
        },
        _ => None,
    };
    text.map(Zeroizing::new)
}

/// Gives a visitor what JSON itself says.
fn natural<'de, V: Visitor<'de>>(node: &Node, visitor: V) -> Result<V::Value, Mismatch> {
    match node {
        Node::Null => visitor.visit_unit(),
        Node::Bool(value) => visitor.visit_bool(*value),
        Node::Number(number) => numeric(number, visitor),
        Node::String(text) => visitor.visit_str(text),
        Node::Array(items) => sequence(items.iter().map(Input::Json), visitor),
        Node::Object(entries) => visitor.visit_map(Entries::new(entries, &[])?),
    }
}

fn numeric<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Mismatch> {
    match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(value), _, _) => visitor.visit_u64(value),
        (_, Some(value), _) => visitor.visit_i64(value),
        (_, _, Some(value)) => visitor.visit_f64(value),
        (None, None, None) => Err(Mismatch::expected(&visitor, "a number out of range")),
    }
}

impl IntoDeserializer<'_, Mismatch> for Input<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! scalars {
    ($($method:ident => $visit:ident,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.scalar(visitor, V::$visit)
        })*
    };
}

impl<'de> Deserializer<'de> for Input<'_> {
    type Error = Mismatch;

    scalars! {
        deserialize_bool => visit_bool,
        deserialize_i8 => visit_i8,
        deserialize_i16 => visit_i16,
        deserialize_i32 => visit_i32,
        deserialize_i64 => visit_i64,
        deserialize_i128 => visit_i128,
        deserialize_u8 => visit_u8,
        deserialize_u16 => visit_u16,
        deserialize_u32 => visit_u32,
        deserialize_u64 => visit_u64,
        deserialize_u128 => visit_u128,
        deserialize_f32 => visit_f32,
        deserialize_f64 => visit_f64,
    }

    /// A type that takes anything gets JSON's structure where the text is an object or an array, else the text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Json(node) => natural(node, visitor),
            Self::Bytes(bytes) => visitor.visit_bytes(bytes),
            Self::Text(text) if text.trim_start().starts_with(['{', '[']) => {
                match Node::parse(text) {
                    Ok(node) => natural(&node, visitor),
                    Err(_) => visitor.visit_str(text),
                }
            }
            Self::Text(text) => visitor.visit_str(text),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.text(visitor)
    }

    /// An owned string of exact size moves into `String` and `SecretString` without another copy.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Text(text) => visitor.visit_string(text.to_owned()),
            _ => self.text(visitor),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Bytes(bytes) => visitor.visit_bytes(bytes),
            Shape::Text(text) => visitor.visit_bytes(text.as_bytes()),
            Shape::Json(node) => natural(node, visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Bytes(bytes) => visitor.visit_byte_buf(bytes.to_owned()),
            Shape::Text(text) => visitor.visit_byte_buf(text.as_bytes().to_owned()),
            Shape::Json(node) => natural(node, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Json(Node::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.composite(visitor, |visitor, node| natural(node, visitor))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    /// Bytes fill a sequence of numbers too, so that a binary secret fills `Vec<u8>`.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Bytes(bytes) => sequence(bytes.iter().copied().map(Byte), visitor),
            _ => self.composite(visitor, |visitor, node| natural(node, visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.composite(visitor, |visitor, node| natural(node, visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.composite(visitor, |visitor, node| match node {
            Node::Object(entries) => visitor.visit_map(Entries::new(entries, fields)?),
            node => natural(node, visitor),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.shape() {
            Shape::Text(text) if !text.trim_start().starts_with('{') => {
                visitor.visit_enum(StrDeserializer::new(text))
            }
            _ => self.composite(visitor, tagged),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests;
