//! Decodes the text or bytes of a source to the type of a field. Errors never quote the value.

mod absent;
mod access;
mod context;
mod deserializer;
#[cfg(feature = "cli")]
mod equality;
mod expected;
#[cfg(feature = "live")]
mod fingerprint;
mod input;
mod item;
mod mismatch;
mod natural;
mod refusals;
mod split;
mod text;

use zeroize::Zeroizing;

use crate::json::{Entry, Lookup, Node, ParsedOnce, from_base64, look_up};
use crate::source::{MissingReason, RawValue};
pub(crate) use absent::is_optional;
use context::Context;
#[cfg(feature = "live")]
pub(crate) use fingerprint::Fingerprint;
pub use input::Input;
use item::Item;
pub use mismatch::Mismatch;
use text::described;
pub(crate) use text::line;

/// The value of one field, as its source returned it.
#[derive(Clone)]
pub(crate) enum Value {
    /// An entire secret or environment variable.
    Whole(RawValue),
    /// The value of a key in a JSON secret.
    Json(Node),
}

/// The result of selecting a JSON key of a secret.
pub(crate) enum Selected {
    Value(Value),
    Missing(MissingReason),
    Malformed(Mismatch),
}

/// A secret that is parsed at most once, even if several of its keys are selected.
pub(crate) struct SecretDocument {
    raw: RawValue,
    parsed: Option<Result<Node, Mismatch>>,
}

impl SecretDocument {
    pub(crate) fn new(raw: RawValue) -> Self {
        Self { raw, parsed: None }
    }

    /// Returns the entire secret, and leaves an empty one.
    pub(crate) fn take(&mut self) -> Value {
        Value::Whole(self.raw.take())
    }

    /// Selects the entire secret, or the value of a key.
    pub(crate) fn select(&mut self, json_key: Option<&str>) -> Selected {
        let Some(key) = json_key else {
            return Selected::Value(Value::Whole(self.raw.clone()));
        };
        match self.parsed.get_or_insert_with(|| parse_document(&self.raw)) {
            Err(mismatch) => Selected::Malformed(mismatch.clone()),
            Ok(document) => match look_up(document, key) {
                Lookup::Found(node) => Selected::Value(Value::Json(node.clone())),
                Lookup::Missing { similar } => {
                    Selected::Missing(MissingReason::JsonKey { similar })
                }
                Lookup::Null => Selected::Missing(MissingReason::JsonNull),
                Lookup::NotObject => Selected::Malformed(Mismatch::new(format!(
                    "expected a JSON object, found {}",
                    document.kind()
                ))),
                Lookup::Duplicate(key) => Selected::Malformed(Mismatch::new(format!(
                    "the secret contains the key `{key}` twice"
                ))),
            },
        }
    }

    /// Returns the keys of a JSON object.
    pub(crate) fn keys(&mut self) -> Option<Vec<&str>> {
        match self.parsed.get_or_insert_with(|| parse_document(&self.raw)) {
            Ok(Node::Object(entries)) => {
                Some(entries.iter().map(|(key, _)| key.as_str()).collect())
            }
            _ => None,
        }
    }
}

fn parse_document(raw: &RawValue) -> Result<Node, Mismatch> {
    let text = raw
        .text()
        .ok_or_else(|| Mismatch::new("expected a JSON object, found bytes that are not UTF-8"))?;
    Node::parse(text).map_err(|at| {
        Mismatch::new(format!(
            "expected a JSON object, found text that is not JSON (line {}, column {})",
            at.line, at.column
        ))
    })
}

/// A value that a type accepted.
pub(crate) struct Accepted<T> {
    pub(crate) value: T,
    /// Whether the type requested text and received the entire secret.
    pub(crate) is_whole_text: bool,
    /// The accepted form, if it is recorded.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(crate) recorded: Option<Node>,
}

/// Whether the accepted form of a value is recorded, for a configuration layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Recording {
    #[default]
    Off,
    #[cfg(any(feature = "config", feature = "figment"))]
    On,
}

impl Value {
    /// Returns the value of an environment variable with this text.
    pub(crate) fn text_of(text: &str) -> Self {
        Self::Whole(RawValue::Text(Zeroizing::new(text.to_owned())))
    }

    fn item<'a>(&'a self, json: &'a ParsedOnce) -> Item<'a> {
        match self {
            Self::Whole(RawValue::Text(text)) => Item::Text(text, json),
            Self::Whole(RawValue::Binary(bytes)) => std::str::from_utf8(bytes)
                .map_or(Item::Bytes(bytes, json), |text| Item::Utf8(text, json)),
            Self::Json(node) => Item::Json(node),
        }
    }

    /// Decodes the value with serde.
    pub(crate) fn deserialize<T>(
        &self,
        recording: Recording,
        decode: impl Fn(Input<'_, '_>) -> Result<T, Mismatch>,
    ) -> Result<Accepted<T>, Mismatch> {
        let json = ParsedOnce::new();
        let item = self.item(&json);
        let decode = |item| self.decode(item, recording, &decode);
        match item {
            // A type that rejects bytes can accept them as text, and the reverse.
            Item::Utf8(text, json) => decode(item)
                .or_else(|_| decode(Item::Bytes(text.as_bytes(), json)))
                .or_else(|_| decode(Item::Text(text, json))),
            _ => decode(item),
        }
    }

