//! JSON trees with duplicate keys.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A JSON value without the contents of scalars.
#[derive(Debug)]
pub enum Tree {
    /// A number, a boolean or `null`.
    Scalar,
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Tree>),
    /// An object, including duplicate keys.
    Object(Vec<(String, Tree)>),
}

/// Returns whether `serde_json` and the library read the same value. Excludes floats, which `serde_json` rounds, and
/// trailing newlines, which the library removes for some types.
pub fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => !number.is_f64(),
        Value::String(text) => !text.ends_with('\n'),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(entries) => entries.values().all(is_plain),
    }
}

impl Tree {
    /// Parses a document.
    pub fn parse(document: &[u8]) -> Option<Self> {
        serde_json::from_slice(document).ok()
    }

    /// Returns whether any object has a duplicate key, which `serde_json` accepts and the library rejects.
    pub fn repeats_keys(&self) -> bool {
        let mut seen = BTreeSet::new();
        match self {
            Self::Scalar | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(Self::repeats_keys),
            Self::Object(entries) => entries
                .iter()
                .any(|(key, value)| !seen.insert(key) || value.repeats_keys()),
        }
    }

    /// Returns whether any object has a matching key.
    pub fn has_key(&self, is_match: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Scalar | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(|item| item.has_key(is_match)),
            Self::Object(entries) => entries
                .iter()
                .any(|(key, value)| is_match(key) || value.has_key(is_match)),
        }
    }

    /// Returns whether any object has a matching text for one of these keys.
    pub fn has_under(&self, keys: &[&str], is_match: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Scalar | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(|item| item.has_under(keys, is_match)),
            Self::Object(entries) => entries.iter().any(|(key, value)| {
                let is_found = matches!(value, Self::Text(text) if is_match(text));
                is_found && keys.contains(&key.as_str()) || value.has_under(keys, is_match)
            }),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar)
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Tree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Tree::Object(object))
    }
}
