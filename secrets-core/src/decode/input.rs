//! A serde deserializer that gives a type what it asks for.
//!
//! Text becomes numbers, booleans and unit enums where those are asked for, and structs, maps and sequences when it
//! is JSON. Strings within JSON are text again, because the console's key/value editor stores every value as one.

use std::fmt;
use std::str::FromStr;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{Deserializer, Expected, Visitor};
use zeroize::Zeroizing;

use super::access::{Byte, Entries, sequence, tagged};
use super::context::{Context, Form, Offer};
use super::mismatch::Mismatch;
use super::node::{Node, ParsedOnce};
use super::number::{Number, float};
use super::text::{
    described, described_as_boolean, described_as_float, described_as_integer, line, parsed,
    scalar, single_line, structure, word,
};

/// A value on its way into a type.
#[derive(Clone, Copy)]
pub(super) struct Input<'de, 'c> {
    pub(super) item: Item<'de>,
    pub(super) context: &'c Context<'de>,
}

#[derive(Clone, Copy)]
pub(super) enum Item<'de> {
    /// A whole secret or variable that is text.
    Text(&'de str, &'de ParsedOnce),
    /// A whole secret that is bytes.
    Bytes(&'de [u8], &'de ParsedOnce),
    /// JSON, or a part of it.
    Json(&'de Node),
    /// The key of an object.
    Key(&'de str),
}

/// An item as most types see it.
enum View<'de> {
    Text(&'de str, &'de ParsedOnce),
    Key(&'de str),
    Bytes(&'de [u8]),
    Json(&'de Node),
}

const BYTES: &str = "bytes that are not UTF-8; add `#[secret(binary)]` to accept them as they are";

impl<'de, 'c> Input<'de, 'c> {
    pub(super) fn new(item: Item<'de>, context: &'c Context<'de>) -> Self {
        Self { item, context }
    }

    /// JSON strings are text.
    fn view(self) -> View<'de> {
        match self.item {
            Item::Text(text, json) => View::Text(text, json),
            Item::Json(Node::String(text)) => View::Text(text, text.json()),
            Item::Json(node) => View::Json(node),
            Item::Key(key) => View::Key(key),
            Item::Bytes(bytes, json) => {
                std::str::from_utf8(bytes).map_or(View::Bytes(bytes), |text| View::Text(text, json))
            }
        }
    }

    /// The text of this very item.
    pub(super) fn text(self) -> Option<&'de str> {
        match self.view() {
            View::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// Gives a visitor a scalar. Its refusal is described by `found`.
    fn leaf<V: Visitor<'de>>(
        self,
        visitor: V,
        found: &'static str,
        node: impl FnOnce() -> Node,
        visit: impl FnOnce(V) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        let expecting = self.context.explains().then(|| expecting(&visitor));
        match (visit(visitor), expecting) {
            (Ok(value), _) => {
                self.context.record_node(node);
                Ok(value)
            }
            (Err(mismatch), None) => Err(mismatch),
            (Err(mismatch), Some(expecting)) => {
                Err(mismatch.after_scalar(&accepted(&expecting), found))
            }
        }
    }

    fn text_leaf<V: Visitor<'de>>(self, visitor: V, text: &'de str) -> Result<V::Value, Mismatch> {
        let node = || Node::string(text);
        self.leaf(visitor, described(text), node, |visitor| {
            visitor.visit_borrowed_str(text)
        })
    }

    /// Gives a visitor something that consists of others.
    fn visit<V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(V) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        if !self.context.explains() {
            return visit(visitor);
        }
        let expecting = expecting(&visitor);
        visit(visitor).map_err(|mismatch| mismatch.after_visit(&expecting, &accepted(&expecting)))
    }

    fn expected<V: Visitor<'de>>(self, visitor: &V, found: &str) -> Mismatch {
        let text = || Mismatch::expected(&accepted(&expecting(visitor)), found);
        self.context.mismatch(text)
    }

    /// A number or a boolean.
    fn scalar<T, V: Visitor<'de>>(
        self,
        visitor: V,
        parse: fn(&str) -> Option<T>,
        described: fn(&str) -> &'static str,
        node: fn(&T) -> Node,
        visit: fn(V, T) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        let (digits, found) = match self.view() {
            View::Text(text, _) | View::Key(text) => (word(text), described(text)),
            View::Json(Node::Number(number)) => (number.as_str(), described(number.as_str())),
            View::Json(Node::Bool(true)) => ("true", "a boolean"),
            View::Json(Node::Bool(false)) => ("false", "a boolean"),
            View::Json(node) => return self.natural(node, visitor),
            View::Bytes(_) => return Err(self.expected(&visitor, BYTES)),
        };
        match (parse(digits), self.item) {
            (Some(value), _) => {
                let recorded = self.context.records().then(|| node(&value));
                let node = || recorded.unwrap_or(Node::Null);
                self.leaf(visitor, found, node, |visitor| visit(visitor, value))
            }
            // A hint is not binding: some visitors that ask for one number take another.
            (None, Item::Json(Node::Number(number))) => self.leaf_number(visitor, number, found),
            (None, Item::Json(Node::Bool(value))) => self.leaf_bool(visitor, *value, found),
            (None, _) => Err(self.expected(&visitor, found)),
        }
    }

    /// The bytes of bytes and of text.
    fn bytes(self) -> Result<&'de [u8], &'de Node> {
        match self.view() {
            View::Bytes(bytes) => Ok(bytes),
            View::Text(text, _) | View::Key(text) => Ok(text.as_bytes()),
            View::Json(node) => Err(node),
        }
    }

    fn byte_leaf<V: Visitor<'de>>(
        self,
        visitor: V,
        bytes: &[u8],
        visit: impl FnOnce(V) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        let numbers = bytes.iter().map(number_node);
        self.leaf(visitor, "bytes", || Node::Array(numbers.collect()), visit)
    }

    fn variant<V: Visitor<'de>>(self, visitor: V, name: &'de str) -> Result<V::Value, Mismatch> {
        self.leaf(
            visitor,
            described(name),
            || Node::string(name),
            |visitor| visitor.visit_enum(BorrowedStrDeserializer::new(name)),
        )
    }

    /// Something that only JSON can contain.
    fn composite<V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(V, &'de Node) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        match self.view() {
            View::Text("", _) => Err(self.expected(&visitor, "empty text")),
            View::Text(text, json) => match parsed(text, json) {
                Ok(node) => self.visit(visitor, |visitor| visit(visitor, node)),
                Err(at) => Err(self.context.mismatch(|| {
                    Mismatch::new(format!(
                        "expected {} as JSON, found text that is not JSON (line {}, column {})",
                        expecting(&visitor),
                        at.line,
                        at.column
                    ))
                })),
            },
            View::Json(node) => self.visit(visitor, |visitor| visit(visitor, node)),
            View::Key(_) => Err(self.expected(&visitor, "a key")),
            View::Bytes(_) => Err(self.expected(&visitor, BYTES)),
        }
    }

    /// Text, and of JSON the scalars whose text is certain.
    fn textual<V: Visitor<'de>>(
        self,
        visitor: V,
        form: impl FnOnce(&'de str) -> &'de str,
    ) -> Result<V::Value, Mismatch> {
        self.note_text();
        match self.view() {
            View::Text(text, _) => self.text_leaf(visitor, form(text)),
            View::Key(key) => self.text_leaf(visitor, key),
            View::Json(Node::Bool(value)) => self.text_leaf(visitor, boolean(*value)),
            View::Json(Node::Number(number)) if number.is_integer() => {
                self.text_leaf(visitor, number.as_str())
            }
            View::Json(node) => Err(self.expected(&visitor, not_text(node))),
            View::Bytes(_) => Err(self.expected(&visitor, BYTES)),
        }
    }

    fn note_text(self) {
        if matches!(self.item, Item::Text(..) | Item::Bytes(..)) {
            self.context.asked_for_text();
        }
    }

    /// Gives a visitor what JSON itself says.
    fn natural<V: Visitor<'de>>(self, node: &'de Node, visitor: V) -> Result<V::Value, Mismatch> {
        let here = Self {
            item: Item::Json(node),
            ..self
        };
        match node {
            Node::Null => here.leaf(visitor, node.kind(), || Node::Null, V::visit_unit),
            Node::Bool(value) => here.boolean(visitor, value),
            Node::Number(number) => here.number(visitor, number),
            Node::String(text) => here.any_text(visitor, text, text.json()),
            Node::Unpaired => Err(here.expected(&visitor, node.kind())),
            Node::Array(items) => {
                let items = items.iter().map(|item| Self {
                    item: Item::Json(item),
                    ..here
                });
                here.visit(visitor, |visitor| sequence(here.context, items, visitor))
            }
            Node::Object(entries) => {
                let entries = Entries::new(here.context, entries, &[])?;
                here.visit(visitor, |visitor| entries.visit(visitor))
            }
        }
    }

    fn boolean<V: Visitor<'de>>(self, visitor: V, value: &'de bool) -> Result<V::Value, Mismatch> {
        match self.context.offer(Offer::Bool(value)) {
            Form::Second => self.text_leaf(visitor, boolean(*value)),
            _ => self.leaf_bool(visitor, *value, "a boolean"),
        }
    }

    fn number<V: Visitor<'de>>(
        self,
        visitor: V,
        number: &'de Number,
    ) -> Result<V::Value, Mismatch> {
        let is_exact = number.is_small() || number.fits_f64();
        match (self.context.offer(Offer::Number(number)), is_exact) {
            (Form::Unusable, _) => visitor.visit_borrowed_bytes(&[]),
            (Form::Second, true) | (Form::First, false) => self.text_leaf(visitor, number.as_str()),
            _ => self.leaf_number(visitor, number, "a number"),
        }
    }

    fn leaf_bool<V: Visitor<'de>>(
        self,
        visitor: V,
        value: bool,
        found: &'static str,
    ) -> Result<V::Value, Mismatch> {
        self.leaf(
            visitor,
            found,
            || Node::Bool(value),
            |visitor| visitor.visit_bool(value),
        )
    }

    fn leaf_number<V: Visitor<'de>>(
        self,
        visitor: V,
        number: &'de Number,
        found: &'static str,
    ) -> Result<V::Value, Mismatch> {
        let node = || Node::Number(number.clone());
        self.leaf(visitor, found, node, |visitor| numeric(number, visitor))
    }

    /// Text for a type that takes anything: as it is, then as the JSON that it may be.
    fn any_text<V: Visitor<'de>>(
        self,
        visitor: V,
        text: &'de str,
        json: &'de ParsedOnce,
    ) -> Result<V::Value, Mismatch> {
        let is_second = self.context.offer(Offer::Text(text, json)) == Form::Second;
        let second = if is_second { scalar(text, json) } else { None };
        match second {
            Some(node) => self.natural(node, visitor),
            None if is_second && text.is_empty() => {
                self.leaf(visitor, "empty text", || Node::Null, V::visit_unit)
            }
            None => self.text_leaf(visitor, single_line(text)),
        }
    }
}

