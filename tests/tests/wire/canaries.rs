//! A value is shown nowhere: not in errors, reports, logs or any `Debug`, whatever fails.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::Write as _;

use from_secrets::{
    Cause, Environment, Error, FromSecrets, Loader, Report, SecretBox, SecretString,
};
use from_secrets_tests::blabs::{Blabs, blab};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{Scripted, Vault};
use serde::Deserialize;
use serde_json::json;

use crate::structs::Pocket;

/// Everything that an error can be made to say.
pub(crate) fn said(error: &Error) -> String {
    let mut said = format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(said, "{cause}\n{cause:?}");
        source = cause.source();
    }
    for field in error.fields() {
        let _ = writeln!(
            said,
            "{field:?}
{:?}
{:?}",
            field.attempts(),
            field.outcome()
        );
    }
    said + &error.report().map(reported).unwrap_or_default()
}

pub(crate) fn reported(report: &Report) -> String {
    format!("{report}\n{report:?}\n{report:#?}\n")
}

/// Fails where the load does not, or where it shows a canary in what it says or logs.
async fn silent<T: FromSecrets>(loader: &Loader) {
    let logs = Logs::capture();
    let error = loader.load::<T>().await.err();
    let error = error.unwrap_or_else(|| panic!("`{}` is loaded", std::any::type_name::<T>()));
    assert_absent(&said(&error));
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
    Blabbing: Blabs;
    Optional: Option<u16>;
}

#[tokio::test]
async fn no_type_that_refuses_a_value_shows_it() {
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
        let aws = Scripted::start(Vault::new().text("IT", &text));
        each_is_silent(&aws.loader()).await;
        // The same from the environment.
        let environment = Environment::from_vars([("IT", text)]);
        let env_only = aws
            .loader()
            .sources([from_secrets::Source::environment()])
            .environment(environment);
        each_is_silent(&env_only).await;
    }
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "never loaded")]
struct Parsed {
    #[secret(name = "IT", parse)]
    from_str: Blabs,
    #[secret(name = "IT", parse = blab, env = "IT_2")]
    with: Blabs,
    #[secret(name = "IT", binary, env = "IT_3")]
    bytes: Blabs,
    #[secret(name = "IT", binary, env = "IT_4")]
    fixed: [u8; 3],
    #[secret(name = "IT", json_key = "absent", env = "IT_5")]
    keyed: String,
}

#[tokio::test]
async fn no_parser_or_json_key_shows_what_it_refuses() {
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
        let aws = Scripted::start(Vault::new().text("IT", &text));
        silent::<Parsed>(&aws.loader()).await;
        let vars = ["IT", "IT_2", "IT_3", "IT_4", "IT_5"].map(|name| (name, text.clone()));
        silent::<Parsed>(&aws.loader().sources([Environment::from_vars(vars)])).await;
    }
}

#[tokio::test]
async fn no_type_that_refuses_bytes_shows_them() {
    let canary = value("bytes");
    let not_utf8 = [canary.as_bytes(), &[0xff]].concat();
    for bytes in [canary.as_bytes(), &not_utf8] {
        let aws = Scripted::start(Vault::new().binary("IT", bytes));
        each_is_silent(&aws.loader()).await;
        silent::<Parsed>(&aws.loader()).await;
    }
}

#[tokio::test]
async fn no_value_that_was_found_is_shown_with_the_failure_of_its_neighbour() {
    let vault = || Vault::new().text("POCKET_KEY", value("key"));
    let old = || Environment::from_vars([("POCKET_TOKEN", ""), ("POCKET_KEY", &value("old"))]);
    let denied = Scripted::start(vault().denied("POCKET_TOKEN"));
    silent::<Pocket>(&denied.loader().environment(old())).await;
    silent::<Pocket>(
        &denied
            .loader()
            .environment(old())
            .fall_back_on([Cause::Denied]),
    )
    .await;
    let missing = Scripted::start(vault());
    silent::<Pocket>(&missing.loader().environment(old())).await;
    let without_batch = Scripted::start(vault().without_batch());
    silent::<Pocket>(&without_batch.loader().environment(old())).await;
}

#[tokio::test]
async fn a_load_that_succeeds_shows_no_value_either() {
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
    let vault = Vault::new()
        .text("TEXT", value("text"))
        .text("SECRET", value("secret"))
        .binary("BYTES", value("bytes").as_bytes())
        .text("JSON", json)
        .text("NESTED_TOKEN", value("nested"));
    let aws = Scripted::start(vault.without_batch());
    let environment =
        Environment::from_vars([("FROM_ENV", value("env")), ("UNUSED", value("unused"))]);
    let loader = aws.loader().environment(environment);
    let (all, report) = loader.load_with_report::<All>().await.unwrap();
    assert_absent(&format!("{all:?}\n{all:#?}\n{loader:?}\n{loader:#?}"));
    assert_absent(&reported(&report));
    assert!(!logs.own().is_empty(), "the listener hears the library");
    assert_absent(&logs.text());
}
