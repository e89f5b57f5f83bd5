//! Errors of types that put the value into every text of an error that they can set.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::{CANARY, key, refusal, text};

/// The error constructor that receives the value.
#[derive(Clone, Copy, Debug)]
enum Way {
    Custom,
    InvalidValue,
    InvalidType,
    InvalidLength,
    UnknownVariant,
    UnknownField,
    MissingField,
    DuplicateField,
}

fn leak(text: &str) -> &'static str {
    Box::leak(format!("not {text}").into_boxed_str())
}

fn error<E: Error>(way: u8, text: &str) -> E {
    let shown = format!("a value that is not {text}");
    let expected = shown.as_str();
    match way {
        0 => E::custom(&shown),
        1 => E::invalid_value(Unexpected::Str(text), &expected),
        2 => E::invalid_type(Unexpected::Other(text), &expected),
        3 => E::invalid_length(text.len(), &expected),
        4 => E::unknown_variant(text, Box::leak(Box::new([leak(text)]))),
        5 => E::unknown_field(text, Box::leak(Box::new([leak(text)]))),
        6 => E::missing_field(leak(text)),
        _ => E::duplicate_field(leak(text)),
    }
}

/// Rejects the value in a visitor.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Visits<const WAY: u8>;

impl<'de, const WAY: u8> Deserialize<'de> for Visits<WAY> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any<const WAY: u8>;
        impl<const WAY: u8> Visitor<'_> for Any<WAY> {
            type Value = Visits<WAY>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("something known")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Err(error(WAY, text))
            }
        }
        deserializer.deserialize_str(Any)
    }
}

/// Rejects the value after serde's own visitor accepted it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Owns<const WAY: u8>;

impl<'de, const WAY: u8> Deserialize<'de> for Owns<WAY> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(error(WAY, &text))
    }
}

fn check<const WAY: u8>() {
    let values = [
        text(CANARY),
        text(&format!("{CANARY}\n")),
        key(&format!(r#"{{"k": "{CANARY}"}}"#), "k"),
    ];
    for value in &values {
        is_silent(refusal::<Visits<WAY>>(value));
        is_silent(refusal::<Owns<WAY>>(value));
        is_silent(refusal::<Option<Owns<WAY>>>(value));
        let refused = value.get::<Visits<WAY>>().unwrap_err();
        is_silent(format!("{refused:?}"));
    }
    let nested = text(&format!(r#"{{"inner": ["{CANARY}"]}}"#));
    is_silent(refusal::<Nested<Visits<WAY>>>(&nested));
    is_silent(refusal::<Nested<Owns<WAY>>>(&nested));
    is_silent(refusal::<Flattened<Owns<WAY>>>(&nested));
    let keyed = text(&format!(r#"{{"{CANARY}": 1}}"#));
    is_silent(refusal::<BTreeMap<Visits<WAY>, u8>>(&keyed));
    is_silent(refusal::<BTreeMap<Owns<WAY>, u8>>(&keyed));
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "never filled")]
struct Nested<T> {
    inner: Vec<T>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "never filled")]
struct Flattened<T> {
    #[serde(flatten)]
    nested: Nested<T>,
}

fn is_silent(shown: impl Display) {
    let shown = shown.to_string();
    assert!(!shown.contains(CANARY), "{shown}");
}

#[test]
fn text_of_type_never_reaches_error() {
    check::<{ Way::Custom as u8 }>();
    check::<{ Way::InvalidValue as u8 }>();
    check::<{ Way::InvalidType as u8 }>();
    check::<{ Way::InvalidLength as u8 }>();
    check::<{ Way::UnknownVariant as u8 }>();
    check::<{ Way::UnknownField as u8 }>();
    check::<{ Way::MissingField as u8 }>();
    check::<{ Way::DuplicateField as u8 }>();
}

#[test]
fn field_name_from_bytes_is_hidden() {
    #[derive(Debug)]
    struct Digits;
    impl<'de> Deserialize<'de> for Digits {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let bytes = Vec::<u8>::deserialize(deserializer)?;
            let digits: Vec<String> = bytes.iter().map(u8::to_string).collect();
            Err(D::Error::missing_field(Box::leak(
                digits.join("-").into_boxed_str(),
            )))
        }
    }
    assert_eq!(
        refusal::<Digits>(&super::bytes(&[0xca, 0xff, 0xee])),
        "rejected by the type"
    );
}

#[test]
fn expectation_fixed_before_visit_is_shown() {
    assert_eq!(
        refusal::<Visits<1>>(&text(CANARY)),
        "expected something known, found other text"
    );
    assert_eq!(refusal::<Owns<1>>(&text(CANARY)), "rejected by the type");
    assert_eq!(
        refusal::<std::num::NonZeroU16>(&text("0")),
        "expected a nonzero u16, found a number out of range"
    );
}

#[test]
fn declared_names_are_shown() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "never filled")]
    struct Login {
        user: String,
        #[serde(alias = "pass")]
        password: String,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Outer {
        #[serde(flatten)]
        login: Flat,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Flat {
        user: String,
    }
    assert_eq!(
        refusal::<Login>(&text(r#"{"user": "a"}"#)),
        "expected the key `password`, which does not exist"
    );
    let refused = refusal::<Login>(&text(r#"{"user": "a", "canary": 1}"#));
    assert!(
        refused.contains("`password`") && !refused.contains("canary"),
        "{refused}"
    );
    assert_eq!(
        refusal::<Outer>(&text(r#"{"usr": "a"}"#)),
        "expected the key `user`, which does not exist"
    );
}
