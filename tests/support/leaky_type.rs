//! A type whose errors quote the value.

use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, Unexpected};

/// Its errors quote what they were given, as many do: also in the text that serde takes for what was expected.
#[derive(Debug)]
pub struct LeakyType;

impl<'de> Deserialize<'de> for LeakyType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let expected = format!("something else than {text}");
        Err(D::Error::invalid_value(
            Unexpected::Str(&text),
            &expected.as_str(),
        ))
    }
}

impl FromStr for LeakyType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Err(format!("cannot parse {text}"))
    }
}

impl TryFrom<Vec<u8>> for LeakyType {
    type Error = String;

    fn try_from(bytes: Vec<u8>) -> Result<Self, String> {
        Err(format!("cannot take {bytes:?}"))
    }
}

/// For `parse`, as the others are for their attributes.
///
/// # Errors
///
/// Always, with the text.
pub fn leaky(text: &str) -> Result<LeakyType, Box<dyn std::error::Error>> {
    Err(format!("cannot parse {text}").into())
}

/// For `validate`.
///
/// # Errors
///
/// Always, with the text.
pub fn rejected(text: &str) -> Result<(), Box<dyn std::error::Error>> {
    leaky(text).map(drop)
}
