//! JSON with all that a document says, keys that stand there twice included.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A JSON value, as far as anybody asks here.
#[derive(Debug)]
pub enum Tree {
    /// A number, a boolean or `null`.
    Scalar,
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<Tree>),
    /// An object, with its keys as they are repeated.
    Object(Vec<(String, Tree)>),
}

/// Whether `serde_json` and the library read the same: no floats, which `serde_json` rounds, and no newline at the end of
/// a string, which types that take anything do not get.
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
    /// Reads a document; `None` where it is none.
    pub fn parse(document: &[u8]) -> Option<Self> {
        serde_json::from_slice(document).ok()
    }

    /// Whether some object within has a key twice, which `serde_json` accepts and the library does not.
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

    /// Whether some object within has such a key.
    pub fn has_key(&self, such: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Scalar | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(|item| item.has_key(such)),
            Self::Object(entries) => entries
                .iter()
                .any(|(key, value)| such(key) || value.has_key(such)),
        }
    }

    /// Whether a text under one of these keys, at any depth, is such a one.
    pub fn has_under(&self, keys: &[&str], such: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Scalar | Self::Text(_) => false,
            Self::Array(items) => items.iter().any(|item| item.has_under(keys, such)),
            Self::Object(entries) => entries.iter().any(|(key, value)| {
                let is_such = matches!(value, Self::Text(text) if such(text));
                is_such && keys.contains(&key.as_str()) || value.has_under(keys, such)
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
