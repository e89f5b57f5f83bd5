//! Numbers keep all digits.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

use super::{bytes, key, refusal, text};

/// Accepts any number, and text, like the types of `rust_decimal`.
#[derive(Debug, PartialEq)]
struct Decimal(String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor)
    }
}

struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a decimal number")
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal(value.to_string()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Decimal, E> {
        Ok(Decimal(value.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        is_decimal
            .then(|| Decimal(text.to_owned()))
            .ok_or_else(|| E::custom("not a decimal"))
    }
}

#[test]
fn bytes_of_text_fill_any_type() {
    let value = bytes(b"1.50");
    assert_eq!(value.get::<Decimal>().unwrap(), Decimal("1.50".to_owned()));
}

#[test]
fn float_is_exact_in_every_form() {
    // serde_json without `float_roundtrip` is one unit off for some of these.
    for digits in [
        "0.1",
        "51.24817837550540",
        "7.2057594037927933e16",
        "1.7976931348623157e308",
        "5e-324",
        "9007199254740993",
        "122.416294033786585",
        "-0.0",
        "100",
    ] {
        let expected: f64 = digits.parse().unwrap();
        let secret = format!(r#"{{"x": {digits}, "s": "{digits}"}}"#);
        for value in [text(digits), key(&secret, "x"), key(&secret, "s")] {
            let read: f64 = value.get().unwrap();
            assert_eq!(read.to_bits(), expected.to_bits(), "{digits}");
            let narrow: f32 = value.get().unwrap_or(f32::NAN);
            let expected: f32 = digits.parse().unwrap();
            if expected.is_finite() && expected != 0.0 {
                assert_eq!(narrow.to_bits(), expected.to_bits(), "{digits}");
            }
        }
    }
}

#[test]
fn float_out_of_range_is_refused() {
    for digits in ["1e999", "-1e999", "1e-999"] {
        let secret = format!(r#"{{"x": {digits}}}"#);
        for value in [text(digits), key(&secret, "x")] {
            let refused = refusal::<f64>(&value);
            assert_eq!(refused, "expected a number, found a number out of range");
        }
    }
    assert!(text("inf").get::<f64>().unwrap().is_infinite());
}

#[test]
fn f32_out_of_range_is_refused() {
    const REFUSED: &str = "expected a number, found a number out of range";
    let integer = format!("4{}", "0".repeat(38));
    for digits in ["3.5e38", "-1e300", "1e39", "1e-46", "1e999", &integer] {
        let secret = format!(
            r#"{{"x": {digits}, "s": "{digits}", "list": [1, {digits}], "map": {{"a": {digits}}}}}"#
        );
        for value in [text(digits), key(&secret, "x"), key(&secret, "s")] {
            assert_eq!(refusal::<f32>(&value), REFUSED, "{digits}");
            assert_eq!(refusal::<Option<f32>>(&value), REFUSED, "{digits}");
        }
        let list = key(&secret, "list");
        assert_eq!(refusal::<Vec<f32>>(&list), format!("in `[1]`: {REFUSED}"));
        assert_eq!(refusal::<(u8, f32)>(&list), format!("in `[1]`: {REFUSED}"));
        let map = key(&secret, "map");
        let refused = refusal::<BTreeMap<String, f32>>(&map);
        assert_eq!(refused, format!("in `[…]`: {REFUSED}"));
    }
    for (digits, expected) in [("3.4028235e38", f32::MAX), ("1e-45", f32::from_bits(1))] {
        let read: f32 = key(&format!(r#"{{"x": {digits}}}"#), "x").get().unwrap();
        assert_eq!(read.to_bits(), expected.to_bits(), "{digits}");
    }
}

#[test]
fn integer_is_exact_to_128_bits() {
    let secret = format!(
        r#"{{"u": {}, "i": {}, "list": [18446744073709551616]}}"#,
        u128::MAX,
        i128::MIN
    );
    assert_eq!(key(&secret, "u").get::<u128>().unwrap(), u128::MAX);
    assert_eq!(key(&secret, "i").get::<i128>().unwrap(), i128::MIN);
    assert_eq!(
        key(&secret, "list").get::<Vec<u128>>().unwrap(),
        [18_446_744_073_709_551_616]
    );
    assert_eq!(
        key(&secret, "u").get::<String>().unwrap(),
        u128::MAX.to_string()
    );
    assert_eq!(
        refusal::<u64>(&key(&secret, "u")),
        "expected an integer from 0 to 18446744073709551615, found a number out of range"
    );
}

#[test]
fn integer_refusal_names_its_range() {
    let port = |value: &str| refusal::<u16>(&text(value));
    let expected = "expected an integer from 0 to 65535, found ";
    for (value, found) in [
        ("65536", "a number out of range"),
        ("-1", "a number out of range"),
        ("1.5", "a number with a fraction or an exponent"),
        ("5432 ", "text with a trailing space"),
        (" 5432", "text with a leading space"),
        ("5432\n\n", "text with more than one newline at its end"),
        ("\"5432\"", "text in quotation marks"),
        ("", "empty text"),
        ("\n", "empty text"),
        ("x", "other text"),
    ] {
        assert_eq!(port(value), format!("{expected}{found}"), "{value:?}");
    }
    let json = key(r#"{"x": 65536, "b": true, "f": 1.5}"#, "x");
    assert_eq!(
        refusal::<u16>(&json),
        format!("{expected}a number out of range")
    );
    let json = key(r#"{"b": true}"#, "b");
    assert_eq!(refusal::<u16>(&json), format!("{expected}a boolean"));
    let json = key(r#"{"f": 1.5}"#, "f");
    assert_eq!(
        refusal::<u16>(&json),
        format!("{expected}a number with a fraction or an exponent")
    );
    assert_eq!(
        refusal::<bool>(&text("yes")),
        "expected `true` or `false`, found other text"
    );
}

#[test]
fn rounded_number_is_refused_with_fix() {
    const LONG: &str = "1.2345678901234567890123";
    let secret = format!(r#"{{"x": {LONG}, "s": "{LONG}", "short": 1.25}}"#);
    assert_eq!(
        key(&secret, "short").get::<Decimal>().unwrap(),
        Decimal("1.25".into())
    );
    assert_eq!(
        key(&secret, "s").get::<Decimal>().unwrap(),
        Decimal(LONG.into())
    );
    let refused = refusal::<Decimal>(&key(&secret, "x"));
    assert!(refused.contains("put it in quotation marks"), "{refused}");
    let refused = refusal::<BTreeMap<String, Decimal>>(&text(&secret));
    assert!(refused.starts_with("in `[…]`: "), "{refused}");
    assert!(refused.contains("put it in quotation marks"), "{refused}");
}

#[test]
fn long_float_fits_float_in_buffer() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        rate: f64,
    }
    let read: Outer = text(r#"{"rate": 0.10000000000000001, "unused": 3.14159265358979323846}"#)
        .get()
        .unwrap();
    assert_eq!(read.inner.rate.to_bits(), 0.1_f64.to_bits());
}

#[test]
fn lossy_number_error_recommends_quotation_marks() {
    assert_eq!(
        refusal::<String>(&key(r#"{"pin": 1.10}"#, "pin")),
        "expected a string, found a number that JSON tools can rewrite; put it in quotation marks"
    );
}

#[test]
fn odd_value_of_unused_key_ignored() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Login {
        user: String,
    }
    for odd in ["1e999", r#""\ud800""#, r#"{"a": [-1e999]}"#] {
        let secret = format!(r#"{{"odd": {odd}, "user": "app"}}"#);
        assert_eq!(
            key(&secret, "user").get::<String>().unwrap(),
            "app",
            "{odd}"
        );
        assert_eq!(text(&secret).get::<Login>().unwrap().user, "app", "{odd}");
    }
    assert_eq!(
        refusal::<String>(&key(r#"{"odd": "\ud800"}"#, "odd")),
        "expected a string, found a string with an unpaired surrogate"
    );
}

#[test]
fn odd_key_fails_only_maps() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Login {
        user: String,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        #[serde(flatten)]
        login: Login,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Labeled {
        user: String,
        #[serde(flatten)]
        labels: BTreeMap<String, serde_json::Value>,
    }
    for odd in [r#""\ud800": "a""#, r#""\ud800": "a", "\\ud800": "b""#] {
        let secret = format!(r#"{{{odd}, "user": "app"}}"#);
        assert_eq!(key(&secret, "user").get::<String>().unwrap(), "app");
        assert_eq!(text(&secret).get::<Login>().unwrap().user, "app");
        assert_eq!(text(&secret).get::<Outer>().unwrap().login.user, "app");
        assert_eq!(
            refusal::<BTreeMap<String, String>>(&text(&secret)),
            "in a key: expected a string, found a key with an unpaired surrogate"
        );
        assert!(text(&secret).get::<serde_json::Value>().is_err(), "{odd}");
        assert!(text(&secret).get::<Labeled>().is_err(), "{odd}");
    }
    let secret = r#"{"\ud800": "a", "\\ud800": "b"}"#;
    assert_eq!(key(secret, r"\ud800").get::<String>().unwrap(), "b");
}

#[test]
fn any_value_has_exact_numbers() {
    let any: serde_json::Value = text("[18446744073709551615, -5, -0]").get().unwrap();
    assert_eq!(any[0].as_u64(), Some(u64::MAX));
    assert_eq!(any[1].as_i64(), Some(-5));
    assert!(any[2].as_f64().unwrap().is_sign_negative());
}
