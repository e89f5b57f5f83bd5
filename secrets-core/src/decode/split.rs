//! Lists in text.

use super::text::structure;
use super::{Mismatch, Value};
use crate::json::{Node, ParsedOnce};

impl Value {
    /// Returns the items of text as an array. JSON arrays and objects are unchanged, also if they are text.
    pub(crate) fn split(&self, separator: &str) -> Result<Self, Mismatch> {
        match self {
            Self::Json(Node::Array(_) | Node::Object(_)) => return Ok(self.clone()),
            // It has no exact text.
            Self::Json(Node::Number(number)) if !number.is_integer() => {
                let item = Node::Number(number.clone());
                return Ok(Self::Json(Node::Array(vec![item])));
            }
            _ => {}
        }
        let text = self.text()?;
        let json = ParsedOnce::new();
        if let Some(node) = structure(&text, &json) {
            return Ok(Self::Json(node.clone()));
        }
        Ok(Self::Json(Node::Array(items(&text, separator))))
    }
}

/// Several separators of white space count as one.
fn items(text: &str, separator: &str) -> Vec<Node> {
    let text = text.trim();
    if text.is_empty() {
        return Vec::new();
    }
    let is_space = separator.trim().is_empty();
    let items = text.split(separator).map(str::trim);
    let items = items.filter(|item| !(is_space && item.is_empty()));
    items.map(Node::string).collect()
}
