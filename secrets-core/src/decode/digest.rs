//! What of a value tells it from another.

use std::hash::{Hash, Hasher};

use super::{Node, Value};
use crate::source::RawValue;

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Whole(RawValue::Text(text)) => (0, text.as_str()).hash(state),
            Self::Whole(RawValue::Binary(bytes)) => (1, bytes.as_slice()).hash(state),
            Self::Json(node) => (2, node).hash(state),
        }
    }
}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null | Self::Unpaired => {}
            Self::Bool(bool) => bool.hash(state),
            Self::Number(number) => number.as_str().hash(state),
            Self::String(text) => text.hash(state),
            Self::Array(nodes) => nodes.hash(state),
            Self::Object(entries) => {
                entries.len().hash(state);
                for (key, node) in entries {
                    (key.as_str(), node).hash(state);
                }
            }
        }
    }
}
