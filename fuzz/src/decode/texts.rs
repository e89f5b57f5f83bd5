//! Types that are decoded from the whole text or bytes.

use std::fmt::Debug;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use from_secrets::{ExposeSecret as _, FromSecrets, SecretBox, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Expected::{self, Is, Rejected, Unknown};
use super::{binary, decode, memory, variable};
use crate::loading::Case;

/// A unit enum.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Level {
    Low,
    High,
}

/// A newtype.
#[derive(Debug, Deserialize, PartialEq)]
struct Port(u16);

/// A type whose errors contain the value.
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
    let case = memory(text);
    Is(text.to_owned()).assert_met(decode(&case));
    Is(Some(text.to_owned())).assert_met(case.load::<Maybe>().map(|maybe| maybe.value));
    let secret = decode::<SecretString>(&case);
    Is(text.to_owned()).assert_met(secret.map(|secret| secret.expose_secret().to_owned()));
    check_scalars(&case, text);
    either(text, only_char).assert_met(decode::<char>(&case));
    either(text, even).assert_met(decode::<Even>(&case));
    let parsed = case.load::<ParsedWith>().map(|parsed| Even(parsed.value));
    Expected::from(even(line(text))).assert_met(parsed);
    check_parsed::<IpAddr>(&case, text);
    check_parsed::<u16>(&case, text);
    Expected::<IpAddr>::from(line(text).parse().ok()).assert_met(decode(&case));
    level(text).assert_met(decode(&case));
    Is(text.as_bytes().to_vec()).assert_met(case.load::<Bytes>().map(|bytes| bytes.value));
    check_variable(text);
}

fn check_scalars(case: &Case, text: &str) {
    let word = word(text);
    scalar::<bool>(case, word);
    scalar::<i8>(case, word);
    scalar::<u16>(case, word);
    scalar::<i64>(case, word);
    scalar::<u128>(case, word);
    match Expected::from(float(word)) {
        // NaN is not equal to itself.
        Is(number) if number.is_nan() => assert!(decode::<f64>(case).is_ok_and(f64::is_nan)),
        expected => expected.assert_met(decode(case)),
    }
    let port: Expected<Port> = word.parse().ok().map(Port).into();
    port.assert_met(decode(case));
    let option: Expected<Option<u16>> = match text {
        "" => Is(None),
        _ => word.parse().ok().map(Some).into(),
    };
    option.assert_met(decode(case));
}

/// Parses a float that neither overflows nor underflows.
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

fn scalar<T: DeserializeOwned + FromStr + PartialEq + Debug>(case: &Case, word: &str) {
    let expected: Expected<T> = word.parse().ok().into();
    expected.assert_met(decode(case));
}

fn check_parsed<T: FromStr + PartialEq + Debug>(case: &Case, text: &str) {
    let parsed = case.load::<Parsed<T>>().map(|parsed| parsed.value);
    Expected::from(line(text).parse().ok()).assert_met(parsed);
}

/// Removes one trailing newline.
fn line(text: &str) -> &str {
    let line = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'));
    line.unwrap_or(text)
}

/// Removes one trailing newline and a byte order mark.
fn word(text: &str) -> &str {
    line(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Parses the text unchanged, or without its trailing newline.
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
    // Objects contain a variant as their key.
    if word.trim_start().starts_with('{') {
        return Unknown;
    }
    match word {
        "low" => Is(Level::Low),
        "high" => Is(Level::High),
        _ => Rejected,
    }
}

/// Environment variables contain bytes as base64, and are missing if they are empty.
fn check_variable(text: &str) {
    let case = variable(text);
    if text.is_empty() {
        return Rejected.assert_met(decode::<String>(&case));
    }
    // A variable is decoded like a secret.
    Is(text.to_owned()).assert_met(decode(&case));
    let bytes: Expected<Vec<u8>> = from_base64(text).into();
    bytes.assert_met(case.load::<Bytes>().map(|bytes| bytes.value));
    let four: Expected<[u8; 4]> = from_base64(text)
        .and_then(|bytes| bytes.try_into().ok())
        .into();
    four.assert_met(case.load::<Four>().map(|four| four.value));
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits: String = text.split_ascii_whitespace().collect();
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&STANDARD, config).decode(digits).ok()
}

pub(super) fn check_bytes(bytes: &[u8]) {
    let case = binary(bytes);
    Is(bytes.to_vec()).assert_met(decode::<Vec<u8>>(&case));
    Is(bytes.to_vec()).assert_met(case.load::<Bytes>().map(|bytes| bytes.value));
    let secret = case.load::<SecretBytes>().map(|bytes| bytes.value);
    Is(bytes.to_vec()).assert_met(secret.map(|bytes| bytes.expose_secret().to_vec()));
    let four: Expected<[u8; 4]> = bytes.try_into().ok().into();
    four.assert_met(case.load::<Four>().map(|four| four.value));
    let text = std::str::from_utf8(bytes).ok();
    let as_text: Expected<String> = text.map(str::to_owned).into();
    as_text.assert_met(decode(&case));
    if let Some(text) = text {
        scalar::<u16>(&case, word(text));
        check_parsed::<IpAddr>(&case, text);
    } else {
        Rejected.assert_met(decode::<u16>(&case));
        Rejected.assert_met(decode::<SecretString>(&case).map(|_| ()));
    }
}
