//! Struct attributes other than names.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::{addresses, load};

macro_rules! renamed {
    ($($name:ident: $spelling:literal => $secret:literal,)*) => {$(
        #[derive(FromSecrets)]
        #[secrets(rename_all = $spelling)]
        #[expect(dead_code, reason = "only the declaration is used")]
        struct $name {
            api_key: String,
        }
    )*

    #[test]
    fn rename_all_accepts_every_case() {
        $(
            let memory = Memory::new().with_secret($secret, "k");
            assert_eq!(addresses::<$name>(memory, &[]), [concat!("api_key: ", $secret, " $API_KEY")]);
        )*
    }};
}

mod spellings {
    use super::{FromSecrets, Memory, addresses};

    renamed! {
        Snake: "snake_case" => "api_key",
        ScreamingSnake: "SCREAMING_SNAKE_CASE" => "API_KEY",
        Kebab: "kebab-case" => "api-key",
        ScreamingKebab: "SCREAMING-KEBAB-CASE" => "API-KEY",
        Camel: "camelCase" => "apiKey",
        Pascal: "PascalCase" => "ApiKey",
    }
}

/// The library, re-exported by another module.
pub(crate) mod wrapper {
    pub(crate) use from_secrets as inner;
}

#[derive(FromSecrets)]
#[secrets(crate = crate::containers::wrapper::inner, debug)]
struct Wrapped {
    key: String,
}

#[derive(FromSecrets)]
#[secrets(crate = "wrapper::inner")]
struct WrappedInQuotes {
    key: String,
}

#[derive(FromSecrets)]
#[secrets(crate = ::from_secrets)]
struct WithDefaultPath {
    key: String,
}

#[test]
fn crate_key_accepts_other_paths() {
    let memory = || Memory::new().with_secret("KEY", "k");
    assert_eq!(load::<Wrapped>(memory(), &[]).unwrap().key, "k");
    assert_eq!(load::<WrappedInQuotes>(memory(), &[]).unwrap().key, "k");
    assert_eq!(load::<WithDefaultPath>(memory(), &[]).unwrap().key, "k");
}

#[derive(FromSecrets)]
#[secrets(prefix = "a/")]
#[secrets()]
#[secrets(env_prefix = "A_", rename_all = "lowercase")]
struct SeveralAttributes {
    key: String,
}

#[test]
fn several_attributes_are_one() {
    let memory = Memory::new().with_secret("a/key", "k");
    assert_eq!(
        load::<SeveralAttributes>(memory.clone(), &[]).unwrap().key,
        "k"
    );
    assert_eq!(
        addresses::<SeveralAttributes>(memory, &[]),
        ["key: a/key $A_KEY"]
    );
}
