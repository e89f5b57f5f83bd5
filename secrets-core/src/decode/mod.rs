//! From a source's text or bytes to a field's type, without ever quoting the value.

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
mod text;

use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned};
use zeroize::Zeroizing;

use crate::json::{Entry, Lookup, Node, ParsedOnce, from_base64, look_up};
use crate::source::{FetchResult, MissingReason, RawValue};
pub(crate) use absent::is_optional;
use access::Part;
use context::Context;
#[cfg(feature = "live")]
pub(crate) use fingerprint::{Fingerprint, VersionFacts};
use input::Input;
use item::Item;
pub(crate) use mismatch::Mismatch;
use text::described;
pub(crate) use text::line;

/// The value of one field, as its source had it.
#[derive(Clone)]
pub(crate) enum Value {
    /// The whole of a secret or of a variable.
    Whole(RawValue),
    /// What a JSON secret holds under a key.
    Json(Node),
}

/// What a JSON key came to in a secret.
pub(crate) enum Selected {
    Value(Value),
    Missing(MissingReason),
    Malformed(Mismatch),
}

/// A secret that is taken apart at most once, however many of its keys are asked for.
pub(crate) struct SecretDocument<'a> {
    raw: &'a RawValue,
    parsed: Option<Result<Node, Mismatch>>,
}

impl<'a> SecretDocument<'a> {
    pub(crate) fn new(raw: &'a RawValue) -> Self {
        Self { raw, parsed: None }
    }

    /// What was found, if anything was.
    pub(crate) fn of(result: &'a FetchResult) -> Option<Self> {
        match result {
            FetchResult::Found(found) => Some(Self::new(&found.value)),
            _ => None,
        }
    }

    /// The whole secret, or what it holds under a key.
    pub(crate) fn select(&mut self, json_key: Option<&str>) -> Selected {
        let Some(key) = json_key else {
            return Selected::Value(Value::Whole(self.raw.clone()));
        };
        match self.parsed.get_or_insert_with(|| parse_document(self.raw)) {
            Err(mismatch) => Selected::Malformed(mismatch.clone()),
            Ok(document) => match look_up(document, key) {
                Lookup::Found(node) => Selected::Value(Value::Json(node.clone())),
                Lookup::Missing { similar } => {
                    Selected::Missing(MissingReason::JsonKey { similar })
                }
                Lookup::Null => Selected::Missing(MissingReason::JsonNull),
                Lookup::NotObject => Selected::Malformed(Mismatch::new(format!(
                    "a JSON key is asked for, but the secret is {}, not an object",
                    document.kind()
                ))),
                Lookup::Duplicate(key) => Selected::Malformed(Mismatch::new(format!(
                    "the key `{key}` stands in the secret twice"
                ))),
            },
        }
    }
}

fn parse_document(raw: &RawValue) -> Result<Node, Mismatch> {
    let text = raw.text().ok_or_else(|| {
        Mismatch::new("a JSON key is asked for, but the secret is bytes that are not UTF-8")
    })?;
    Node::parse(text).map_err(|at| {
        Mismatch::new(format!(
            "a JSON key is asked for, but the secret is not JSON (line {}, column {})",
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

/// Whether the accepted form of a value is recorded, as a configuration layer needs it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Recording {
    #[default]
    Off,
    #[cfg(any(feature = "config", feature = "figment"))]
    On,
}

impl Value {
    fn item<'a>(&'a self, json: &'a ParsedOnce) -> Item<'a> {
        match self {
            Self::Whole(RawValue::Text(text)) => Item::Text(text, json),
            Self::Whole(RawValue::Binary(bytes)) => Item::Bytes(bytes, json),
            Self::Json(node) => Item::Json(node),
        }
    }

    /// Decodes through serde.
    pub(crate) fn deserialize<T: DeserializeOwned>(
        &self,
        recording: Recording,
    ) -> Result<Accepted<T>, Mismatch> {
        let json = ParsedOnce::new();
        let item = self.item(&json);
        self.decode(item, recording).or_else(|mismatch| match item {
            // Bytes that are text are decoded as text by a type that takes no bytes.
            Item::Bytes(bytes, json) => match std::str::from_utf8(bytes) {
                Ok(text) => self.decode(Item::Text(text, json), recording),
                Err(_) => Err(mismatch),
            },
            _ => Err(mismatch),
        })
    }

    fn decode<'a, T: Deserialize<'a>>(
        &'a self,
        item: Item<'a>,
        recording: Recording,
    ) -> Result<Accepted<T>, Mismatch> {
        #[cfg(not(any(feature = "config", feature = "figment")))]
        let Recording::Off = recording;
        let decode = |context: &Context<'a>| Input::new(item, context).part(PhantomData::<T>);
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

    /// Whether a name could reveal a part of the value. Nothing is known of bytes that are not text.
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

    /// The bytes. Where the value travelled as text, in a variable or in JSON, it is base64.
    pub(crate) fn binary<T: TryFrom<Vec<u8>>>(
        &self,
        travelled_as_text: bool,
    ) -> Result<T, Mismatch> {
        let bytes = match self {
            Self::Whole(RawValue::Binary(bytes)) => bytes.to_vec(),
            Self::Whole(RawValue::Text(text)) if !travelled_as_text => text.as_bytes().to_vec(),
            _ => from_base64(&self.text()?)
                .map_err(|_| Mismatch::new("expected base64, found text that is not"))?,
        };
        T::try_from(bytes).map_err(|_| {
            Mismatch::new(format!(
                "expected bytes that make a `{}`, found others",
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

    /// Whether the secret is a JSON object whose values are all strings, as the console's key/value editor stores it.
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
        Node::Null | Node::Bool(_) | Node::Unpaired => false,
    }
}

/// Whether a name and a text share so many characters that the name could reveal the text.
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

/// A type's name without the modules that it and its parameters are in.
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
