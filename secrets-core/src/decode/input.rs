//! Conversions from text, bytes and JSON to what a type requests.
//!
//! Text becomes a number, a boolean or a unit enum if the type requests one, and a struct, a map or a sequence if it is
//! JSON. Strings in JSON are converted like text, because the console's key/value editor stores every value as a
//! string.

use std::fmt;

use serde::de::Visitor;
use serde::de::value::BorrowedStrDeserializer;

use super::context::Context;
use super::expected::{accepted, expecting, not_text};
use super::item::{Item, ItemView};
use super::mismatch::Mismatch;
use super::text::{described, parsed, word};
use crate::json::{Node, Number};

/// A value on its way into a type.
#[derive(Clone, Copy)]
pub struct Input<'de, 'c> {
    pub(super) item: Item<'de>,
    pub(super) context: &'c Context<'de>,
}

const BYTES: &str = "bytes that are not UTF-8; add `#[secret(binary)]` to accept them as they are";

impl<'de, 'c> Input<'de, 'c> {
    pub(super) fn new(item: Item<'de>, context: &'c Context<'de>) -> Self {
        Self { item, context }
    }

    /// Decodes the value. If text is rejected, the next pass offers it in another form.
    pub(super) fn refusing<T>(
        self,
        decode: impl FnOnce(Self) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        decode(self).inspect_err(|_| {
            if let Some(text) = self.text() {
                self.context.refuse(text);
            }
        })
    }

    /// JSON strings are text.
    pub(super) fn view(self) -> ItemView<'de> {
        match self.item {
            Item::Text(text, json) | Item::Utf8(text, json) => ItemView::Text(text, json),
            Item::Json(Node::String(text)) => ItemView::Text(text, text.json()),
            Item::Json(node) => ItemView::Json(node),
            Item::Key(key) => ItemView::Key(key),
            Item::Bytes(bytes, json) => std::str::from_utf8(bytes)
                .map_or(ItemView::Bytes(bytes), |text| ItemView::Text(text, json)),
        }
    }

    /// Returns the text, unless it is a key.
    pub(super) fn text(self) -> Option<&'de str> {
        match self.view() {
            ItemView::Text(text, _) => Some(text),
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
            ItemView::Text(text, _) | ItemView::Key(text) => (word(text), described(text)),
            ItemView::Json(Node::Number(number)) => (number.as_str(), described(number.as_str())),
            ItemView::Json(Node::Bool(true)) => ("true", "a boolean"),
            ItemView::Json(Node::Bool(false)) => ("false", "a boolean"),
            ItemView::Json(node) => return self.natural(node, visitor),
            ItemView::Bytes(_) => return Err(self.expected(&visitor, BYTES)),
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
            ItemView::Bytes(bytes) => Ok(bytes),
            ItemView::Text(text, _) | ItemView::Key(text) => Ok(text.as_bytes()),
            ItemView::Json(node) => Err(node),
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
            ItemView::Text("", _) => Err(self.expected(&visitor, "empty text")),
            ItemView::Text(text, json) => match parsed(text, json) {
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
            ItemView::Json(node) => self.visit(visitor, |visitor| visit(visitor, node)),
            ItemView::Key(_) => Err(self.expected(&visitor, "a key")),
            ItemView::Bytes(_) => Err(self.expected(&visitor, BYTES)),
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
            ItemView::Text(text, _) => self.text_leaf(visitor, form(text)),
            ItemView::Key(key) => self.text_leaf(visitor, key),
            ItemView::Json(Node::Bool(value)) => self.text_leaf(visitor, boolean(*value)),
            ItemView::Json(Node::Number(number)) if number.is_integer() => {
                self.text_leaf(visitor, number.as_str())
            }
            ItemView::Json(node) => Err(self.expected(&visitor, not_text(node))),
            ItemView::Bytes(_) => Err(self.expected(&visitor, BYTES)),
        }
    }

    pub(super) fn note_text(self) {
        if matches!(self.item, Item::Text(..) | Item::Utf8(..) | Item::Bytes(..)) {
            self.context.requests_text();
        }
    }
}

impl fmt::Debug for Input<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").finish_non_exhaustive()
    }
}

pub(super) fn boolean(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

pub(super) fn number_node<T: Copy>(number: &T) -> Node
where
    Number: From<T>,
{
    Node::Number((*number).into())
}
