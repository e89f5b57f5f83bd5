//! Whatever a load accepts, `figment` and `config` extract from a layer.
#![cfg(all(feature = "derive", feature = "figment", feature = "config"))]

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use config::Config;
use figment::Figment;
use from_secrets::source::{Env, Memory};
use from_secrets::{FromSecrets, Loader};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Debug, FromSecrets, Deserialize, PartialEq)]
struct One<T> {
    #[secret("VALUE")]
    value: T,
}

/// Loads a text as a secret, as the value of a JSON key and from a variable, and compares each with both layers.
#[track_caller]
fn check<T: DeserializeOwned + Debug + PartialEq>(text: &str, expected: &T) {
    let secret = Loader::new().source(Memory::new().with_secret("VALUE", text));
    compare(&secret, expected, text);
    let variable = Loader::new()
        .env(Env::from_vars([("VALUE", text)]))
        .source(Env::new());
    compare(&variable, expected, text);
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

#[track_caller]
fn compare<T: DeserializeOwned + Debug + PartialEq>(loader: &Loader, expected: &T, text: &str) {
    let runtime = runtime();
    let one: One<T> = runtime.block_on(loader.load()).unwrap();
    assert_eq!(one.value, *expected, "load of {text}");
    let layer = runtime.block_on(loader.layer::<One<T>>()).unwrap();
    let figment: One<T> = Figment::new().merge(layer.clone()).extract().unwrap();
    assert_eq!(figment.value, *expected, "figment of {text}");
    let config = Config::builder().add_source(layer).build().unwrap();
    let config: One<T> = config.try_deserialize().unwrap();
    assert_eq!(config.value, *expected, "config of {text}");
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Login {
    Anonymous,
    Token(String),
    Pair(String, u16),
    Password { user: String, port: Option<u16> },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Server { host: String, port: u16 },
    Names(Vec<String>),
    Port(u16),
    Text(String),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Tagged {
    Server {
        host: String,
        port: u16,
        pin: String,
    },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Flattened {
    name: String,
    #[serde(flatten)]
    limits: BTreeMap<String, u16>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Deep {
    flags: Vec<bool>,
    rates: HashMap<String, f64>,
    narrow: f32,
    login: Login,
    pair: (u8, String),
    initial: char,
    nothing: Option<u8>,
    unset: Option<u16>,
}

#[test]
fn scalars_are_the_same() {
    check("true\n", &true);
    check("5432", &5432_u16);
    check("-7", &-7_i64);
    check("18446744073709551615", &u64::MAX);
    check("0.1", &0.1_f64);
    check("51.24817837550540", &51.248_178_375_505_4_f64);
    check("16777217.0", &16_777_216_f32);
    check("5", &5.0_f64);
    check("x", &'x');
    check("12345", &"12345".to_owned());
    check("true", &"true".to_owned());
    check("text\n", &"text\n".to_owned());
    check("7", &Some(7_u8));
}

#[test]
fn enums_are_the_same() {
    check("anonymous\n", &Login::Anonymous);
    check(r#"{"token": 5}"#, &Login::Token("5".into()));
    check(r#"{"pair": ["a", "1"]}"#, &Login::Pair("a".into(), 1));
    check(
        r#"{"password": {"user": "a", "port": ""}}"#,
        &Login::Password {
            user: "a".into(),
            port: None,
        },
    );
    let server = || ("db".to_owned(), 5432);
    let (host, port) = server();
    check(
        r#"{"host": "db", "port": "5432"}"#,
        &Untagged::Server { host, port },
    );
    check(r#"["a"]"#, &Untagged::Names(vec!["a".into()]));
    check("name", &Untagged::Text("name".into()));
    let (host, port) = server();
    check(
        r#"{"port": "5432", "host": "db", "kind": "server", "pin": 12}"#,
        &Tagged::Server {
            host,
            port,
            pin: "12".into(),
        },
    );
}

#[test]
fn structures_are_the_same() {
    check(
        r#"{"name": 1, "a": "1", "b": 2}"#,
        &Flattened {
            name: "1".into(),
            limits: BTreeMap::from([("a".into(), 1), ("b".into(), 2)]),
        },
    );
    let deep = r#"{"flags": "[\"true\", false]", "rates": {"a": "1e-3", "b": 7}, "narrow": 0.1, "login": {"pair": ["x", 2]},
        "pair": [1, 2], "initial": "i", "nothing": null, "unset": "", "unknown": {"x": [1e3]}}"#;
    check(
        deep,
        &Deep {
            flags: vec![true, false],
            rates: HashMap::from([("a".into(), 0.001), ("b".into(), 7.0)]),
            narrow: 0.1,
            login: Login::Pair("x".into(), 2),
            pair: (1, "2".into()),
            initial: 'i',
            nothing: None,
            unset: None,
        },
    );
    let json = serde_json::json!({"a": {"b": [1, "2", true]}, "c": 0.5});
    check(&json.to_string(), &json);
}

/// Neither crate deserializes integers of 128 bits, but both have them as values.
#[test]
fn wide_integer_keeps_its_digits() {
    let text = u128::MAX.to_string();
    let loader = Loader::new().source(Memory::new().with_secret("VALUE", &text));
    let layer = runtime().block_on(loader.layer::<One<u128>>()).unwrap();
    let values = config::Source::collect(&layer).unwrap();
    assert_eq!(values["value"].kind, config::ValueKind::U128(u128::MAX));
    let value = Figment::new().merge(layer).find_value("value").unwrap();
    assert_eq!(value.to_u128(), Some(u128::MAX));
}

#[test]
fn bytes_are_numbers_even_if_text() {
    let loader = Loader::new().source(Memory::new().with_binary("VALUE", b"text"));
    compare(&loader, &b"text".to_vec(), "bytes");
    let loader = Loader::new().source(Memory::new().with_binary("VALUE", b"text"));
    compare(&loader, &"text".to_owned(), "bytes");
}

/// `binary` decodes base64 from variables only.
#[test]
fn bytes_of_variables_are_decoded() {
    #[derive(Debug, FromSecrets, Deserialize, PartialEq)]
    struct Bytes {
        #[secret("VALUE", binary)]
        value: Vec<u8>,
    }
    let secret = Loader::new().source(Memory::new().with_secret("VALUE", "dGV4dA=="));
    let variable = Loader::new()
        .env(Env::from_vars([("VALUE", "dGV4dA==")]))
        .source(Env::new());
    for (loader, expected) in [(secret, "dGV4dA=="), (variable, "text")] {
        let loaded: Bytes = runtime().block_on(loader.load()).unwrap();
        assert_eq!(loaded.value, expected.as_bytes());
        let layer = runtime().block_on(loader.layer::<Bytes>()).unwrap();
        let figment: Bytes = Figment::new().merge(layer).extract().unwrap();
        assert_eq!(figment, loaded);
    }
}
