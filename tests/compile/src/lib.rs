//! Nothing but declarations under strict lints, which the derive has to be silent under; the tests are in `tests/`.

#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unused_results,
    unreachable_pub
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
// As strict as somebody might be about the code that they wrote themselves.
#![deny(
    clippy::absolute_paths,
    clippy::default_trait_access,
    clippy::expect_used,
    clippy::min_ident_chars,
    clippy::missing_docs_in_private_items,
    clippy::missing_trait_methods,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::shadow_unrelated,
    clippy::unwrap_used
)]

use from_secrets::{FromSecrets, SecretString};
use serde::Deserialize;

/// A struct that says all that a struct can.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Config {
    /// A key.
    pub key: String,
    /// A token.
    pub token: Option<SecretString>,
    /// Bytes.
    #[secret(binary)]
    pub bytes: Vec<u8>,
    /// A port.
    #[secret(env_only)]
    pub port: u16,
    /// A host.
    #[secret(default = "localhost")]
    pub host: String,
    /// A list.
    #[secret(default = Vec::new())]
    pub list: Vec<String>,
    /// A number.
    #[secret(parse, default)]
    pub number: u8,
    /// A struct.
    #[secret(flatten, prefix = "NESTED_")]
    pub nested: Option<Nested>,
    /// Counts calls.
    #[secret(skip)]
    pub calls: u64,
}

/// A struct in a struct.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Nested {
    /// A key.
    pub key: String,
}

/// Private, and a part of a public struct.
#[derive(Debug, Deserialize)]
struct Private<T>(T);

/// A struct with a parameter in a private type.
#[derive(Debug, FromSecrets)]
pub struct Generic<T>
where
    T: Copy,
{
    /// A level.
    level: Private<T>,
    /// A default of the same type.
    #[secret("LEVEL")]
    other: Private<T>,
}

impl<T: Copy> Generic<T> {
    /// The level.
    pub const fn level(&self) -> T {
        self.level.0
    }

    /// The other level.
    pub const fn other(&self) -> T {
        self.other.0
    }
}

/// A struct that nobody should use any more.
#[derive(Debug, FromSecrets)]
#[deprecated = "for the test"]
pub struct Deprecated {
    /// A key.
    #[deprecated = "for the test"]
    pub key: String,
}