/// JSON that is not text, for one who expected text.
pub(super) fn not_text(node: &Node) -> &'static str {
    match node {
        Node::Number(_) => {
            "a number whose digits JSON does not fix; put it in quotation marks to keep them"
        }
        node => node.kind(),
    }
}

fn expecting<'de, V: Visitor<'de>>(visitor: &V) -> String {
    (visitor as &dyn Expected).to_string()
}

/// What is accepted, where serde has no more than a type's name for it.
pub(super) fn accepted(expecting: &str) -> String {
    fn integer<T: fmt::Display>(least: T, greatest: T) -> String {
        format!("an integer from {least} to {greatest}")
    }
    match expecting {
        "u8" => integer(u8::MIN, u8::MAX),
        "u16" => integer(u16::MIN, u16::MAX),
        "u32" => integer(u32::MIN, u32::MAX),
        "u64" | "usize" => integer(u64::MIN, u64::MAX),
        "u128" => integer(u128::MIN, u128::MAX),
        "i8" => integer(i8::MIN, i8::MAX),
        "i16" => integer(i16::MIN, i16::MAX),
        "i32" => integer(i32::MIN, i32::MAX),
        "i64" | "isize" => integer(i64::MIN, i64::MAX),
        "i128" => integer(i128::MIN, i128::MAX),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a character" => "a single character".to_owned(),
        other => other.to_owned(),
    }
}

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// The text of a JSON scalar, if every program writes the same.
pub(crate) fn scalar_text(node: &Node) -> Option<Zeroizing<String>> {
    let text = match node {
        Node::String(text) => text,
        Node::Bool(value) => boolean(*value),
        Node::Number(number) if number.is_integer() => number.as_str(),
        _ => return None,
    };
    Some(Zeroizing::new(text.to_owned()))
}

