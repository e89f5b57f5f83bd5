//! From a source's text or bytes to a field's type, without ever quoting the value.

mod access;
#[cfg(feature = "cli")]
mod alike;
#[cfg(feature = "live")]
mod digest;
#[cfg(feature = "agent")]
mod fields;
mod input;
mod json;
mod json_key;
mod mismatch;
mod node;
#[cfg(any(feature = "config", feature = "figment"))]
mod shape;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, decoded_len_estimate};
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::source::{Answer, Missing, RawValue};
#[cfg(feature = "agent")]
pub(crate) use fields::Fields;
use input::Input;
pub(crate) use input::scalar_text;
use json_key::Lookup;
#[cfg(feature = "files")]
pub(crate) use json_key::pointer_tokens;
pub(crate) use mismatch::Mismatch;
#[cfg(any(feature = "config", feature = "figment"))]
pub(crate) use node::Entry;
pub(crate) use node::Node;
#[cfg(any(feature = "config", feature = "figment"))]
pub(crate) use shape::Shape;

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
    Missing(Missing),
    Malformed(Mismatch),
}

/// A secret that is taken apart at most once, however many of its keys are asked for.
pub(crate) struct Document<'a> {
    raw: &'a RawValue,
    parsed: Option<Result<Node, Mismatch>>,
}

impl<'a> Document<'a> {
    pub(crate) fn new(raw: &'a RawValue) -> Self {
        Self { raw, parsed: None }
    }

    /// What was found, if anything was.
    pub(crate) fn of(answer: &'a Answer) -> Option<Self> {
        match answer {
            Answer::Found(found) => Some(Self::new(&found.value)),
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
            Ok(document) => match json_key::look_up(document, key) {
                Lookup::Found(node) => Selected::Value(Value::Json(node.clone())),
                Lookup::Missing(missing) => Selected::Missing(missing),
                Lookup::Malformed(mismatch) => Selected::Malformed(mismatch),
            },
        }
    }
}

fn parse_document(raw: &RawValue) -> Result<Node, Mismatch> {
    let text = match raw {
        RawValue::Text(text) => text.as_str(),
        RawValue::Binary(bytes) => std::str::from_utf8(bytes).map_err(|_| {
            Mismatch::new("a JSON key is asked for, but the secret is bytes that are not UTF-8")
        })?,
    };
    Node::parse(text).map_err(|at| {
        Mismatch::new(format!(
            "a JSON key is asked for, but the secret is not JSON (line {}, column {})",
            at.line, at.column
        ))
    })
}

impl Value {
    fn input(&self) -> Input<'_> {
        match self {
            Self::Whole(RawValue::Text(text)) => Input::Text(text),
            Self::Whole(RawValue::Binary(bytes)) => Input::Bytes(bytes),
            Self::Json(node) => Input::Json(node),
        }
    }

    /// Through serde. A newline at the end is kept where the type takes it, and dropped where it would refuse.
    pub(crate) fn deserialize<T: DeserializeOwned>(&self) -> Result<T, Mismatch> {
        T::deserialize(self.input()).or_else(|mismatch| match self.other_text() {
            Some(text) => T::deserialize(Input::Text(text)),
            None => Err(mismatch),
        })
    }

    /// Through a function of the text, with the same rule for a newline at the end.
    pub(crate) fn parse<T, E>(&self, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, Mismatch> {
        let refused = || {
            Mismatch::new(format!(
                "expected a valid `{}`, found other text",
                type_name::<T>()
            ))
        };
        parse(&self.text()?).or_else(|_| match self.other_text() {
            Some(text) => parse(text).map_err(|_| refused()),
            None => Err(refused()),
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
            _ => from_base64(&self.text()?)?,
        };
        T::try_from(bytes).map_err(|_| {
            Mismatch::new(format!(
                "expected bytes that make a `{}`, found others",
                type_name::<T>()
            ))
        })
    }

    fn text(&self) -> Result<Zeroizing<String>, Mismatch> {
        match self {
            Self::Whole(RawValue::Text(text)) => Ok(text.clone()),
            Self::Whole(RawValue::Binary(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Zeroizing::new(text.to_owned())),
                Err(_) => Err(Mismatch::new(
                    "expected text, found bytes that are not UTF-8; add `#[secret(binary)]`",
                )),
            },
            Self::Json(node) => match scalar_text(node) {
                Some(text) => Ok(text),
                None => Err(Mismatch::new(format!(
                    "expected text, found {}",
                    node.kind()
                ))),
            },
        }
    }

    /// The text in another way, for a type that refused it as it is: without the newline at its end, and bytes that
    /// are text as text.
    fn other_text(&self) -> Option<&str> {
        let (text, is_binary) = match self {
            Self::Whole(RawValue::Text(text)) | Self::Json(Node::String(text)) => {
                (text.as_str(), false)
            }
            Self::Whole(RawValue::Binary(bytes)) => (std::str::from_utf8(bytes).ok()?, true),
            Self::Json(_) => return None,
        };
        let trimmed = text.trim_end_matches(['\r', '\n']);
        (is_binary || trimmed.len() < text.len()).then_some(trimmed)
    }
}

pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, Mismatch> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    // `base64` wraps its lines. The buffers have room for all from the start, and are wiped also where the end of the
    // text turns out not to be base64.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut bytes = Zeroizing::new(Vec::with_capacity(decoded_len_estimate(digits.len())));
    GeneralPurpose::new(&STANDARD, LENIENT)
        .decode_vec(&*digits, &mut bytes)
        .map_err(|_| Mismatch::new("expected base64, found text that is not"))?;
    Ok(bytes.to_vec())
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
mod tests {
    use super::type_name;

    #[test]
    fn a_types_name_is_told_without_modules() {
        assert_eq!(type_name::<String>(), "String");
        assert_eq!(
            type_name::<Option<Vec<std::net::IpAddr>>>(),
            "Option<Vec<IpAddr>>"
        );
        assert_eq!(type_name::<(u8, [String; 2])>(), "(u8, [String; 2])");
    }
}
