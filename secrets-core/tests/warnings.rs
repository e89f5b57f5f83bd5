//! Warnings about loaded fields, and errors about type aliases.
#![cfg(feature = "derive")]

mod log;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Loader, SecretString};
use log::Log;
use tracing::Level;

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only its log events are checked")]
struct Whole {
    pocket_key: SecretString,
    #[secret(name = "prod/db", json_key = "password")]
    password: Option<String>,
    #[secret(name = "prod/db")]
    database: std::collections::BTreeMap<String, String>,
}

fn secrets() -> Memory {
    Memory::new()
        .with_secret("POCKET_KEY", r#"{"POCKET_KEY": "canary"}"#)
        .with_secret("prod/db", r#"{"passwd": "canary"}"#)
}

#[tokio::test(flavor = "current_thread")]
async fn json_object_and_misspelling_warn_once() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let loader = Loader::new().source(secrets());
    let (_, report) = loader.load_with_report::<Whole>().await.unwrap();
    let lines = log.lines();
    let [(Level::WARN, whole), (Level::WARN, near)] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(
        whole.contains("pocket_key")
            && whole.contains("entire JSON object of the secret `POCKET_KEY`"),
        "{whole}"
    );
    assert!(
        near.contains("no key `password`, but it has `passwd`"),
        "{near}"
    );
    assert!(!format!("{lines:?}").contains("canary"));

    loader.load::<Whole>().await.unwrap();
    assert_eq!(log.lines(), [], "each is logged once");

    let warnings: Vec<_> = report
        .fields()
        .iter()
        .map(|field| field.warning().is_some())
        .collect();
    assert_eq!(warnings, [true, true, false]);
}

type Maybe = Option<String>;

#[derive(FromSecrets)]
#[allow(dead_code, reason = "never loaded")]
struct Aliased {
    token: Maybe,
    other: String,
}

async fn failed(secrets: Memory) -> String {
    let loader = Loader::new().source(secrets);
    let error = loader.load::<Aliased>().await.err();
    format!("{:#}", error.expect("one field is missing"))
}

#[tokio::test(flavor = "current_thread")]
async fn alias_of_option_is_explained() {
    let shown = failed(Memory::new().with_secret("OTHER", "x")).await;
    assert!(
        shown.contains("write the field's type as `Option<…>`"),
        "{shown}"
    );
    let shown = failed(Memory::new().with_secret("TOKEN", "x")).await;
    assert!(!shown.contains("Option<"), "{shown}");
}
