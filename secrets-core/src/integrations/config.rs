//! The implementation of `config::Source`.

use config::{ConfigError, Map, Source, Value, ValueKind};

use super::Layer;
use crate::json::{Entry, Node, Number};

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(table(&self.table, &self.origin()))
    }
}

fn table(entries: &[Entry], origin: &String) -> Map<String, Value> {
    let entries = entries.iter();
    entries
        .map(|(name, node)| (name.to_string(), value(node, origin)))
        .collect()
}

fn value(node: &Node, origin: &String) -> Value {
    let kind = match node {
        // An unpaired surrogate only occurs in keys and values that the field's type ignores.
        Node::Null | Node::Unpaired | Node::OfUnpairedKey => ValueKind::Nil,
        Node::Bool(value) => ValueKind::Boolean(*value),
        Node::Number(value) => number(value),
        Node::String(text) => ValueKind::String(text.to_string()),
        Node::Array(items) => {
            ValueKind::Array(items.iter().map(|item| value(item, origin)).collect())
        }
        Node::Object(entries) => ValueKind::Table(table(entries, origin)),
    };
    Value::new(Some(origin), kind)
}

fn number(number: &Number) -> ValueKind {
    match (number.parse(), number.parse()) {
        (Some(number), _) => ValueKind::I64(number),
        (_, Some(number)) => ValueKind::U64(number),
        _ => match (number.parse(), number.parse()) {
            (Some(number), _) => ValueKind::I128(number),
            (_, Some(number)) => ValueKind::U128(number),
            _ => ValueKind::Float(number.parse().unwrap_or(f64::NAN)),
        },
    }
}
