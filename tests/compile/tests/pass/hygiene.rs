//! Names in scope do not affect the generated code.

use crate::load;
use from_secrets::source::Memory;

/// A module that shadows all prelude items that generated code could use.
mod shadowed {
    #![expect(
        dead_code,
        non_camel_case_types,
        unused_macros,
        reason = "only used for shadowing"
    )]

    pub(super) struct Option;
    pub(super) struct Result;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Ok;
    pub(super) struct Err;
    pub(super) struct Vec;
    pub(super) struct String;
    pub(super) struct Box;
    pub(super) struct str;
    pub(super) struct bool;
    pub(super) struct usize;
    pub(super) struct Field;
    pub(super) struct Spec;
    pub(super) struct Values;
    pub(super) trait Default {}
    pub(super) trait Into {}
    pub(super) trait From {}
    pub(super) trait TryFrom {}
    pub(super) trait FromStr {}
    pub(super) trait Debug {}
    pub(super) trait FromSecrets {}
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod from_secrets {}
    macro_rules! vec {
        () => {};
    }

    /// The name of a local variable in the generated code.
    pub(super) fn __values() -> u8 {
        8
    }

    #[derive(::from_secrets::FromSecrets)]
    #[secrets(debug)]
    pub(super) struct Config<T> {
        pub(super) plain: ::std::string::String,
        pub(super) optional: ::std::option::Option<u16>,
        #[secret(default)]
        pub(super) default: u8,
        #[secret(default = __values())]
        pub(super) function: u8,
        #[secret(default = "text")]
        pub(super) text: ::std::string::String,
        #[secret(parse)]
        pub(super) parsed: T,
        #[secret(binary)]
        pub(super) binary: ::std::vec::Vec<u8>,
        #[secret(env_only, default = 3)]
        pub(super) setting: u8,
        #[secret(flatten)]
        pub(super) nested: ::std::option::Option<Nested>,
        #[secret(skip)]
        pub(super) __values: u8,
    }

    #[derive(::from_secrets::FromSecrets)]
    pub(super) struct Nested {
        pub(super) inner: ::std::string::String,
        pub(super) newtype: ::std::option::Option<Newtype<u8>>,
    }

    #[derive(::from_secrets::FromSecrets)]
    #[secrets(transparent, debug)]
    pub(super) struct Newtype<T>(T);
}

/// A module without a prelude.
mod bare {
    #![no_implicit_prelude]

    #[derive(::from_secrets::FromSecrets)]
    #[secrets(prefix = "", debug)]
    pub(super) struct Config<T> {
        pub(super) plain: ::std::string::String,
        pub(super) optional: ::std::option::Option<T>,
        #[secret(default)]
        pub(super) default: u8,
        #[secret(default = "text")]
        pub(super) text: ::std::string::String,
        #[secret(parse)]
        pub(super) parsed: u8,
        #[secret(binary)]
        pub(super) binary: ::std::vec::Vec<u8>,
        #[secret(flatten)]
        pub(super) nested: ::std::option::Option<super::shadowed::Nested>,
        #[secret(skip)]
        pub(super) skipped: T,
    }

    #[derive(::from_secrets::FromSecrets)]
    #[secrets(default, validate = Keys::check)]
    pub(super) struct Keys<T> {
        #[secret(validate = super::check)]
        pub(super) checked: u8,
        #[secret(default = "1.2.3.4")]
        pub(super) address: ::core::net::Ipv4Addr,
        #[secret(separator = ",", validate = super::check)]
        pub(super) list: ::std::option::Option<::std::vec::Vec<T>>,
        #[secret(with = super::module)]
        pub(super) with: u16,
        #[secret(skip)]
        pub(super) skipped: T,
    }

    impl<T> Keys<T> {
        fn check(&self) -> ::std::result::Result<(), ()> {
            super::check(&self.skipped)
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a function of `validate`")]
fn check<T>(_: &T) -> Result<(), ()> {
    Ok(())
}

mod module {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
        u8::deserialize(from).map(u16::from)
    }
}

impl<T: From<u8>> Default for bare::Keys<T> {
    fn default() -> Self {
        Self {
            checked: 1,
            address: [0; 4].into(),
            list: None,
            with: 2,
            skipped: 3.into(),
        }
    }
}

fn memory() -> Memory {
    Memory::new()
        .with_secret("PLAIN", "p")
        .with_secret("PARSED", "1")
        .with_binary("BINARY", &[1])
}

#[test]
fn shadowed_prelude_has_no_effect() {
    let loaded: shadowed::Config<u8> = load(memory().with_secret("INNER", "i"), &[]).unwrap();
    assert_eq!((loaded.plain.as_str(), loaded.text.as_str()), ("p", "text"));
    assert_eq!(
        (loaded.optional, loaded.parsed, loaded.binary),
        (None, 1, vec![1])
    );
    assert_eq!(
        [
            loaded.default,
            loaded.function,
            loaded.setting,
            loaded.__values
        ],
        [0, 8, 3, 0]
    );
    assert_eq!(loaded.nested.unwrap().inner, "i");
}

#[test]
fn generated_code_needs_no_prelude() {
    let loaded: bare::Config<u16> = load(memory(), &[]).unwrap();
    assert_eq!((loaded.plain.as_str(), loaded.text.as_str()), ("p", "text"));
    assert_eq!(
        (loaded.optional, loaded.default, loaded.parsed),
        (None, 0, 1)
    );
    assert_eq!((loaded.binary, loaded.skipped), (vec![1], 0));
    assert!(loaded.nested.is_none());
}

#[test]
fn decoders_and_defaults_need_no_prelude() {
    let memory = Memory::new().with_secret("LIST", "5, 6");
    let loaded: bare::Keys<u16> = load(memory, &[("WITH", "7")]).unwrap();
    assert_eq!((loaded.checked, loaded.with, loaded.skipped), (1, 7, 3));
    assert_eq!(loaded.address.octets(), [1, 2, 3, 4]);
    assert_eq!(loaded.list, Some(vec![5, 6]));
}
