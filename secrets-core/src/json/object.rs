//! A JSON object in the response of a service, read field by field.

use super::node::{Entry, Node};

/// The field exists and is not text.
pub(crate) struct NotText;

/// The fields of a JSON object. They are wiped when dropped.
pub(crate) struct Object(Vec<Entry>);

impl Object {
    /// Returns `None` if the body is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        Node::parse(text).ok().and_then(Self::of)
    }

    /// Returns `None` if the value is not an object.
    pub(crate) fn of(node: Node) -> Option<Self> {
        match node {
            Node::Object(entries) => Some(Self(entries)),
            _ => None,
        }
    }

    /// Removes and returns a field, unless it is absent or `null`.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        let place = self.0.iter().position(|(name, _)| name.as_str() == key)?;
        match self.0.swap_remove(place).1 {
            Node::Null => None,
            node => Some(node),
        }
    }

    /// Removes and returns a field that is text if it exists.
    pub(crate) fn text(&mut self, key: &str) -> Result<Option<String>, NotText> {
        match self.take(key) {
            None => Ok(None),
            Some(Node::String(text)) => Ok(Some(text.into_string())),
            Some(_) => Err(NotText),
        }
    }
}
