//! Defaults that are decoded, and defaults of the struct.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use from_secrets::report::{FieldOutcome, FieldReport};
use from_secrets::source::Memory;
use from_secrets::spec::Field;
use from_secrets::spec::Necessity::{Defaulted, Optional};
use from_secrets::{ErrorKind, ExposeSecret, FromSecrets, SecretString};
use serde::{Deserialize, Deserializer};

use crate::support::{failure, load, loader};

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
}

/// Has both conversions, so the one without decoding is used.
#[derive(Debug, PartialEq)]
struct Both(&'static str);

impl From<&'static str> for Both {
    fn from(_: &'static str) -> Self {
        Self("converted")
    }
}

fn both(_: &str) -> Result<Both, String> {
    panic!("the default is not decoded")
}

fn seconds(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.trim_end_matches('s').parse()
}

fn in_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_secs)
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[allow(dead_code, reason = "shown by `Debug` alone")]
struct Texts {
    #[secret(default = "127.0.0.1")]
    address: IpAddr,
    #[secret(parse, default = "[::1]:80")]
    socket: SocketAddr,
    #[secret(default = "fast")]
    mode: Mode,
    #[secret(parse = seconds, default = "30s")]
    wait: u64,
    #[secret(deserialize_with = in_seconds, default = "5")]
    timeout: Duration,
    #[secret(separator = ",", default = "1, 2")]
    bytes: Vec<u8>,
    #[secret(default = "[1, 2]")]
    json: BTreeSet<u16>,
    #[secret(binary, default = "aGVsbG8=")]
    array: [u8; 5],
    #[secret(binary, default = "aGVsbG8=")]
    text_bytes: Vec<u8>,
    #[secret(default = "[1, 2]")]
    numbers: Vec<u8>,
    #[secret(parse = both, default = "x", env = "NOT_DECODED")]
    both: Both,
    #[secret(default = "quiet")]
    secret: SecretString,
    #[secret(default = "a b")]
    directory: std::path::PathBuf,
}

#[test]
fn text_defaults_are_decoded() {
    let (texts, report) = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(loader(&Memory::new(), &[]).load_with_report::<Texts>())
        .unwrap();
    assert!(texts.address.is_loopback() && texts.socket.port() == 80);
    assert_eq!((texts.mode, texts.wait), (Mode::Fast, 30));
    assert_eq!(texts.timeout, Duration::from_secs(5));
    assert_eq!((texts.bytes, texts.json), (vec![1, 2], [1, 2].into()));
    assert_eq!(
        (&texts.array, &*texts.text_bytes),
        (b"hello", &b"hello"[..])
    );
    assert_eq!(texts.numbers, [1, 2]);
    assert_eq!(texts.both, Both("converted"));
    assert_eq!(texts.secret.expose_secret(), "quiet");
    assert_eq!(texts.directory, std::path::Path::new("a b"));
    let outcomes = report.fields().iter().map(FieldReport::outcome);
    assert!(
        outcomes
            .into_iter()
            .all(|outcome| *outcome == FieldOutcome::Default)
    );
    let vars = [("ADDRESS", "10.0.0.1"), ("MODE", "slow")];
    let error = failure::<Texts>(&Memory::new(), &vars);
    assert!(error.to_string().contains("field `mode` (variable `MODE`)"));
    assert!(Texts::check_defaults().is_ok());
}

fn small(number: &IpAddr) -> Result<(), &'static str> {
    if number.is_ipv6() {
        return Err("not an IPv4 address");
    }
    Ok(())
}

#[derive(FromSecrets)]
#[secrets("{stage}/app", debug)]
#[allow(dead_code, reason = "never loaded")]
struct Wrong {
    required: String,
    optional: Option<u16>,
    #[secret(default = "canary")]
    address: IpAddr,
    #[secret(flatten)]
    nested: Option<WrongNested>,
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[allow(dead_code, reason = "never loaded")]
struct WrongNested {
    #[secret(default = "::1", validate = small)]
    address: IpAddr,
}

#[test]
fn wrong_text_default_fails_load() {
    let vars = [("stage", "test"), ("APP_REQUIRED", "r")];
    let error = failure::<Wrong>(&Memory::new(), &vars);
    assert_eq!(
        error.to_string(),
        "cannot load `Wrong`: field `address` (default): malformed: expected IP address, found other text"
    );
    assert!(
        load::<Wrong>(
            &Memory::new(),
            &[&vars[..], &[("APP_ADDRESS", "::1")]].concat()
        )
        .is_ok()
    );
    let error = Wrong::check_defaults().unwrap_err();
    let failed: Vec<_> = error.failed_fields().map(FieldReport::path).collect();
    assert_eq!(failed, ["address", "nested.address"]);
    assert!(format!("{error:#}").contains("default: invalid: not an IPv4 address"));
}

#[test]
fn check_of_defaults_reports_invalid_declaration() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[allow(dead_code, reason = "never loaded")]
    struct User {
        user: String,
    }
    let error = User::check_defaults().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration);
}

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

