//! A JSON object that a service answered, taken apart field by field.

use super::node::{Entry, Node};

/// The field is there and is no text.
pub(crate) struct NotText;

/// The fields of a JSON object; what is not taken is wiped.
pub(crate) struct Fields(Vec<Entry>);

impl Fields {
    /// `None` where the body is no JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        Node::parse(text).ok().and_then(Self::of)
    }

    pub(crate) fn of(node: Node) -> Option<Self> {
        match node {
            Node::Object(entries) => Some(Self(entries)),
            _ => None,
        }
    }

    /// The field, unless it is absent or `null`.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        let place = self.0.iter().position(|(name, _)| name.as_str() == key)?;
        match self.0.swap_remove(place).1 {
            Node::Null => None,
            node => Some(node),
        }
    }

    /// A field that is text where it is there at all.
    pub(crate) fn text(&mut self, key: &str) -> Result<Option<String>, NotText> {
        match self.take(key) {
            None => Ok(None),
            Some(Node::String(text)) => Ok(Some(text.into_string())),
            Some(_) => Err(NotText),
        }
    }
}
