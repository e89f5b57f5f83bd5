//! Types that take text or bytes as a whole.

use std::fmt::Debug;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use from_secrets::{ExposeSecret as _, FromSecrets, SecretBox, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Expected::{self, Is, Refused, Unknown};
use super::{binary, decode, memory, variable};
use crate::loading::Given;

/// A unit enum.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

/// A type around another one.
#[derive(Debug, Deserialize, PartialEq)]
struct Port(u16);

/// A type that refuses, with words of its own that quote the value.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(try_from = "String")]
struct Even(String);

impl TryFrom<String> for Even {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len().is_multiple_of(2) {
            Ok(Self(text))
        } else {
            Err(format!("`{text}` is odd"))
        }
    }
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Parsed<T: FromStr> {
    #[secret("value", parse)]
    value: T,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct ParsedWith {
    #[secret("value", parse = parsed_with)]
    value: String,
}

fn parsed_with(text: &str) -> Result<String, String> {
    Even::try_from(text.to_owned()).map(|even| even.0)
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Bytes {
    #[secret("value", binary)]
    value: Vec<u8>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct SecretBytes {
    #[secret("value", binary)]
    value: SecretBox<[u8]>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Four {
    #[secret("value", binary)]
    value: [u8; 4],
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Maybe {
    #[secret("value")]
    value: Option<String>,
}

pub(super) fn check(text: &str) {
    let given = memory(text);
    Is(text.to_owned()).assert_met(decode(&given));
    Is(Some(text.to_owned())).assert_met(given.load::<Maybe>().map(|maybe| maybe.value));
    let secret = decode::<SecretString>(&given);
    Is(text.to_owned()).assert_met(secret.map(|secret| secret.expose_secret().to_owned()));
    check_scalars(&given, text);
    either(text, only_char).assert_met(decode::<char>(&given));
    either(text, even).assert_met(decode::<Even>(&given));
    let parsed = given.load::<ParsedWith>().map(|parsed| Even(parsed.value));
    Expected::from(even(line(text))).assert_met(parsed);
    check_parsed::<IpAddr>(&given, text);
    check_parsed::<u16>(&given, text);
    Expected::<IpAddr>::from(line(text).parse().ok()).assert_met(decode(&given));
    level(text).assert_met(decode(&given));
    Is(text.as_bytes().to_vec()).assert_met(given.load::<Bytes>().map(|bytes| bytes.value));
    check_variable(text);
}

fn check_scalars(given: &Given, text: &str) {
    let word = word(text);
    scalar::<bool>(given, word);
    scalar::<i8>(given, word);
    scalar::<u16>(given, word);
    scalar::<i64>(given, word);
    scalar::<u128>(given, word);
    match Expected::from(float(word)) {
        // It is equal to nothing.
        Is(number) if number.is_nan() => assert!(decode::<f64>(given).is_ok_and(f64::is_nan)),
        expected => expected.assert_met(decode(given)),
    }
    let port: Expected<Port> = word.parse().ok().map(Port).into();
    port.assert_met(decode(given));
    let option: Expected<Option<u16>> = match text {
        "" => Is(None),
        _ => word.parse().ok().map(Some).into(),
    };
    option.assert_met(decode(given));
}

/// A float that is in range: digits are not infinite, and zero only if they are.
fn float(word: &str) -> Option<f64> {
    let number: f64 = word.parse().ok()?;
    let mantissa = word.split(['e', 'E']).next().unwrap_or_default();
    let is_lost = match number.abs() {
        0.0 => mantissa.contains(|c| ('1'..='9').contains(&c)),
        f64::INFINITY => word.contains(|c: char| c.is_ascii_digit()),
        _ => false,
    };
    (!is_lost).then_some(number)
}

fn scalar<T: DeserializeOwned + FromStr + PartialEq + Debug>(given: &Given, word: &str) {
    let expected: Expected<T> = word.parse().ok().into();
    expected.assert_met(decode(given));
}

fn check_parsed<T: FromStr + PartialEq + Debug>(given: &Given, text: &str) {
    let parsed = given.load::<Parsed<T>>().map(|parsed| parsed.value);
    Expected::from(line(text).parse().ok()).assert_met(parsed);
}

/// The text without one newline at its end.
fn line(text: &str) -> &str {
    let line = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'));
    line.unwrap_or(text)
}

/// The same without a byte order mark.
fn word(text: &str) -> &str {
    line(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// What the text gives as it is, else without the newline at its end.
fn either<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Expected<T> {
    read(text).or_else(|| read(line(text))).into()
}

fn only_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn even(text: &str) -> Option<Even> {
    Even::try_from(text.to_owned()).ok()
}

fn level(text: &str) -> Expected<Level> {
    let word = word(text);
    // Objects name a variant by their key.
    if word.trim_start().starts_with('{') {
        return Unknown;
    }
    match word {
        "low" => Is(Level::Low),
        "high" => Is(Level::High),
        _ => Refused,
    }
}

/// In the environment, bytes are in base64, and the empty text is none.
fn check_variable(text: &str) {
    let given = variable(text);
    if text.is_empty() {
        return Refused.assert_met(decode::<String>(&given));
    }
    // Variables are set by the name alone: what stands in one is as good as in a secret.
    Is(text.to_owned()).assert_met(decode(&given));
    let bytes: Expected<Vec<u8>> = from_base64(text).into();
    bytes.assert_met(given.load::<Bytes>().map(|bytes| bytes.value));
    let four: Expected<[u8; 4]> = from_base64(text)
        .and_then(|bytes| bytes.try_into().ok())
        .into();
    four.assert_met(given.load::<Four>().map(|four| four.value));
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_ascii_whitespace().collect();
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&STANDARD, config).decode(digits).ok()
}

pub(super) fn check_bytes(bytes: &[u8]) {
    let given = binary(bytes);
    Is(bytes.to_vec()).assert_met(decode::<Vec<u8>>(&given));
    Is(bytes.to_vec()).assert_met(given.load::<Bytes>().map(|bytes| bytes.value));
    let secret = given.load::<SecretBytes>().map(|bytes| bytes.value);
    Is(bytes.to_vec()).assert_met(secret.map(|bytes| bytes.expose_secret().to_vec()));
    let four: Expected<[u8; 4]> = bytes.try_into().ok().into();
    four.assert_met(given.load::<Four>().map(|four| four.value));
    let text = std::str::from_utf8(bytes).ok();
    let as_text: Expected<String> = text.map(str::to_owned).into();
    as_text.assert_met(decode(&given));
    if let Some(text) = text {
        scalar::<u16>(&given, word(text));
        check_parsed::<IpAddr>(&given, text);
    } else {
        Refused.assert_met(decode::<u16>(&given));
        Refused.assert_met(decode::<SecretString>(&given).map(|_| ()));
    }
}
