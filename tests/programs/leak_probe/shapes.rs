//! Structs of one field each, of every kind of type that takes or refuses a value.

use std::collections::BTreeMap;
use std::fmt::Debug;

use from_secrets::live::Projection;
use from_secrets::{FromSecrets, Live, Loader, SecretBox, SecretString, project};
use from_secrets_tests::leaky_type::{LeakyType, leaky, rejected};
use serde::Deserialize;

use super::entries::Entry;

/// A struct that every entry can be tried with.
pub(super) trait Shape: FromSecrets + Debug + Send + Sync + 'static {
    /// The field's type.
    type It: 'static;

    /// Returns the field as a projection of a live struct.
    fn projection(live: &Live<Self>) -> Projection<Self, Self::It>;
}

macro_rules! shapes {
    ($($(#[$attribute:meta])* $name:ident: $type:ty;)*) => {
        $(
            #[derive(FromSecrets)]
            #[secrets(debug)]
            pub(super) struct $name {
                #[secret("IT", env = "IT")]
                $(#[$attribute])*
                it: $type,
            }

            impl Shape for $name {
                type It = $type;

                fn projection(live: &Live<Self>) -> Projection<Self, $type> {
                    project!(live, it)
                }
            }
        )*

        /// Loads each of them.
        pub(super) async fn each(loader: &Loader) {
            $(Entry::LoadWithReport.run::<$name>(loader).await;)*
        }
    };
}

shapes! {
    Plain: String;
    Secret: SecretString;
    Optional: Option<String>;
    Number: u16;
    Large: Option<u128>;
    Float: f64;
    Boolean: bool;
    Character: char;
    Unit: ();
    Enumeration: Mode;
    Structure: Server;
    List: Vec<bool>;
    Texts: Vec<String>;
    Map: BTreeMap<String, u16>;
    Tuple: (u8, bool);
    Address: std::net::IpAddr;
    Boxed: SecretBox<u16>;
    Blabbing: LeakyType;
    #[secret(parse)]
    Parsed: LeakyType;
    #[secret(parse = leaky)]
    ParsedWith: LeakyType;
    #[secret(binary)]
    Bytes: Vec<u8>;
    #[secret(binary)]
    FewBytes: [u8; 3];
    #[secret(binary)]
    BlabbedBytes: LeakyType;
    #[secret(deserialize_with = LeakyType::deserialize)]
    DeserializedWith: LeakyType;
    #[secret(separator = ",")]
    Separated: Vec<LeakyType>;
    #[secret(separator = "a")]
    SeparatedNumbers: Vec<u16>;
    #[secret(validate = rejected)]
    Validated: String;
    #[secret(validate = panics, parse)]
    Panicking: String;
    #[secret(json_key = "password")]
    Database: String;
    #[secret(json_key = "absent")]
    Absent: String;
    #[secret(json_key = "/password/0")]
    Pointed: u16;
}

fn panics(text: &str) -> Result<(), &'static str> {
    assert!(text.is_empty(), "it is not what it should be");
    Err("empty")
}

/// A unit variant, and one that holds something.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only loaded")]
pub(super) enum Mode {
    Fast,
    Slow(u8),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only loaded")]
pub(super) struct Server {
    host: String,
    port: u16,
}
