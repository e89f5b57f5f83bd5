//! Conversions from text, bytes and JSON to what a type requests.
//!
//! Text becomes a number, a boolean or a unit enum if the type requests one, and a struct, a map or a sequence if it is
//! JSON. Strings in JSON are converted like text, because the console's key/value editor stores every value as a string.

use serde::de::Visitor;
use serde::de::value::BorrowedStrDeserializer;
use zeroize::Zeroizing;

use super::access::{Entries, sequence};
use super::context::{Context, Form, Offer};
use super::expected::{accepted, expecting, not_text};
use super::mismatch::Mismatch;
use super::node::{Node, ParsedOnce};
use super::number::Number;
use super::text::{described, parsed, scalar, single_line, word};

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
pub(super) enum View<'de> {
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
    pub(super) fn view(self) -> View<'de> {
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

    /// Returns the text, unless it is a key.
    pub(super) fn text(self) -> Option<&'de str> {
        match self.view() {
            View::Text(text, _) => Some(text),
            _ => None,
        }
    }

    /// Passes a scalar to a visitor. An error describes it as `found`.
    pub(super) fn leaf<V: Visitor<'de>>(
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

    pub(super) fn text_leaf<V: Visitor<'de>>(
        self,
        visitor: V,
        text: &'de str,
    ) -> Result<V::Value, Mismatch> {
        let node = || Node::string(text);
        self.leaf(visitor, described(text), node, |visitor| {
            visitor.visit_borrowed_str(text)
        })
    }

    /// Passes a sequence, a map or an enum to a visitor.
    pub(super) fn visit<V: Visitor<'de>>(
        self,
        visitor: V,
        visit: impl FnOnce(V) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        if !self.context.explains() {
            return visit(visitor);
        }
        let expecting = expecting(&visitor);
        visit(visitor).map_err(|mismatch| mismatch.after_visit(&expecting))
    }

    pub(super) fn expected<V: Visitor<'de>>(self, visitor: &V, found: &str) -> Mismatch {
        let text = || Mismatch::expected(&accepted(&expecting(visitor)), found);
        self.context.mismatch(text)
    }

    /// Converts to a number or a boolean.
    pub(super) fn scalar<T, V: Visitor<'de>>(
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
            // serde's requests are hints: some visitors accept other types than they request.
            (None, Item::Json(Node::Number(number))) => self.leaf_number(visitor, number, found),
            (None, Item::Json(Node::Bool(value))) => self.leaf_bool(visitor, *value, found),
            (None, _) => Err(self.expected(&visitor, found)),
        }
    }

    /// Returns the bytes, or JSON that is not text.
    pub(super) fn bytes(self) -> Result<&'de [u8], &'de Node> {
        match self.view() {
            View::Bytes(bytes) => Ok(bytes),
            View::Text(text, _) | View::Key(text) => Ok(text.as_bytes()),
            View::Json(node) => Err(node),
        }
    }

    pub(super) fn byte_leaf<V: Visitor<'de>>(
        self,
        visitor: V,
        bytes: &[u8],
        visit: impl FnOnce(V) -> Result<V::Value, Mismatch>,
    ) -> Result<V::Value, Mismatch> {
        let numbers = bytes.iter().map(number_node);
        self.leaf(visitor, "bytes", || Node::Array(numbers.collect()), visit)
    }

    pub(super) fn variant<V: Visitor<'de>>(
        self,
        visitor: V,
        name: &'de str,
    ) -> Result<V::Value, Mismatch> {
        self.leaf(
            visitor,
            described(name),
            || Node::string(name),
            |visitor| visitor.visit_enum(BorrowedStrDeserializer::new(name)),
        )
    }

    /// Converts JSON to a sequence, a map or a struct.
    pub(super) fn composite<V: Visitor<'de>>(
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

    /// Converts to text. A JSON scalar is converted if there is only one way to write it.
    pub(super) fn textual<V: Visitor<'de>>(
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

    pub(super) fn note_text(self) {
        if matches!(self.item, Item::Text(..) | Item::Bytes(..)) {
            self.context.asked_for_text();
        }
    }

    /// Passes JSON to a visitor as serde's data model has it.
    pub(super) fn natural<V: Visitor<'de>>(
        self,
        node: &'de Node,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
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

    /// Passes text to a visitor that accepts any value: first as text, then as JSON.
    pub(super) fn any_text<V: Visitor<'de>>(
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

fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// Returns the text of a JSON scalar if there is only one way to write it.
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

pub(super) fn number_node<T: Copy>(number: &T) -> Node
where
    Number: From<T>,
{
    Node::Number((*number).into())
}