fn numeric<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Mismatch> {
    let is_integer = number.is_integer();
    match (number.parse(), number.parse(), number.as_f64()) {
        (Some(value), _, _) if is_integer => visitor.visit_u64(value),
        (_, Some(value), _) if is_integer => visitor.visit_i64(value),
        (_, _, Some(value)) => visitor.visit_f64(value),
        (_, _, None) => Err(Mismatch::expected(
            &expecting(&visitor),
            "a number out of range",
        )),
    }
}

/// Rust and JSON write numbers alike, but for the plus sign.
fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn number_node<T: Copy>(number: &T) -> Node
where
    Number: From<T>,
{
    Node::Number((*number).into())
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
        deserialize_f32 visit_f32 float described_as_float number_node,
        deserialize_f64 visit_f64 float described_as_float number_node,
    }

    /// A type that takes anything gets JSON's structure where the text is an object or an array, else the text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.item {
            Item::Json(node) => self.natural(node, visitor),
            Item::Key(key) => self.text_leaf(visitor, key),
            Item::Bytes(bytes, _) => self.byte_leaf(visitor, bytes, |visitor| {
                visitor.visit_borrowed_bytes(bytes)
            }),
            Item::Text(text, json) => match structure(text, json) {
                Some(node) => self.natural(node, visitor),
                None => self.any_text(visitor, text, json),
            },
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let is_one = |text: &str| text.chars().nth(1).is_none();
        self.textual(visitor, |text| if is_one(text) { text } else { line(text) })
    }

    /// `String` asks for an owned string, so whatever asks for a borrowed one is not text but made from it.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.textual(visitor, line)
    }

    /// An owned string of exact size moves into `String` and `SecretString` without another copy. It keeps the newline
    /// at its end, unless the type refused that.
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let View::Text(text, _) = self.view() else {
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

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.textual(visitor, word)
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

    /// An empty string in JSON is `null` for a type that takes no empty text, as an empty variable is unset.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.view() {
            View::Json(Node::Null) => self.leaf(visitor, "null", || Node::Null, V::visit_none),
            View::Text(text @ "", _) if self.context.is_second(text) => {
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
        match self.item {
            Item::Bytes(bytes, _) => self.visit(visitor, |visitor| {
                let bytes = bytes.iter().map(|byte| Byte(*byte, self.context));
                sequence(self.context, bytes, visitor)
            }),
            _ => self.composite(visitor, |visitor, node| self.natural(node, visitor)),
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
        self.composite(visitor, |visitor, node| self.natural(node, visitor))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let filled = self.composite(visitor, |visitor, node| match node {
            Node::Object(entries) => Entries::new(self.context, entries, fields)?.visit(visitor),
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
            View::Key(name) => self.variant(visitor, name),
            View::Text(text, json) if structure(text, json).is_none() => {
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
