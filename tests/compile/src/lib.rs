//! Declarations with strict lints, for which generated code must not cause warnings. The tests are in `tests/`.

#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unused_results,
    unreachable_pub
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
// Restriction lints that users may enable.
#![deny(
    clippy::absolute_paths,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::default_trait_access,
    clippy::expect_used,
    clippy::min_ident_chars,
    clippy::missing_docs_in_private_items,
    clippy::missing_trait_methods,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::question_mark_used,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::unwrap_used
)]

use from_secrets::{FromSecrets, SecretString};
use serde::Deserialize;

/// A struct with all attributes.
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

/// A nested struct.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Nested {
    /// A key.
    pub key: String,
}

/// A private type in a public struct.
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

/// A deprecated struct.
#[derive(Debug, FromSecrets)]
#[deprecated = "for the test"]
pub struct Deprecated {
    /// A key.
    #[deprecated = "for the test"]
    pub key: String,
}

/// A deprecated type.
#[derive(Debug, Default, Deserialize)]
#[deprecated = "for the test"]
pub struct OldType<T>(
    /// The value.
    pub T,
);

/// A deprecated nested struct.
#[derive(Debug, FromSecrets)]
#[deprecated = "for the test"]
pub struct OldNested {
    /// A key.
    pub old_key: String,
}

/// A struct that expects its fields to have deprecated types.
#[derive(FromSecrets)]
#[secrets(debug)]
pub struct Knowing<T> {
    /// A struct.
    #[expect(deprecated, reason = "for the test")]
    pub plain: OldType<String>,
    /// A generic struct.
    #[expect(deprecated, reason = "for the test")]
    pub generic: OldType<T>,
    /// A default.
    #[expect(deprecated, reason = "for the test")]
    #[secret(default = OldType(1))]
    pub number: OldType<u8>,
    /// A setting.
    #[expect(deprecated, reason = "for the test")]
    #[secret(env_only)]
    pub setting: Option<OldType<String>>,
    /// A flattened struct.
    #[expect(deprecated, reason = "for the test")]
    #[secret(flatten, prefix = "OLD_")]
    pub nested: Option<OldNested>,
    /// A field that is not loaded.
    #[expect(deprecated, reason = "for the test")]
    #[secret(skip)]
    pub skipped: OldType<u8>,
    /// A field that is never read.
    #[expect(dead_code, reason = "for the test")]
    #[secret(env_only, default)]
    unread: String,
    /// A field that is deprecated by `cfg_attr`.
    #[cfg_attr(all(), deprecated = "for the test", secret("CONDITIONAL"))]
    pub conditional: String,
}

/// A struct with expected lints for all fields.
#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(deprecated, non_snake_case, reason = "for the test")]
pub struct KnowingOfAll<T> {
    /// A generic struct.
    #[secret("PLAIN")]
    pub Plain: OldType<T>,
    /// A flattened struct.
    #[secret(flatten, prefix = "OLD_")]
    pub Nested: Box<OldNested>,
}
