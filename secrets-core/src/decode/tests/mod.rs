//! Tests of the conversion of values to types.

mod forms;
mod leaks;
mod messages;
mod numbers;
mod passes;
mod split;
mod values;

use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Mismatch, Recording, SecretDocument, Selected, Value};
use crate::source::RawValue;

pub(super) const CANARY: &str = "canary-3f9a";

impl Value {
    pub(super) fn get<T: DeserializeOwned>(&self) -> Result<T, Mismatch> {
        self.deserialize(Recording::Off, |input| T::deserialize(input))
            .map(|accepted| accepted.value)
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::text_of(text)
}

pub(super) fn bytes(bytes: &[u8]) -> Value {
    Value::Whole(RawValue::Binary(Zeroizing::new(bytes.to_vec())))
}

pub(super) fn key(secret: &str, key: &str) -> Value {
    let raw = RawValue::Text(Zeroizing::new(secret.to_owned()));
    match SecretDocument::new(raw).select(Some(key)) {
        Selected::Value(value) => value,
        _ => panic!("the key exists"),
    }
}

/// Returns the error of a type that rejects the value.
fn refusal<T: DeserializeOwned>(value: &Value) -> String {
    match value.get::<T>() {
        Ok(_) => panic!("`{}` accepts it", std::any::type_name::<T>()),
        Err(mismatch) => mismatch.to_string(),
    }
}
