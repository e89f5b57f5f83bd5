//! The implementation of `figment::Provider`.

use figment::value::{Dict, Empty, Map, Tag, Value};
use figment::{Error, Metadata, Profile, Provider};

use super::Layer;
use crate::json::{Entry, Node, Number};

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(dict(&self.table)))
    }
}

fn dict(table: &[Entry]) -> Dict {
    let entries = table.iter();
    entries
        .map(|(name, node)| (name.to_string(), value(node)))
        .collect()
}

fn value(node: &Node) -> Value {
    match node {
        // An unpaired surrogate only occurs in keys and values that the field's type ignores.
        Node::Null | Node::Unpaired | Node::OfUnpairedKey => {
            Value::Empty(Tag::Default, Empty::Unit)
        }
        Node::Bool(value) => Value::from(*value),
        Node::Number(value) => number(value),
        Node::String(text) => Value::from(&**text),
        Node::Array(items) => Value::from(items.iter().map(value).collect::<Vec<_>>()),
        Node::Object(entries) => Value::from(dict(entries)),
    }
}

fn number(number: &Number) -> Value {
    match (number.parse::<u64>(), number.parse::<i64>()) {
        (Some(number), _) => Value::from(number),
        (_, Some(number)) => Value::from(number),
        _ => match (number.parse::<u128>(), number.parse::<i128>()) {
            (Some(number), _) => Value::from(number),
            (_, Some(number)) => Value::from(number),
            _ => Value::from(number.parse::<f64>().unwrap_or(f64::NAN)),
        },
    }
}
