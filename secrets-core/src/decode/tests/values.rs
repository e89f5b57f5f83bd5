use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{CANARY, bytes, key, text};

#[derive(Debug, Deserialize, PartialEq)]
struct Database {
    port: u16,
    hosts: Vec<String>,
    tls: Option<bool>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Sized(u8),
    Named { width: u32 },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Newtype(u16);

#[test]
fn text_decodes_to_requested_type() {
    assert_eq!(text("5432").get::<u16>().unwrap(), 5432);
    assert_eq!(text("-1.5").get::<f64>().unwrap().to_string(), "-1.5");
    assert!(text("true").get::<bool>().unwrap());
    assert_eq!(text("x").get::<char>().unwrap(), 'x');
    assert_eq!(text("fast").get::<Mode>().unwrap(), Mode::Fast);
    assert_eq!(text("7").get::<Newtype>().unwrap(), Newtype(7));
    assert_eq!(
        text("7").get::<Option<Newtype>>().unwrap(),
        Some(Newtype(7))
    );
    assert_eq!(text("[1,\"2\"]").get::<Vec<u8>>().unwrap(), [1, 2]);
    assert_eq!(
        text("170141183460469231731687303715884105727")
            .get::<i128>()
            .unwrap(),
        i128::MAX
    );
}

#[test]
fn nested_json_strings_decode_as_text() {
    let secret =
        r#"{"db":{"port":"5432","hosts":"[\"a\",\"b\"]","tls":"true"},"mode":"{\"sized\":\"3\"}"}"#;
    let expected = Database {
        port: 5432,
        hosts: vec!["a".into(), "b".into()],
        tls: Some(true),
    };
    assert_eq!(key(secret, "db").get::<Database>().unwrap(), expected);
    assert_eq!(key(secret, "mode").get::<Mode>().unwrap(), Mode::Sized(3));
}

#[test]
fn json_numbers_and_strings_are_interchangeable() {
    assert_eq!(key(r#"{"port":5432}"#, "port").get::<u16>().unwrap(), 5432);
    assert_eq!(
        key(r#"{"port":"5432"}"#, "port").get::<u16>().unwrap(),
        5432
    );
    assert_eq!(
        key(r#"{"pin":1234}"#, "pin").get::<String>().unwrap(),
        "1234"
    );
    assert!(
        key(r#"{"pin":1.10}"#, "pin").get::<String>().is_err(),
        "its digits are not certain"
    );
}

#[test]
fn json_text_fills_maps_and_enums() {
    let map = text(r#"{"a":"1"}"#).get::<BTreeMap<String, u8>>().unwrap();
    assert_eq!(map["a"], 1);
    assert_eq!(
        text(r#"{"named":{"width":"4"}}"#).get::<Mode>().unwrap(),
        Mode::Named { width: 4 }
    );
    assert!(
        text(r#"{"a":1}"#)
            .get::<serde_json::Value>()
            .unwrap()
            .is_object()
    );
    assert!(
        text("plain")
            .get::<serde_json::Value>()
            .unwrap()
            .is_string()
    );
}

#[test]
fn only_string_types_keep_trailing_newline() {
    assert_eq!(text("x\n").get::<String>().unwrap(), "x\n");
    assert_eq!(
        text("x\n").get::<SecretString>().unwrap().expose_secret(),
        "x\n"
    );
    assert_eq!(text("1\r\n").get::<u16>().unwrap(), 1);
    assert!(text("true\n").get::<bool>().unwrap());
    assert_eq!(text("fast\n").get::<Mode>().unwrap(), Mode::Fast);
    assert!(text("127.0.0.1\n").get::<std::net::IpAddr>().is_ok());
    assert_eq!(text("7\n").parse(str::parse::<u8>).unwrap(), 7);
    assert_eq!(
        key(r#"{"ip":"127.0.0.1\n"}"#, "ip")
            .get::<std::net::IpAddr>()
            .unwrap()
            .to_string(),
        "127.0.0.1"
    );
}

#[test]
fn bytes_fill_byte_vectors_and_utf8() {
    assert_eq!(bytes(&[0, 255]).get::<Vec<u8>>().unwrap(), [0, 255]);
    assert!(
        bytes(&[0, 255]).get::<Vec<u16>>().is_err(),
        "bytes are not numbers"
    );
    assert_eq!(bytes(b"text").get::<String>().unwrap(), "text");
    let refused = bytes(&[0, 255]).get::<String>().unwrap_err().to_string();
    assert!(refused.contains("#[secret(binary)]"), "{refused}");
}

#[test]
fn untagged_enum_reads_bytes_like_text() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Credential {
        Numbered { id: u8 },
        Mode(Mode),
        Plain(String),
    }
    for secret in [
        r#"{"id":3}"#,
        r#"{"id":"3"}"#,
        r#"{"sized":5}"#,
        "fast",
        "plain",
        "",
    ] {
        let expected = text(secret).get::<Credential>().unwrap();
        let read = bytes(secret.as_bytes()).get::<Credential>().unwrap();
        assert_eq!(read, expected, "{secret}");
    }
}

/// Accepts bytes or text, like types of keys.
#[derive(Debug, PartialEq)]
struct RawBytes(Vec<u8>);

impl<'de> Deserialize<'de> for RawBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(RawBytesVisitor)
    }
}

struct RawBytesVisitor;

impl serde::de::Visitor<'_> for RawBytesVisitor {
    type Value = RawBytes;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<RawBytes, E> {
        Ok(RawBytes(bytes.to_vec()))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawBytes, E> {
        Ok(RawBytes(text.as_bytes().to_vec()))
    }
}

#[test]
fn byte_types_receive_unchanged_bytes() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Key {
        Raw(RawBytes),
    }
    for secret in [&b"key\n"[..], b"5", b"{\"a\": 1}", b"\xff\n", b""] {
        let value = bytes(secret);
        assert_eq!(value.get::<Vec<u8>>().unwrap(), secret);
        assert_eq!(value.get::<RawBytes>().unwrap().0, secret);
        let Key::Raw(RawBytes(read)) = value.get().unwrap();
        assert_eq!(read, secret);
    }
    assert_eq!(bytes(b"[1]").get::<Vec<u8>>().unwrap(), b"[1]");
}

#[test]
fn binary_field_decodes_base64_text() {
    assert_eq!(bytes(&[0, 255]).binary::<Vec<u8>>(false).unwrap(), [0, 255]);
    assert_eq!(text("abc").binary::<Vec<u8>>(false).unwrap(), b"abc");
    assert_eq!(text("AP\n8=\n").binary::<Vec<u8>>(true).unwrap(), [0, 255]);
    assert_eq!(text("AP8").binary::<[u8; 2]>(true).unwrap(), [0, 255]);
    assert_eq!(
        key(r#"{"k":"AP8="}"#, "k")
            .binary::<Vec<u8>>(false)
            .unwrap(),
        [0, 255]
    );
    assert!(text("AP8=").binary::<[u8; 3]>(true).is_err());
    assert!(text("not base64").binary::<Vec<u8>>(true).is_err());
    assert_eq!(text("dGV4dA==").binary::<String>(true).unwrap(), "text");
}

#[test]
fn duplicate_key_is_rejected() {
    assert!(
        text(r#"{"a":1,"a":2}"#)
            .get::<BTreeMap<String, u8>>()
            .is_err()
    );
}

#[derive(Debug)]
struct LeakyType;

impl std::str::FromStr for LeakyType {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Err(format!("cannot take {text}"))
    }
}

impl<'de> Deserialize<'de> for LeakyType {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Err(serde::de::Error::custom(format!("cannot take {text}")))
    }
}

#[test]
fn no_refusal_quotes_the_value() {
    let json = format!(r#"{{"{CANARY}":"{CANARY}"}}"#);
    let inputs = [
        text(CANARY),
        text(&json),
        text(&format!("{{\"x\":{CANARY}")),
    ];
    for value in inputs {
        let refusals = [
            value.get::<u16>().err(),
            value.get::<bool>().err(),
            value.get::<Mode>().err(),
            value.get::<Database>().err(),
            value.get::<Vec<Database>>().err(),
            value.get::<(u8, u8)>().err(),
            value.get::<LeakyType>().err(),
            value.parse(str::parse::<LeakyType>).err(),
            value.parse(str::parse::<u16>).err(),
            value.binary::<[u8; 3]>(true).err(),
        ];
        for refusal in refusals {
            let refusal = refusal.expect("each of them refuses").to_string();
            assert!(!refusal.contains(CANARY), "{refusal}");
        }
    }
}

#[test]
fn mismatch_path_hides_map_keys() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Outer {
        database: Database,
        #[serde(default)]
        weights: BTreeMap<String, Vec<u8>>,
    }
    let refused = |json: &str| text(json).get::<Outer>().unwrap_err().to_string();
    let wrong = format!(r#"{{"database": {{"port": "{CANARY}", "hosts": []}}}}"#);
    assert_eq!(
        refused(&wrong),
        "in `database.port`: expected an integer from 0 to 65535, found other text"
    );
    let absent = refused(r#"{"database": {"port": 1}}"#);
    assert_eq!(
        absent,
        "in `database`: expected the key `hosts`, which does not exist"
    );
    let keyed = format!(
        r#"{{"database": {{"port": 1, "hosts": []}}, "weights": {{"{CANARY}": [1, 2, "{CANARY}"]}}}}"#
    );
    assert_eq!(
        refused(&keyed),
        "in `weights[…][2]`: expected an integer from 0 to 255, found other text"
    );
    let items = text(&format!(r#"[1, "{CANARY}"]"#))
        .get::<(u8, u8)>()
        .unwrap_err();
    assert_eq!(
        items.to_string(),
        "in `[1]`: expected an integer from 0 to 255, found other text"
    );
}

#[test]
fn type_name_is_shown_without_modules() {
    use crate::decode::type_name;

    assert_eq!(type_name::<String>(), "String");
    assert_eq!(
        type_name::<Option<Vec<std::net::IpAddr>>>(),
        "Option<Vec<IpAddr>>"
    );
    assert_eq!(type_name::<(u8, [String; 2])>(), "(u8, [String; 2])");
}