    fn decode<'a, T>(
        &'a self,
        item: Item<'a>,
        recording: Recording,
        decode: impl Fn(Input<'a, '_>) -> Result<T, Mismatch>,
    ) -> Result<Accepted<T>, Mismatch> {
        #[cfg(not(any(feature = "config", feature = "figment")))]
        let Recording::Off = recording;
        let decode = |context: &Context<'a>| Input::new(item, context).refusing(&decode);
        let mut context = Context::default();
        let value = context.run(decode).map_err(|mismatch| {
            mismatch
                .after_buffer()
                .with_names(|name| mismatch::is_name(name) && !self.resembles(name))
        })?;
        Ok(Accepted {
            value,
            is_whole_text: context.is_text(),
            #[cfg(any(feature = "config", feature = "figment"))]
            recorded: match recording {
                Recording::On => context.record(decode),
                Recording::Off => None,
            },
        })
    }

    /// Returns whether a name could reveal a part of the value. This is `true` for bytes that are not text.
    fn resembles(&self, name: &str) -> bool {
        match self {
            Self::Json(node) => node_resembles(node, name),
            Self::Whole(raw) => raw.text().is_none_or(|text| match Node::parse(text) {
                Ok(node) => node_resembles(&node, name),
                Err(_) => overlap(text, name),
            }),
        }
    }

    /// Parses the text without the newline at its end.
    pub(crate) fn parse<T, E>(&self, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, Mismatch> {
        let text = self.text()?;
        parse(line(&text)).map_err(|_| {
            let expected = format_args!("a valid `{}`", type_name::<T>());
            Mismatch::expected(&expected, described(&text))
        })
    }

    /// Returns the bytes. In an environment variable and in JSON, they are base64.
    pub(crate) fn binary<T: TryFrom<Vec<u8>>>(&self, is_env_var: bool) -> Result<T, Mismatch> {
        let bytes = match self {
            Self::Whole(RawValue::Binary(bytes)) => bytes.to_vec(),
            Self::Whole(RawValue::Text(text)) if !is_env_var => text.as_bytes().to_vec(),
            _ => from_base64(&self.text()?)
                .map_err(|_| Mismatch::new("expected base64, found other text"))?,
        };
        T::try_from(bytes).map_err(|_| {
            Mismatch::new(format!(
                "expected bytes for a `{}`, found other bytes",
                type_name::<T>()
            ))
        })
    }

    pub(crate) fn text(&self) -> Result<Zeroizing<String>, Mismatch> {
        match self {
            Self::Whole(raw) => match raw.text() {
                Some(text) => Ok(Zeroizing::new(text.to_owned())),
                None => Err(Mismatch::new(
                    "expected text, found bytes that are not UTF-8; add `#[secret(binary)]`",
                )),
            },
            Self::Json(node) => match node.scalar_text() {
                Some(text) => Ok(text),
                None => Err(Mismatch::expected(&"text", expected::not_text(node))),
            },
        }
    }

    /// Returns whether the secret is a JSON object whose values are all strings, as the console's key/value editor
    /// stores it.
    pub(crate) fn is_key_value_object(&self) -> bool {
        let Self::Whole(raw) = self else {
            return false;
        };
        let is_string = |(_, node): &Entry| matches!(node, Node::String(_));
        let text = raw.text().filter(|text| text.trim_start().starts_with('{'));
        match text.map(Node::parse) {
            Some(Ok(Node::Object(entries))) => !entries.is_empty() && entries.iter().all(is_string),
            _ => false,
        }
    }
}

fn node_resembles(node: &Node, name: &str) -> bool {
    match node {
        Node::String(text) => overlap(text, name),
        Node::Number(number) => overlap(number.as_str(), name),
        Node::Array(items) => items.iter().any(|item| node_resembles(item, name)),
        // The keys of a map can be secret.
        Node::Object(entries) => entries.iter().any(|(key, node)| {
            let is_part = !key.is_empty() && name.contains(key.as_str());
            is_part || node_resembles(node, name)
        }),
        Node::Null | Node::Bool(_) | Node::Unpaired | Node::OfUnpairedKey => false,
    }
}

/// Returns whether a name shares so many characters with a text that it could reveal the text.
fn overlap(text: &str, name: &str) -> bool {
    const SHARED: usize = 5;
    let text = Zeroizing::new(text.to_lowercase());
    let name = name.to_lowercase();
    let length = SHARED.min(name.len()).min(text.trim().len());
    let mut parts = name.as_bytes().windows(length.max(1));
    parts.any(|part| {
        text.as_bytes()
            .windows(part.len())
            .any(|other| other == part)
    })
}

/// Returns the name of a type without its module and those of its parameters.
pub(crate) fn type_name<T>() -> String {
    let mut name = String::new();
    let mut word = 0;
    for c in std::any::type_name::<T>().chars() {
        if c == ':' {
            name.truncate(word);
        } else {
            name.push(c);
            if !c.is_alphanumeric() && c != '_' {
                word = name.len();
            }
        }
    }
    name
}

#[cfg(test)]
mod tests;
