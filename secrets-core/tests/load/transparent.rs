//! Newtypes.

use std::collections::BTreeMap;

use from_secrets::report::FieldReport;
use from_secrets::source::{Env, Memory};
use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};

use crate::support::{failure, load};

#[derive(FromSecrets)]
#[secrets(transparent, debug)]
struct Token(SecretString);

#[derive(FromSecrets, Debug, PartialEq)]
#[secrets(transparent)]
struct Port<T> {
    number: T,
}

#[derive(FromSecrets)]
#[secrets("prod/app", debug)]
struct Config {
    token: Token,
    absent: Option<Token>,
    list: Vec<Token>,
    map: BTreeMap<String, Port<u16>>,
    #[secret("whole")]
    whole: Token,
    #[secret(env_only)]
    port: Port<Option<u16>>,
}

fn secrets() -> Memory {
    Memory::new()
        .with_secret(
            "prod/app",
            r#"{"token": "a", "list": ["b", "c"], "map": {"x": "80"}}"#,
        )
        .with_secret("whole", "d\n")
}

#[test]
fn newtype_is_decoded_like_field() {
    let loader = Loader::new()
        .source(secrets())
        .env(Env::from_vars([("PROD_APP_PORT", "8080")]));
    let config: Config = loader.load_blocking().unwrap();
    let tokens = [
        &config.token,
        &config.list[0],
        &config.list[1],
        &config.whole,
    ];
    let tokens = tokens.map(|token| token.0.expose_secret());
    assert_eq!(tokens, ["a", "b", "c", "d\n"]);
    assert!(config.absent.is_none());
    assert_eq!(config.map["x"], Port { number: 80 });
    assert_eq!(config.port.number, Some(8080));
    let shown = format!("{:?} {config:?}", config.token);
    assert!(shown.starts_with("Token([redacted]) Config"), "{shown}");
    for value in ["\"a\"", "\"b\"", "\"c\"", "\"d\""] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[test]
fn mismatch_names_newtype_without_value() {
    let memory = secrets().with_secret(
        "prod/app",
        r#"{"token": {"canary": 1}, "list": [], "map": {}}"#,
    );
    let error = failure::<Config>(&memory, &[("PROD_APP_PORT", "canary")]);
    let error = format!("{error:#}");
    assert!(error.contains("the field's type is `Token`"), "{error}");
    assert!(!error.contains("canary"), "{error}");
}

/// Token of the API.
#[derive(FromSecrets)]
#[secrets(transparent, name = "prod/token", alias = "TOKEN", debug)]
struct ApiToken(#[secret(json_key = "token", env = "API_TOKEN", alias = "key")] SecretString);

#[test]
fn named_newtype_is_loaded() {
    let memory = Memory::new().with_secret("TOKEN", r#"{"key": "a"}"#);
    let token: ApiToken = load(&memory, &[]).unwrap();
    assert_eq!(token.0.expose_secret(), "a");
    assert_eq!(format!("{token:?}"), "ApiToken([redacted])");
    let token: ApiToken = load(&Memory::new(), &[("API_TOKEN", "b")]).unwrap();
    assert_eq!(token.0.expose_secret(), "b");
    let error = failure::<ApiToken>(&Memory::new(), &[]);
    assert!(
        error
            .failed_fields()
            .map(FieldReport::path)
            .eq(["api_token"])
    );
    let field = &ApiToken::SPEC.fields()[0];
    assert_eq!(field.description(), "Token of the API.");
}

#[derive(FromSecrets)]
#[secrets(transparent, name = "prod/limit")]
struct Limit(Option<u8>);

#[derive(FromSecrets)]
struct Outer {
    #[secret(flatten)]
    token: ApiToken,
    #[secret(flatten)]
    limit: Limit,
    limits: Vec<Limit>,
}

#[test]
fn named_newtype_can_be_nested() {
    let memory = Memory::new()
        .with_secret("prod/token", r#"{"token": "a"}"#)
        .with_secret("LIMITS", "[1, null]");
    let outer: Outer = load(&memory, &[]).unwrap();
    assert_eq!(outer.token.0.expose_secret(), "a");
    assert_eq!(outer.limit.0, None);
    let limits: Vec<_> = outer.limits.iter().map(|limit| limit.0).collect();
    assert_eq!(limits, [Some(1), None]);
}

#[derive(FromSecrets)]
struct Moved {
    #[secret(flatten, name = "prod/other")]
    token: ApiToken,
}

#[test]
fn nested_newtype_can_have_another_name() {
    let memory = Memory::new()
        .with_secret("prod/other", r#"{"token": "a"}"#)
        .with_secret("TOKEN", r#"{"token": "b"}"#);
    let moved: Moved = load(&memory, &[]).unwrap();
    assert_eq!(moved.token.0.expose_secret(), "a");
}
