//! Failed loads from Secrets Manager never show a value in errors, reports, logs or `Debug`.

use std::collections::BTreeMap;

use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{FromSecrets, Loader, SecretBox, SecretString};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::leaky_type::{LeakyType, leaky};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAws, FakeSecretsManager};
use serde::Deserialize;
use serde_json::json;

use from_secrets_tests::structs::Pocket;

use crate::rendered::{rendered, rendered_report};

/// Asserts that the load fails, and that neither its error nor the log contains a canary.
async fn silent<T: FromSecrets>(loader: &Loader) {
    let logs = Logs::capture();
    let error = loader.load::<T>().await.err();
    let error = error.unwrap_or_else(|| panic!("`{}` is loaded", std::any::type_name::<T>()));
    assert_absent(&rendered(&error));
    assert_absent(&logs.text());
    assert_absent(&format!("{loader:?}"));
}

/// Declares a struct of one field of each of these types.
macro_rules! fields {
    ($($name:ident: $type:ty;)*) => {
        $(
            #[derive(FromSecrets)]
            #[expect(dead_code, reason = "never loaded")]
            struct $name {
                #[secret("IT")]
                it: $type,
            }
        )*
        /// Loads each of them from a value that its type refuses.
        async fn each_is_silent(loader: &Loader) {
            $(silent::<$name>(loader).await;)*
        }
    };
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "never loaded")]
enum Mode {
    Fast,
    Slow(u8),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "never loaded")]
struct Database {
    host: String,
    port: u16,
}

fields! {
    Number: u16;
    Float: f64;
    Boolean: bool;
    Character: char;
    Unit: ();
    Enumeration: Mode;
    Structure: Database;
    List: Vec<bool>;
    Map: BTreeMap<u8, u16>;
    Tuple: (u8, bool);
    Address: std::net::IpAddr;
    Boxed: SecretBox<u16>;
    Blabbing: LeakyType;
    Optional: Option<u16>;
}

#[tokio::test]
async fn type_error_shows_no_value() {
    let canary = value("text");
    let texts = [
        canary.clone(),
        format!("{canary}\n"),
        json!({ "host": &canary, "port": &canary, &canary: &canary }).to_string(),
        json!([&canary, { &canary: [&canary] }]).to_string(),
        json!({ "Slow": &canary }).to_string(),
        json!(&canary).to_string(),
        format!("{{\"host\": {canary}"),
    ];
    for text in texts {
        let aws = FakeAws::start(FakeSecretsManager::new().text("IT", &text));
        each_is_silent(&aws.loader()).await;
        // The same from the environment.
        let environment = Env::from_vars([("IT", text)]);
        let env_only = aws
            .loader()
            .source(from_secrets::source::Env::new())
            .env(environment);
        each_is_silent(&env_only).await;
    }
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct Parsed {
    #[secret(name = "IT", parse)]
    from_str: LeakyType,
    #[secret(name = "IT", parse = leaky, env = "IT_2")]
    with: LeakyType,
    #[secret(name = "IT", binary, env = "IT_3")]
    bytes: LeakyType,
    #[secret(name = "IT", binary, env = "IT_4")]
    fixed: [u8; 3],
    #[secret(name = "IT", json_key = "absent", env = "IT_5")]
    keyed: String,
}

#[tokio::test]
async fn parser_and_key_errors_hide_values() {
    let canary = value("text");
    let texts = [
        canary.clone(),
        json!({ "host": &canary }).to_string(),
        json!({ "absent": { "deeper": &canary } }).to_string(),
        json!({ "absent": &canary }).to_string() + &canary,
        format!("{{\"absent\": {canary}"),
        json!([&canary]).to_string(),
    ];
    for text in texts {
        let aws = FakeAws::start(FakeSecretsManager::new().text("IT", &text));
        silent::<Parsed>(&aws.loader()).await;
        let vars = ["IT", "IT_2", "IT_3", "IT_4", "IT_5"].map(|name| (name, text.clone()));
        silent::<Parsed>(&aws.loader().source(Env::from_vars(vars))).await;
    }
}

#[tokio::test]
async fn type_error_shows_no_bytes() {
    let canary = value("bytes");
    let not_utf8 = [canary.as_bytes(), &[0xff]].concat();
    for bytes in [canary.as_bytes(), &not_utf8] {
        let aws = FakeAws::start(FakeSecretsManager::new().binary("IT", bytes));
        each_is_silent(&aws.loader()).await;
        silent::<Parsed>(&aws.loader()).await;
    }
}

#[tokio::test]
async fn failed_field_never_reveals_other_values() {
    let vault = || FakeSecretsManager::new().text("POCKET_KEY", value("key"));
    let old = || Env::from_vars([("POCKET_TOKEN", ""), ("POCKET_KEY", &value("old"))]);
    let denied = FakeAws::start(vault().denied("POCKET_TOKEN"));
    silent::<Pocket>(&denied.loader().env(old())).await;
    silent::<Pocket>(
        &denied
            .loader()
            .env(old())
            .fall_back_on([SourceErrorKind::Denied]),
    )
    .await;
    let missing = FakeAws::start(vault());
    silent::<Pocket>(&missing.loader().env(old())).await;
    let without_batch = FakeAws::start(vault().without_batch());
    silent::<Pocket>(&without_batch.loader().env(old())).await;
}

#[tokio::test]
async fn successful_load_shows_no_value() {
    #[derive(FromSecrets)]
    #[secrets(debug)]
    #[expect(dead_code, reason = "shown by `Debug` alone")]
    struct All {
        text: String,
        secret: SecretString,
        #[secret(binary)]
        bytes: Vec<u8>,
        #[secret(name = "JSON", json_key = "password")]
        keyed: String,
        #[secret("JSON")]
        map: BTreeMap<String, String>,
        from_env: Option<String>,
        #[secret(flatten, prefix = "NESTED_")]
        nested: Inner,
    }
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "shown by `Debug` alone")]
    struct Inner {
        token: SecretString,
    }
    let logs = Logs::capture();
    let json = json!({ "password": value("json") }).to_string();
    let vault = FakeSecretsManager::new()
        .text("TEXT", value("text"))
        .text("SECRET", value("secret"))
        .binary("BYTES", value("bytes").as_bytes())
        .text("JSON", json)
        .text("NESTED_TOKEN", value("nested"));
    let aws = FakeAws::start(vault.without_batch());
    let environment = Env::from_vars([("FROM_ENV", value("env")), ("UNUSED", value("unused"))]);
    let loader = aws.loader().env(environment);
    let (all, report) = loader.load_with_report::<All>().await.unwrap();
    assert_absent(&format!("{all:?}\n{all:#?}\n{loader:?}\n{loader:#?}"));
    assert_absent(&rendered_report(&report));
    assert!(!logs.own().is_empty(), "the listener hears the library");
    assert_absent(&logs.text());
}
