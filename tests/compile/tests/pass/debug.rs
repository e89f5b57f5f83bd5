//! The `Debug` impl of `#[secrets(debug)]`.

use std::rc::Rc;
use std::sync::Arc;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, SecretString};

use crate::{load, load_with_report};

#[derive(FromSecrets)]
#[secrets(debug, prefix = "POCKET_")]
#[expect(dead_code, reason = "only the output is used")]
struct Config {
    key: SecretString,
    token: Option<String>,
    #[secret(env_only)]
    port: u16,
    #[secret(env_only)]
    r#type: Option<String>,
    #[secret(skip)]
    calls: u64,
}

/// The derived `Debug` would show the secret.
#[derive(Debug, FromSecrets)]
#[expect(dead_code, reason = "only the output is used")]
struct Leaky {
    password: String,
    #[secret(env_only)]
    timeout: u16,
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "only the output is used")]
struct Redacted {
    password: String,
    #[secret(env_only)]
    host: String,
}

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "only the output is used")]
struct Outer {
    #[secret(skip)]
    first: u64,
    #[secret(flatten, prefix = "A_")]
    leaky: Leaky,
    #[secret(flatten, prefix = "B_")]
    redacted: Box<Redacted>,
    #[secret(flatten, prefix = "B_")]
    counted: Rc<Redacted>,
    #[secret(flatten, prefix = "B_")]
    shared: Arc<Redacted>,
    #[secret(skip, default = "canary")]
    cache: String,
    #[secret(flatten, prefix = "C_")]
    present: Option<Redacted>,
    #[secret(flatten, prefix = "D_")]
    absent: Option<Redacted>,
    key: SecretString,
    #[secret(skip)]
    last: u64,
}

#[test]
fn debug_shows_no_secrets() {
    let memory = Memory::new()
        .with_secret("POCKET_KEY", "canary")
        .with_secret("POCKET_TOKEN", "canary");
    let loaded: Config = load(memory, &[("POCKET_PORT", "8080"), ("POCKET_TYPE", "web")]).unwrap();
    assert_eq!(
        format!("{loaded:?}"),
        r#"Config { key: [redacted], token: [redacted], port: 8080, type: Some("web"), calls: [skipped] }"#
    );
}

#[test]
fn debug_of_nested_shows_no_secrets() {
    let memory = Memory::new()
        .with_secret("A_PASSWORD", "canary")
        .with_secret("B_PASSWORD", "canary")
        .with_secret("C_PASSWORD", "canary")
        .with_secret("KEY", "canary");
    let variables = [("A_TIMEOUT", "7"), ("B_HOST", "b"), ("C_HOST", "c")];
    // `load` requires `Send`, and `Rc` is not.
    let (loaded, _) = load_with_report::<Outer>(memory, &variables);
    let expected = [
        "first: [skipped]",
        "leaky: Leaky { password: [redacted], timeout: [redacted] }",
        r#"redacted: Redacted { password: [redacted], host: "b" }"#,
        r#"counted: Redacted { password: [redacted], host: "b" }"#,
        r#"shared: Redacted { password: [redacted], host: "b" }"#,
        "cache: [skipped]",
        r#"present: Some(Redacted { password: [redacted], host: "c" })"#,
        "absent: None",
        "key: [redacted]",
        "last: [skipped]",
    ];
    let expected = format!("Outer {{ {} }}", expected.join(", "));
    assert_eq!(format!("{loaded:?}"), expected);
}

#[derive(FromSecrets)]
#[secrets("prod/db", debug)]
#[expect(dead_code, reason = "only the output is used")]
struct Shown<T> {
    #[secret(shown)]
    host: String,
    password: SecretString,
    #[secret(shown, parse)]
    port: Option<u16>,
    #[secret(shown)]
    list: Vec<T>,
    user: String,
}

#[test]
fn shown_values_are_in_debug() {
    let text =
        r#"{"host": "h", "password": "canary", "port": "5432", "list": [1, 2], "user": "canary"}"#;
    let memory = Memory::new().with_secret("prod/db", text);
    let loaded: Shown<u8> = load(memory, &[]).unwrap();
    assert_eq!(
        format!("{loaded:?}"),
        r#"Shown { host: "h", password: [redacted], port: Some(5432), list: [1, 2], user: [redacted] }"#
    );
}
