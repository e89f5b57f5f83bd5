//! `config`.

use config::{ConfigError, Map, Source, Value, ValueKind};
use serde_json::Number;

use super::Layer;
use crate::decode::{Entry, Node};

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
        Node::Null => ValueKind::Nil,
        Node::Bool(value) => ValueKind::Boolean(*value),
        Node::Number(value) => number(value),
        Node::String(text) => ValueKind::String(text.as_str().to_owned()),
        Node::Array(items) => {
            ValueKind::Array(items.iter().map(|item| value(item, origin)).collect())
        }
        Node::Object(entries) => ValueKind::Table(table(entries, origin)),
    };
    Value::new(Some(origin), kind)
}

fn number(number: &Number) -> ValueKind {
    match (number.as_i64(), number.as_u64()) {
        (Some(number), _) => ValueKind::I64(number),
        (_, Some(number)) => ValueKind::U64(number),
        _ => ValueKind::Float(number.as_f64().unwrap_or(f64::NAN)),
    }
}
