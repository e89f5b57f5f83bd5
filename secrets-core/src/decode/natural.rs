//! JSON and text for types that accept any value.

use serde::de::Visitor;

use super::access::{ObjectEntries, sequence};
use super::context::{Offer, OfferedForm};
use super::expected::expecting;
use super::input::{Input, boolean};
use super::item::Item;
use super::mismatch::Mismatch;
use super::text::{scalar, single_line};
use crate::json::{Node, Number, ParsedOnce};

impl<'de> Input<'de, '_> {
    /// Passes JSON to a visitor in serde's data model.
    pub(super) fn natural<V: Visitor<'de>>(
        self,
        node: &'de Node,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match node {
            Node::Null => self.leaf(visitor, node.kind(), || Node::Null, V::visit_unit),
            Node::Bool(value) => self.boolean(visitor, value),
            Node::Number(number) => self.number(visitor, number),
            Node::String(text) => self.any_text(visitor, text, text.json()),
            Node::Unpaired | Node::OfUnpairedKey => Err(self.expected(&visitor, node.kind())),
            Node::Array(items) => {
                let items = items.iter().map(|item| Self {
                    item: Item::Json(item),
                    ..self
                });
                self.visit(visitor, |visitor| sequence(self.context, items, visitor))
            }
            Node::Object(entries) => {
                let entries = ObjectEntries::new(self.context, entries, &[])?;
                self.visit(visitor, |visitor| entries.visit(visitor))
            }
        }
    }

    fn boolean<V: Visitor<'de>>(self, visitor: V, value: &'de bool) -> Result<V::Value, Mismatch> {
        match self.context.offer(Offer::Bool(value)) {
            OfferedForm::Second => self.text_leaf(visitor, boolean(*value)),
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
            (OfferedForm::Unusable, _) => visitor.visit_borrowed_bytes(&[]),
            (OfferedForm::Second, true) | (OfferedForm::First, false) => {
                self.text_leaf(visitor, number.as_str())
            }
            _ => self.leaf_number(visitor, number, "a number"),
        }
    }

    pub(super) fn leaf_bool<V: Visitor<'de>>(
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

    pub(super) fn leaf_number<V: Visitor<'de>>(
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
        let is_second = self.context.offer(Offer::Text(text, json)) == OfferedForm::Second;
        let second = if is_second { scalar(text, json) } else { None };
        match second {
            Some(node) => self.natural(node, visitor),
            None if is_second && text.is_empty() => {
                self.leaf(visitor, "empty text", || Node::Null, V::visit_unit)
            }
            // A type of bytes receives all of them.
            None if matches!(self.item, Item::Utf8(..)) => self.text_leaf(visitor, text),
            None => self.text_leaf(visitor, single_line(text)),
        }
    }
}

fn numeric<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Mismatch> {
    match (number.parse(), number.parse(), number.as_f64()) {
        (Some(value), _, _) => visitor.visit_u64(value),
        // The number `-0` is a float.
        (_, Some(value), _) if number.is_integer() => visitor.visit_i64(value),
        (_, _, Some(value)) => visitor.visit_f64(value),
        (_, _, None) => Err(Mismatch::expected(
            &expecting(&visitor),
            "a number out of range",
        )),
    }
}
