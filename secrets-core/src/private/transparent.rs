//! Newtypes that are decoded like their only field.

use serde::de::{DeserializeOwned, Deserializer};

/// Decodes the field of a transparent struct.
///
/// # Errors
///
/// Returns an error if the value does not match the field's type.
pub fn transparent<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}
