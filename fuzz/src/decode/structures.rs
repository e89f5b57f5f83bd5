//! Types that are decoded from JSON, and JSON keys.

use std::collections::BTreeMap;
use std::fmt::Debug;

use from_secrets::FromSecrets;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::Expected::{self, Is, Rejected, Unknown};
use super::{decode, memory};
use crate::json::{Tree, is_plain};
use crate::loading::Case;

#[derive(Debug, Deserialize, PartialEq)]
struct Database {
    user: String,
    #[serde(default)]
    port: Option<u16>,
    #[serde(default)]
    replicas: Vec<Replica>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Replica {
    host: String,
    weight: f64,
}

/// An externally tagged enum.
#[derive(Debug, Deserialize, PartialEq)]
enum Login {
    Anonymous,
    Token(String),
    Pair(String, u32),
    Password { user: String, password: String },
}

/// An internally tagged enum.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind {
    Postgres {
        host: String,
    },
    Sqlite {
        path: String,
        #[serde(default)]
        shared: bool,
    },
}

/// An untagged enum.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Any {
    Numbers(Vec<u64>),
    Object { key: String },
    Text(String),
}

/// A struct with additional keys.
#[derive(Debug, Deserialize, PartialEq)]
struct Rest {
    key: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(FromSecrets)]
#[secrets("value", debug)]
struct Keys {
    user: String,
    #[secret(json_key = "/replicas/0/host")]
    host: String,
    #[secret(default)]
    port: u16,
    #[secret(parse)]
    address: Option<std::net::IpAddr>,
    #[secret(binary)]
    salt: Option<Vec<u8>>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
struct Nested {
    #[secret(flatten)]
    keys: Option<Keys>,
    #[secret("value", json_key = "port")]
    port: Option<u16>,
}

pub(super) fn check(text: &str) {
    let case = memory(text);
    let document = document(text);
    composite::<Vec<u16>>(&case, text, document.as_ref());
    composite::<Vec<Option<bool>>>(&case, text, document.as_ref());
    composite::<BTreeMap<String, String>>(&case, text, document.as_ref());
    composite::<BTreeMap<u8, f64>>(&case, text, document.as_ref());
    composite::<(u8, String)>(&case, text, document.as_ref());
    composite::<Database>(&case, text, document.as_ref());
    composite::<Login>(&case, text, document.as_ref());
    composite::<Kind>(&case, text, document.as_ref());
    composite::<Any>(&case, text, document.as_ref());
    composite::<Rest>(&case, text, document.as_ref());
    anything(text, document.as_ref()).assert_met(decode::<Value>(&case));
    check_keys(&case, document.as_ref());
}

/// Returns an object or array without duplicate keys and without the private keys of `serde_json`.
fn document(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    let is_structure = value.is_object() || value.is_array();
    let repeats_keys = Tree::parse(text.as_bytes())?.repeats_keys();
    let is_plain = !repeats_keys && !text.contains("$serde_json") && is_plain(&value);
    (is_structure && is_plain).then_some(value)
}

/// The library accepts the same JSON as serde, and also numbers as text.
fn composite<T: DeserializeOwned + PartialEq + Debug>(
    case: &Case,
    text: &str,
    document: Option<&Value>,
) {
    let expected = match document.and_then(|_| serde_json::from_str(text).ok()) {
        Some(value) => Is(value),
        None => Unknown,
    };
    expected.assert_met(decode::<T>(case));
}

/// Self-describing types receive objects and arrays, or the text.
fn anything(text: &str, document: Option<&Value>) -> Expected<Value> {
    match document {
        Some(value) => Is(value.clone()),
        None if starts_structure(text) => Unknown,
        None => Is(Value::String(single_line(text).to_owned())),
    }
}

fn starts_structure(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<IgnoredAny>(text).is_ok() && text.trim_start().starts_with(['{', '['])
}

/// Returns a single line without its newline.
fn single_line(text: &str) -> &str {
    let line = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'));
    line.filter(|line| !line.contains('\n')).unwrap_or(text)
}

fn check_keys(case: &Case, document: Option<&Value>) {
    let keys = case.load::<Keys>();
    let nested = case.load::<Nested>();
    let Some(document) = document else {
        return;
    };
    let user: Expected<String> = expected_text(document.get("user"));
    match keys {
        Ok(keys) => {
            user.assert_met(Ok(keys.user));
            expected_text(document.pointer("/replicas/0/host")).assert_met(Ok(keys.host));
            let _ = (keys.port, keys.address, keys.salt);
        }
        // A different field may have failed.
        Err(error) => {
            let failed = error.failed_fields().any(|field| field.path() == "user");
            if !matches!(user, Unknown) {
                assert_eq!(failed, matches!(user, Rejected), "{error:#}");
            }
        }
    }
    if let Ok(nested) = nested {
        let _ = (nested.keys.is_some(), nested.port);
    }
}

/// Strings, and scalars with a unique notation.
fn expected_text(value: Option<&Value>) -> Expected<String> {
    match value {
        Some(Value::String(text)) => Is(text.clone()),
        Some(Value::Bool(value)) => Is(value.to_string()),
        Some(Value::Number(number)) if !number.is_f64() => Is(number.to_string()),
        Some(Value::Number(_)) => Unknown,
        _ => Rejected,
    }
}
