//! Descriptions of rejected text and of the errors of types.

use serde::Deserialize;
use serde::de::{Error, Unexpected};

use super::{refusal, text};
use crate::decode::Mismatch;
use crate::decode::mismatch::is_name;

#[test]
fn rejected_text_is_described() {
    for (rejected, found) in [
        ("\u{feff}x", "text with a byte order mark before it"),
        ("\"5\"", "text in quotation marks"),
        ("\"5", "other text"),
        ("5\"", "other text"),
        ("\"", "other text"),
        ("'5'", "text in quotation marks"),
        ("five", "other text"),
    ] {
        let found = format!("found {found}");
        let value = text(rejected);
        for message in [
            refusal::<u16>(&value),
            refusal::<f64>(&value),
            refusal::<bool>(&value),
        ] {
            assert!(message.ends_with(&found), "{rejected}: {message}");
        }
    }
    assert!(refusal::<bool>(&text("5")).ends_with("found a number"));
    assert!(refusal::<f64>(&text("1e999")).ends_with("found a number out of range"));
}

#[test]
fn error_of_type_describes_value() {
    for (value, kind, other) in [
        (Unexpected::Bool(true), "a boolean", "another boolean"),
        (Unexpected::Unsigned(1), "a number", "another number"),
        (Unexpected::Signed(-1), "a number", "another number"),
        (Unexpected::Float(1.5), "a number", "another number"),
        (Unexpected::Char('a'), "text", "other text"),
        (Unexpected::Str("a"), "text", "other text"),
        (Unexpected::Bytes(b"a"), "bytes", "other bytes"),
        (Unexpected::Unit, "null", "another value"),
        (Unexpected::Option, "null", "another value"),
        (Unexpected::Seq, "an array", "another value"),
        (Unexpected::Map, "an object", "another value"),
        (Unexpected::Enum, "something else", "another value"),
    ] {
        let message = |mismatch: Mismatch| mismatch.after_buffer().to_string();
        let invalid = message(Mismatch::invalid_type(value, &"a string"));
        assert!(invalid.ends_with(&format!("found {kind}")), "{invalid}");
        let invalid = message(Mismatch::invalid_value(value, &"a string"));
        assert!(invalid.ends_with(&format!("found {other}")), "{invalid}");
    }
}

#[test]
fn only_usual_names_are_shown() {
    for name in ["api_key", "api-key", "größe", "a.b c", &"a".repeat(64)] {
        assert!(is_name(name), "{name}");
    }
    for other in ["a#b", "{a}", "a\nb", &"a".repeat(65)] {
        assert!(!is_name(other), "{other}");
    }
}

#[test]
fn unread_items_are_rejected() {
    let message = refusal::<(u8, u8)>(&text("[1, 2, 3]"));
    assert!(message.contains("2 items") && message.ends_with("found more"));
    assert_eq!(text("[1, 2]").get::<(u8, u8)>().unwrap(), (1, 2));
}

#[test]
fn key_of_struct_is_no_value() {
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the error is checked")]
    struct Strict {
        user: String,
    }
    assert_eq!(
        refusal::<Strict>(&text(r#"{"name": "u"}"#)),
        "expected `user` as keys, found another key"
    );
}

#[test]
fn short_array_error_has_its_length() {
    assert_eq!(
        refusal::<(u8, u8)>(&text("[1]")),
        "expected a tuple of size 2, found another length"
    );
}

#[test]
fn enum_without_variants_accepts_nothing() {
    #[derive(Debug, Deserialize)]
    enum Never {}
    assert_eq!(
        refusal::<Never>(&text("a")),
        "expected nothing, found another name"
    );
}

#[test]
fn key_value_object_contains_strings() {
    assert!(text(r#"{"user": "u", "port": "1"}"#).is_key_value_object());
    for other in [r#"{"user": "u", "port": 1}"#, "{}", r#"["u"]"#, "u"] {
        assert!(!text(other).is_key_value_object(), "{other}");
    }
}
