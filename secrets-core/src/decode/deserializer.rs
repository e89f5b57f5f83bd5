//! The deserializer, with one method for each of serde's requests.

use std::str::FromStr;

use serde::de::{Deserializer, Visitor};

use super::access::{Byte, ObjectEntries, sequence, tagged};
use super::input::{Input, number_node};
use super::item::{Item, ItemView};
use super::mismatch::Mismatch;
use super::text::{
    described, described_as_boolean, described_as_float, described_as_integer, line, structure,
    word,
};
use crate::json::Node;
use crate::json::float;

/// Rust's syntax of numbers includes JSON's.
fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

macro_rules! scalars {
    ($($method:ident $visit:ident $parse:ident $described:ident $node:expr,)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.scalar(visitor, $parse, $described, $node, V::$visit)
        })*
    };
}

impl<'de> Deserializer<'de> for Input<'de, '_> {
    type Error = Mismatch;

    scalars! {
        deserialize_bool visit_bool parse described_as_boolean |value| Node::Bool(*value),
        deserialize_i8 visit_i8 parse described_as_integer number_node,
        deserialize_i16 visit_i16 parse described_as_integer number_node,
        deserialize_i32 visit_i32 parse described_as_integer number_node,
        deserialize_i64 visit_i64 parse described_as_integer number_node,
        deserialize_i128 visit_i128 parse described_as_integer number_node,
        deserialize_u8 visit_u8 parse described_as_integer number_node,
        deserialize_u16 visit_u16 parse described_as_integer number_node,
        deserialize_u32 visit_u32 parse described_as_integer number_node,
        deserialize_u64 visit_u64 parse described_as_integer number_node,
        deserialize_u128 visit_u128 parse described_as_integer number_node,
        deserialize_f64 visit_f64 float described_as_float number_node,
    }

    /// Rejects a JSON number out of range. serde's `f32` also accepts an `f64`, which would become infinity or zero.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.item {
            Item::Json(Node::Number(number)) if float::<f32>(number.as_str()).is_none() => {
                Err(self.expected(&visitor, described_as_float(number.as_str())))
            }
            _ => self.scalar(
                visitor,
                float,
                described_as_float,
                number_node,
                V::visit_f32,
            ),
        }
    }

    /// Passes text that is an object or an array as JSON.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.item {
            Item::Json(node) => self.natural(node, visitor),
            Item::Key(key) => self.text_leaf(visitor, key),
            Item::Bytes(bytes, _) => self.byte_leaf(visitor, bytes, |visitor| {
                visitor.visit_borrowed_bytes(bytes)
            }),
            Item::Text(text, json) | Item::Utf8(text, json) => match structure(text, json) {
                Some(node) => self.natural(node, visitor),
                None => self.any_text(visitor, text, json),
            },
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let is_one = |text: &str| text.chars().nth(1).is_none();
        self.textual(visitor, |text| if is_one(text) { text } else { line(text) })
    }

    /// Drops the newline at the end. `String` requests an owned string; a type that requests a borrowed one is usually
    /// parsed from it.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.textual(visitor, line)
    }

    /// Keeps the newline at the end, unless the type rejected it. `String` and `SecretString` take over an owned string
    /// of the exact size without another copy.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let ItemView::Text(text, _) = self.view() else {
            return self.textual(visitor, |text| text);
        };
        self.note_text();
        let text = if self.context.is_second(text) {
            line(text)
        } else {
            text
        };
        self.leaf(
            visitor,
            described(text),
            || Node::string(text),
            |visitor| visitor.visit_string(text.to_owned()),
        )
    }

    /// Passes a key with an unpaired surrogate as bytes that are not UTF-8. A struct ignores it, also if it has a
    /// flattened field, but a flattened map rejects it.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.item {
            Item::Json(Node::OfUnpairedKey) => visitor.visit_borrowed_bytes(b"\xff"),
            _ => self.textual(visitor, word),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.bytes() {
            Ok(bytes) => self.byte_leaf(visitor, bytes, |visitor| {
                visitor.visit_borrowed_bytes(bytes)
            }),
            Err(node) => self.natural(node, visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.bytes() {
            Ok(bytes) => self.byte_leaf(visitor, bytes, |visitor| {
                visitor.visit_byte_buf(bytes.to_owned())
            }),
            Err(node) => self.natural(node, visitor),
        }
    }

    /// Returns `None` for an empty string if the type does not accept empty text, as an empty variable is unset.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.view() {
            ItemView::Json(Node::Null) => self.leaf(visitor, "null", || Node::Null, V::visit_none),
            ItemView::Text(text @ "", _) if self.context.is_second(text) => {
                self.leaf(visitor, "empty text", || Node::Null, V::visit_none)
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.composite(visitor, |visitor, node| self.natural(node, visitor))
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
        self.visit(visitor, |visitor| visitor.visit_newtype_struct(self))
    }

    /// Bytes fill a sequence of numbers too, so that a binary secret fills `Vec<u8>`.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let bytes = match self.item {
            Item::Bytes(bytes, _) => bytes,
            Item::Utf8(text, _) => text.as_bytes(),
            _ => return self.composite(visitor, |visitor, node| self.natural(node, visitor)),
        };
        self.visit(visitor, |visitor| {
            let bytes = bytes.iter().map(|byte| Byte(*byte, self.context));
            sequence(self.context, bytes, visitor)
        })
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
        self.composite(visitor, |visitor, node| self.natural(node, visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let filled = self.composite(visitor, |visitor, node| match node {
            Node::Object(entries) => {
                ObjectEntries::new(self.context, entries, fields)?.visit(visitor)
            }
            node => self.natural(node, visitor),
        });
        filled.map_err(|mismatch| mismatch.with_declared(fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let filled = match self.view() {
            ItemView::Key(name) => self.variant(visitor, name),
            ItemView::Text(text, json) if structure(text, json).is_none() => {
                self.variant(visitor, word(text))
            }
            _ => self.composite(visitor, |visitor, node| tagged(self.context, visitor, node)),
        };
        filled.map_err(|mismatch| mismatch.with_declared(variants))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }
}
