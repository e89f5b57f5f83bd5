//! Warnings about loaded fields, and errors about type aliases.
#![cfg(feature = "derive")]

mod log;

use from_secrets::report::FieldReport;
use from_secrets::source::{Env, Memory, Source, SourceErrorKind};
use from_secrets::{FromSecrets, Loader, SecretString};
use log::Log;

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
    let lines = log.warnings();
    let [whole, near] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(
        whole.contains("pocket_key") && whole.contains("entire JSON object of a secret"),
        "{whole}"
    );
    assert!(
        near.contains(r#"field="password""#) && near.contains("but a similar one"),
        "{near}"
    );
    let lines = format!("{lines:?}");
    for hidden in ["canary", "POCKET_KEY", "prod/db", "passwd"] {
        assert!(!lines.contains(hidden), "`{hidden}` is in {lines}");
    }

    loader.load::<Whole>().await.unwrap();
    assert!(log.warnings().is_empty(), "each is logged once");

    let warnings: Vec<_> = report.fields().iter().map(FieldReport::warning).collect();
    let [Some(whole), Some(near), None] = &warnings[..] else {
        panic!("{warnings:?}")
    };
    assert!(
        whole.contains("entire JSON object of the secret `POCKET_KEY`"),
        "{whole}"
    );
    assert!(
        near.contains("no key `password`, but it has `passwd`"),
        "{near}"
    );
}

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only its log events are checked")]
struct Renamed {
    #[secret("new", alias = "old")]
    token: SecretString,
}

#[tokio::test(flavor = "current_thread")]
async fn aliases_warn_once_each() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let secrets = Memory::new().with_secret("old", "canary");
    let loader = Loader::new().source(secrets.clone());
    for expected in ["the value is from an alias", "which is not used"] {
        loader.load::<Renamed>().await.unwrap();
        let lines = log.warnings();
        assert!(lines.len() == 1 && lines[0].contains(expected), "{lines:?}");
        for hidden in ["canary", "old", "new"] {
            assert!(!lines[0].contains(hidden), "`{hidden}` is in {lines:?}");
        }
        loader.load::<Renamed>().await.unwrap();
        assert!(log.warnings().is_empty(), "each is logged once");
        secrets.set_secret("new", "canary");
    }
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

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only its log events are checked")]
struct Fallback {
    fallback_token: SecretString,
}

#[tokio::test(flavor = "current_thread")]
async fn fallback_after_error_warns() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let denied = Memory::new().with_outage(SourceErrorKind::Denied);
    let loader = Loader::new()
        .sources([Source::from(denied), Env::new().into()])
        .env(Env::from_vars([("FALLBACK_TOKEN", "canary")]));
    assert!(loader.load::<Fallback>().await.is_err());
    assert!(log.warnings().is_empty());

    let loader = loader.fall_back_on([SourceErrorKind::Denied]);
    loader.load::<Fallback>().await.unwrap();
    let lines = log.warnings();
    let [warning] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(
        warning.contains(r#"field="fallback_token""#) && warning.contains("`fall_back_on`"),
        "{warning}"
    );
    assert!(!warning.contains("canary"), "{warning}");
}
