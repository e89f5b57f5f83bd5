//! The loaded secrets as a layer of a configuration by `figment` and by `config`.
#![cfg(all(feature = "derive", feature = "figment", feature = "config"))]

use std::collections::BTreeMap;

use config::Config;
use figment::Figment;
use figment::providers::Serialized;
use from_secrets::integrations::Layer;
use from_secrets::source::{Env, Memory, SourceErrorKind};
use from_secrets::{FromSecrets, Loader, SecretString};
use serde::Deserialize;

#[derive(FromSecrets)]
#[expect(dead_code, reason = "a layer is made of what it declares")]
struct Declared {
    token: SecretString,
    #[secret(flatten)]
    database: Database,
    limits: BTreeMap<String, u32>,
    #[secret(binary)]
    key: Vec<u8>,
    #[secret(env_only)]
    verbose: bool,
    #[secret(default = 1)]
    workers: usize,
    absent: Option<String>,
}

#[derive(FromSecrets)]
#[secrets(name = "prod/db")]
#[expect(dead_code, reason = "a layer is made of what it declares")]
struct Database {
    user: String,
    port: u16,
}

/// What an application has of its own: other names are below, and some are filled by other layers.
#[derive(Debug, Deserialize, PartialEq)]
struct Settings {
    workers: usize,
    secrets: Secrets,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Secrets {
    token: String,
    database: Credentials,
    limits: BTreeMap<String, u32>,
    key: Vec<u8>,
    verbose: bool,
    workers: Option<usize>,
    absent: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Credentials {
    host: String,
    user: String,
    port: u16,
}

fn loader() -> Loader {
    let secrets = Memory::new()
        .with_secret("TOKEN", "12345")
        .with_secret("prod/db", r#"{"user":"app","port":"5432"}"#)
        .with_secret("LIMITS", r#"{"reads":10}"#)
        .with_binary("KEY", &[0, 159, 255]);
    Loader::new()
        .env(Env::from_vars([("VERBOSE", "true\n")]))
        .source(secrets)
}

async fn layer() -> Layer {
    loader().layer::<Declared>().await.unwrap().at("secrets")
}

fn expected() -> Settings {
    Settings {
        workers: 4,
        secrets: Secrets {
            token: "12345".to_owned(),
            database: Credentials {
                host: "localhost".to_owned(),
                user: "app".to_owned(),
                port: 5432,
            },
            limits: BTreeMap::from([("reads".to_owned(), 10)]),
            key: vec![0, 159, 255],
            verbose: true,
            workers: None,
            absent: None,
        },
    }
}

#[tokio::test]
async fn figment_merges_secrets_with_other_layers() {
    let settings: Settings = Figment::new()
        .merge(Serialized::default("workers", 4))
        .merge(Serialized::default("secrets.database.host", "localhost"))
        .merge(layer().await)
        .extract()
        .unwrap();
    assert_eq!(settings, expected());
}

#[tokio::test]
async fn config_merges_secrets_with_other_layers() {
    let config = Config::builder()
        .set_default("workers", 4)
        .unwrap()
        .set_default("secrets.database.host", "localhost")
        .unwrap()
        .add_source(layer().await)
        .build()
        .unwrap();
    let settings: Settings = config.try_deserialize().unwrap();
    assert_eq!(settings, expected());
}

#[tokio::test]
async fn mismatch_names_secrets_as_origin() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it cannot be filled")]
    struct Wrong {
        user: u8,
    }
    let secrets = Memory::new().with_secret("prod/db", r#"{"user":"app","port":1}"#);
    let layer = Loader::new()
        .source(secrets)
        .layer::<Database>()
        .await
        .unwrap();
    let figment = Figment::new().merge(layer.clone());
    let error = figment.extract::<Wrong>().unwrap_err().to_string();
    assert!(error.contains("the secrets of `Database`"), "{error}");
    let config = Config::builder().add_source(layer).build().unwrap();
    let error = config.try_deserialize::<Wrong>().unwrap_err().to_string();
    assert!(error.contains("the secrets of `Database`"), "{error}");
}

#[tokio::test]
async fn layer_reports_all_failed_fields() {
    let secrets = Memory::new()
        .with_secret("prod/db", r#"{"user":"app","port":"many"}"#)
        .with_error("TOKEN", SourceErrorKind::Denied);
    let error = Loader::new()
        .source(secrets)
        .layer::<Declared>()
        .await
        .unwrap_err();
    let failed: Vec<_> = error
        .failed_fields()
        .map(|field| field.path().to_owned())
        .collect();
    assert_eq!(
        failed,
        ["token", "database.port", "limits", "key", "verbose"]
    );
}

#[tokio::test]
async fn layer_debug_shows_names_only() {
    let shown = format!("{:?}", layer().await);
    assert_eq!(
        shown,
        r#"Layer { subject: "Declared", names: ["secrets"] }"#
    );
}
