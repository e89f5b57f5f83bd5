//! Common types of serde, and the forms in which they accept a scalar.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::{key, refusal, text};

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Safe,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Open {
    Fast,
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Strict {
    Fast,
    Safe,
}

/// A `FromStr` that accepts anything.
#[derive(Debug, PartialEq)]
enum Lenient {
    On,
    Off,
}

impl std::str::FromStr for Lenient {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "on" { Self::On } else { Self::Off })
    }
}

fn borrowed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lenient, D::Error> {
    let text = <&str>::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

#[derive(Debug, Deserialize, PartialEq)]
struct Switch {
    #[serde(deserialize_with = "borrowed")]
    state: Lenient,
}

#[test]
fn newline_does_not_reach_catch_all() {
    for end in ["", "\n", "\r\n"] {
        assert_eq!(
            text(&format!("fast{end}")).get::<Mode>().unwrap(),
            Mode::Fast
        );
        assert_eq!(
            text(&format!("fast{end}")).get::<Open>().unwrap(),
            Open::Fast
        );
        assert_eq!(
            text(&format!("on{end}"))
                .parse(str::parse::<Lenient>)
                .unwrap(),
            Lenient::On
        );
        let end = end.escape_default();
        let secret =
            format!(r#"{{"mode": "fast{end}", "state": "on{end}", "list": ["fast{end}"]}}"#);
        assert_eq!(key(&secret, "mode").get::<Mode>().unwrap(), Mode::Fast);
        assert_eq!(key(&secret, "mode").get::<Open>().unwrap(), Open::Fast);
        assert_eq!(
            key(&secret, "list").get::<Vec<Open>>().unwrap(),
            [Open::Fast]
        );
        assert_eq!(
            key(&secret, "state").parse(str::parse::<Lenient>).unwrap(),
            Lenient::On
        );
        let switch: Switch = text(&secret).get().unwrap();
        assert_eq!(switch.state, Lenient::On);
    }
    assert_eq!(text("fast\n\n").get::<Mode>().unwrap(), Mode::Unknown);
    assert_eq!(text("slow").get::<Mode>().unwrap(), Mode::Unknown);
    assert_eq!(text("safe\n").get::<Mode>().unwrap(), Mode::Safe);
    assert_eq!(text("x").get::<Open>().unwrap(), Open::Other("x".into()));
}

#[test]
fn nested_strings_keep_trailing_newline() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Keys {
        pem: String,
        list: Vec<Box<str>>,
    }
    let keys: Keys = text(r#"{"pem": "a\nb\n", "list": ["c\n"]}"#).get().unwrap();
    assert_eq!(keys.pem, "a\nb\n");
    assert_eq!(&*keys.list[0], "c\n");
}

#[test]
fn newline_is_dropped_where_refused() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Host {
        #[serde(default)]
        ip: Option<IpAddr>,
        name: Name,
        key: String,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(try_from = "String")]
    struct Name(String);
    impl TryFrom<String> for Name {
        type Error = &'static str;
        fn try_from(text: String) -> Result<Self, Self::Error> {
            let is_name = text.bytes().all(|byte| byte.is_ascii_lowercase());
            is_name.then_some(Self(text)).ok_or("not a name")
        }
    }
    let host: Host = text(r#"{"ip": "127.0.0.1\n", "name": "db\r\n", "key": "a\n"}"#)
        .get()
        .unwrap();
    assert_eq!(host.ip, Some(IpAddr::from([127, 0, 0, 1])));
    assert_eq!(host.name, Name("db".into()));
    assert_eq!(host.key, "a\n", "only what is refused loses its newline");
    assert_eq!(text("db\n").get::<Name>().unwrap(), Name("db".into()));
}

#[test]
fn byte_order_mark_is_skipped() {
    assert_eq!(text("\u{feff}5432").get::<u16>().unwrap(), 5432);
    assert!(text("\u{feff}true\n").get::<bool>().unwrap());
    assert_eq!(text("\u{feff}1.5").get::<f64>().unwrap().to_string(), "1.5");
    assert_eq!(text("\u{feff}[1]").get::<Vec<u8>>().unwrap(), [1]);
    assert_eq!(key("\u{feff}{\"a\": 1}", "a").get::<u8>().unwrap(), 1);
    let any: serde_json::Value = text("\u{feff}{\"a\": 1}").get().unwrap();
    assert!(any.is_object());
    assert_eq!(text("\u{feff}fast").get::<Mode>().unwrap(), Mode::Fast);
}

#[test]
fn borrowed_text_is_accepted() {
    assert_eq!(
        text(r#"{"state": "on"}"#).get::<Switch>().unwrap().state,
        Lenient::On
    );
    assert_eq!(
        text(r#"{"state": "o\u006e"}"#)
            .get::<Switch>()
            .unwrap()
            .state,
        Lenient::On
    );
    let nested = r#"{"inner": "{\"state\": \"on\"}"}"#;
    assert_eq!(
        key(nested, "inner").get::<Switch>().unwrap().state,
        Lenient::On
    );
}

#[derive(Debug, Deserialize, PartialEq)]
struct Postgres {
    host: String,
    port: u16,
    #[serde(default)]
    tls: bool,
    #[serde(default)]
    tags: Vec<String>,
    pin: Option<String>,
}

const POSTGRES: &str =
    r#""host": "db", "port": "5432", "tls": "true", "tags": "[\"a\"]", "pin": 5432"#;

fn postgres() -> Postgres {
    Postgres {
        host: "db".into(),
        port: 5432,
        tls: true,
        tags: vec!["a".into()],
        pin: Some("5432".into()),
    }
}

#[test]
fn tagged_enum_accepts_console_strings() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "engine", rename_all = "lowercase")]
    enum Internal {
        Postgres(Postgres),
        Sqlite { path: String },
    }
    for secret in [
        format!(r#"{{"engine": "postgres", {POSTGRES}}}"#),
        format!(r#"{{{POSTGRES}, "engine": "postgres\n"}}"#),
    ] {
        assert_eq!(
            text(&secret).get::<Internal>().unwrap(),
            Internal::Postgres(postgres())
        );
    }
    let sqlite = r#"{"path": "5432", "engine": "sqlite"}"#;
    assert_eq!(
        text(sqlite).get::<Internal>().unwrap(),
        Internal::Sqlite {
            path: "5432".into()
        }
    );
}

#[test]
fn adjacent_tag_accepts_any_order() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "t", content = "c", rename_all = "lowercase")]
    enum Adjacent {
        Postgres(Postgres),
        Port(u16),
    }
    for secret in [
        format!(r#"{{"t": "postgres", "c": {{{POSTGRES}}}}}"#),
        format!(r#"{{"c": {{{POSTGRES}}}, "t": "postgres"}}"#),
    ] {
        assert_eq!(
            text(&secret).get::<Adjacent>().unwrap(),
            Adjacent::Postgres(postgres())
        );
    }
    for secret in [r#"{"t": "port", "c": "1"}"#, r#"{"c": "1", "t": "port"}"#] {
        assert_eq!(text(secret).get::<Adjacent>().unwrap(), Adjacent::Port(1));
    }
}

#[test]
fn untagged_enum_accepts_console_strings() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Untagged {
        Postgres(Postgres),
        Sized { path: String, size: u32 },
        Port(u16),
        Names(Vec<String>),
    }
    let secret = format!("{{{POSTGRES}}}");
    assert_eq!(
        text(&secret).get::<Untagged>().unwrap(),
        Untagged::Postgres(postgres())
    );
    let sized = r#"{"path": "7", "size": "7"}"#;
    let expected = Untagged::Sized {
        path: "7".into(),
        size: 7,
    };
    assert_eq!(text(sized).get::<Untagged>().unwrap(), expected);
    assert_eq!(
        text("5432").get::<Untagged>().unwrap(),
        Untagged::Port(5432)
    );
    assert_eq!(
        text("5432\n").get::<Untagged>().unwrap(),
        Untagged::Port(5432)
    );
    assert_eq!(
        text(r#"["a"]"#).get::<Untagged>().unwrap(),
        Untagged::Names(vec!["a".into()])
    );
}

#[test]
fn flattened_struct_accepts_console_strings() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        name: String,
        #[serde(flatten)]
        database: Postgres,
        #[serde(flatten)]
        limits: BTreeMap<String, u32>,
    }
    let secret = format!(r#"{{"name": "1", {POSTGRES}, "a": "1", "b": 2}}"#);
    let outer: Outer = text(&secret).get().unwrap();
    assert_eq!(outer.name, "1");
    assert_eq!(outer.database, postgres());
    assert_eq!(outer.limits["a"], 1);
    assert_eq!(outer.limits["b"], 2);
}

#[test]
fn empty_string_is_null_unless_string() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Optional {
        port: Option<u16>,
        mode: Option<Strict>,
        ip: Option<IpAddr>,
        list: Option<Vec<u8>>,
        name: Option<String>,
    }
    #[derive(Debug, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        optional: Optional,
    }
    let secret = r#"{"port": "", "mode": "", "ip": "", "list": "", "name": ""}"#;
    let optional: Optional = text(secret).get().unwrap();
    let expected = Optional {
        port: None,
        mode: None,
        ip: None,
        list: None,
        name: Some(String::new()),
    };
    assert_eq!(optional, expected);
    assert_eq!(key(secret, "port").get::<Option<u16>>().unwrap(), None);

    assert_eq!(text(secret).get::<Flat>().unwrap().optional, expected);
    assert_eq!(
        refusal::<BTreeMap<String, u16>>(&text(r#"{"a": ""}"#)),
        "in `[…]`: expected an integer from 0 to 65535, found empty text"
    );
}

#[test]
fn enum_error_lists_accepted_variants() {
    assert_eq!(
        refusal::<Strict>(&text("fast ")),
        "expected one of `fast`, `safe`, found text with a trailing space"
    );
    assert_eq!(
        refusal::<Strict>(&text("slow")),
        "expected one of `fast`, `safe`, found another name"
    );
    assert_eq!(
        refusal::<IpAddr>(&text("127.0.0.1 ")),
        "expected IP address, found text with a trailing space"
    );
}

#[test]
fn mismatched_map_key_reported_as_key() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Outer {
        ports: BTreeMap<u16, u8>,
    }
    assert_eq!(
        refusal::<BTreeMap<u16, u8>>(&text(r#"{"1": 1, "x": 2}"#)),
        "in a key: expected an integer from 0 to 65535, found other text"
    );
    assert_eq!(
        refusal::<Outer>(&text(r#"{"ports": {"x": 2}}"#)),
        "in a key of `ports`: expected an integer from 0 to 65535, found other text"
    );
}

#[test]
fn empty_strings_and_numbers_settle_together() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "kind")]
    enum Service {
        Web {
            limits: Vec<BTreeMap<String, u16>>,
            ip: Option<IpAddr>,
            name: Option<String>,
            size: u64,
        },
    }
    let secret = r#"{"kind": "Web", "limits": [{"a": "1"}], "ip": "", "name": "", "size": "7"}"#;
    let Service::Web {
        limits,
        ip,
        name,
        size,
    } = text(secret).get().unwrap();
    assert_eq!(limits[0]["a"], 1);
    assert_eq!((ip, name.as_deref(), size), (None, Some(""), 7));
}

#[test]
fn buffered_mismatch_names_expected_range() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "never filled")]
    struct Outer {
        #[serde(flatten)]
        limits: BTreeMap<String, u16>,
    }
    assert_eq!(
        refusal::<Outer>(&text(r#"{"a": "many"}"#)),
        "expected an integer from 0 to 65535, found text"
    );
}

#[test]
fn flattened_scalars_become_strings() {
    #[derive(Deserialize)]
    struct Inner {
        text: String,
    }
    #[derive(Deserialize)]
    struct Outer {
        #[serde(flatten)]
        inner: Inner,
    }
    for scalar in ["5", "-5", "true", "false"] {
        let outer: Outer = text(&format!(r#"{{"text": {scalar}}}"#)).get().unwrap();
        assert_eq!(outer.inner.text, scalar);
    }
}

#[test]
fn enum_can_be_map_key() {
    #[derive(Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
        Right,
    }
    let sides: BTreeMap<Side, u8> = text(r#"{"left": 1, "right": "2"}"#).get().unwrap();
    assert_eq!(sides, [(Side::Left, 1), (Side::Right, 2)].into());
}

#[test]
fn unit_variant_has_no_content() {
    assert_eq!(
        text(r#"{"fast": null}"#).get::<Strict>().unwrap(),
        Strict::Fast
    );
    assert!(text(r#"{"fast": 1}"#).get::<Strict>().is_err());
}

#[test]
fn text_can_be_read_as_bytes() {
    fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        <&[u8]>::deserialize(deserializer).map(<[u8]>::to_vec)
    }
    #[derive(Deserialize)]
    struct Raw {
        #[serde(deserialize_with = "bytes")]
        raw: Vec<u8>,
    }
    let raw: Raw = text(r#"{"raw": "ab"}"#).get().unwrap();
    assert_eq!(raw.raw, b"ab");
}