#[derive(FromSecrets)]
#[secrets("app", default, debug)]
#[allow(dead_code, reason = "shown by `Debug` alone")]
struct Pool {
    /// Has no `Default` and cannot be cloned.
    token: SecretString,
    size: u16,
    limit: Option<u16>,
    comment: Option<String>,
    #[secret(default = 7)]
    own: u8,
    #[secret(validate = even)]
    even: u16,
    #[secret(skip)]
    calls: u32,
    #[secret(skip, default)]
    zero: u32,
    #[secret(flatten)]
    nested: Option<Box<Pooled>>,
}

#[derive(FromSecrets)]
#[secrets(default, debug)]
struct Pooled {
    inner: String,
}

impl Default for Pooled {
    fn default() -> Self {
        let inner = "default".to_owned();
        Self { inner }
    }
}

impl Default for Pool {
    fn default() -> Self {
        CALLS.set(CALLS.get() + 1);
        Self {
            token: "default".into(),
            size: 4,
            limit: Some(8),
            comment: None,
            own: 0,
            even: 2,
            calls: CALLS.get(),
            zero: 9,
            nested: None,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "a function of `validate`"
)]
fn even(number: &u16) -> Result<(), &'static str> {
    if number.is_multiple_of(2) {
        return Ok(());
    }
    Err("not even")
}

#[test]
fn struct_default_fills_missing_fields() {
    CALLS.set(0);
    let pool: Pool = load(&Memory::new(), &[("APP_LIMIT", "1")]).unwrap();
    assert_eq!(pool.token.expose_secret(), "default");
    assert_eq!((pool.size, pool.limit, pool.comment), (4, Some(1), None));
    assert_eq!((pool.own, pool.even), (7, 2));
    assert_eq!((pool.calls, pool.zero), (1, 0));
    assert!(pool.nested.is_none());
    assert_eq!(CALLS.get(), 1);
}

#[test]
fn struct_default_hides_no_failure() {
    let vars = [
        ("APP_SIZE", "many"),
        ("APP_LIMIT", "many"),
        ("APP_EVEN", "3"),
    ];
    let error = failure::<Pool>(&Memory::new(), &vars);
    let failed: Vec<_> = error.failed_fields().map(FieldReport::path).collect();
    assert_eq!(failed, ["size", "limit", "even"]);
}

#[test]
fn optional_field_of_default_is_validated() {
    #[derive(Default, FromSecrets)]
    #[secrets(default, debug)]
    struct Optional {
        #[secret(validate = even)]
        even: Option<u16>,
        #[secret(validate = even)]
        other: Option<u16>,
    }
    let even = |vars: &[(&str, &str)]| {
        let loaded = load::<Optional>(&Memory::new(), vars).ok();
        loaded.map(|optional| (optional.even, optional.other))
    };
    assert_eq!(even(&[]), Some((None, None)));
    assert_eq!(even(&[("EVEN", "2")]), Some((Some(2), None)));
    assert_eq!(even(&[("EVEN", "3")]), None);
}

#[test]
fn struct_default_is_called_if_needed() {
    #[derive(FromSecrets)]
    #[secrets(default, debug)]
    struct Complete {
        inner: String,
        other: Option<String>,
    }

    impl Default for Complete {
        fn default() -> Self {
            panic!("every field has a value")
        }
    }

    let vars = [("INNER", "a"), ("OTHER", "b")];
    let complete: Complete = load(&Memory::new(), &vars).unwrap();
    assert_eq!(
        (complete.inner.as_str(), complete.other.as_deref()),
        ("a", Some("b"))
    );
    let pooled: Pooled = load(&Memory::new(), &[]).unwrap();
    assert_eq!(pooled.inner, "default");
}

#[test]
fn struct_default_is_reported() {
    let (_, report) = tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(loader(&Memory::new(), &[]).load_with_report::<Pool>())
        .unwrap();
    let outcome = |path: &str| {
        let mut fields = report.fields().iter();
        fields.find(|field| field.path() == path).unwrap().outcome()
    };
    for path in ["token", "size", "limit", "own"] {
        assert_eq!(*outcome(path), FieldOutcome::Default, "{path}");
    }
    assert_eq!(*outcome("comment"), FieldOutcome::Absent);
    let necessity = Pool::SPEC.fields().iter().map(Field::necessity);
    assert_eq!(
        necessity.collect::<Vec<_>>(),
        [
            Defaulted, Defaulted, Optional, Optional, Defaulted, Defaulted, Optional
        ]
    );
}

#[derive(FromSecrets)]
struct Borrowed<'a> {
    #[secret(default = "x")]
    text: std::borrow::Cow<'a, str>,
}

#[test]
fn default_text_can_have_a_lifetime() {
    let loaded: Borrowed<'_> = load(&Memory::new(), &[]).unwrap();
    assert_eq!(loaded.text, "x");
}

#[derive(FromSecrets)]
#[secrets(validate = Self::check)]
#[allow(dead_code, reason = "never loaded")]
struct Login {
    account: Option<String>,
    #[secret(default = 1)]
    attempts: u8,
}

impl Login {
    fn check(&self) -> Result<(), &'static str> {
        self.account.as_ref().map(drop).ok_or("no account")
    }
}

#[test]
fn checked_defaults_need_no_values() {
    assert!(Login::check_defaults().is_ok());
}
