//! Missing secrets, versions and JSON keys.

use from_secrets::source::{Env, MissingReason, SourceErrorKind};
use from_secrets::{ErrorKind, FromSecrets};
use from_secrets_tests::{Emulator, Kind, Proxy};

use super::{delete, on_each_emulator, put, put_without_value};
use from_secrets_tests::emulator::put_names;
use from_secrets_tests::expect;

on_each_emulator! {
    missing_secret_error_names_variable,
    missing_secret_does_not_affect_others,
    secret_scheduled_for_deletion_fails,
    secret_without_value_is_missing,
    valueless_secret_does_not_affect_others,
    missing_json_key_suggests_similar_key,
}

async fn missing_secret_error_names_variable(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("absent/secret")]
        #[expect(dead_code, reason = "never loaded")]
        token: String,
    }
    let proxy = Proxy::before(emulator.endpoint());
    let error = proxy.loader().load::<Config>().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Fields);
    expect::missing(&error, "token", &MissingReason::Secret);
    expect::details(
        &error,
        &[
            "`token`",
            "`absent/secret`",
            "`ABSENT_SECRET`",
            "no such secret",
            "create the secret",
        ],
    );
    assert_eq!(proxy.tally(), "0 batches, 1 get");
}

#[derive(FromSecrets)]
struct Neighbors {
    #[secret("absent/neighbor-1")]
    one: String,
    #[secret("absent/neighbor-2")]
    two: String,
    #[secret(name = "{ODD}", env = false)]
    odd: Option<String>,
}

const NEIGHBORS: [&str; 2] = ["absent/neighbor-1", "absent/neighbor-2"];

/// Loads two secrets beside one without a value. Returns the tally of requests.
async fn load_beside(emulator: &Emulator, odd: &str) -> String {
    put_names(emulator, &NEIGHBORS).await;
    let proxy = Proxy::before(emulator.endpoint());
    let loader = proxy.loader().placeholder("ODD", odd);
    let neighbors: Neighbors = loader.load().await.unwrap();
    assert_eq!([&*neighbors.one, &*neighbors.two], NEIGHBORS);
    assert!(neighbors.odd.is_none());
    proxy.tally()
}

async fn missing_secret_does_not_affect_others(emulator: &Emulator) {
    let tally = load_beside(emulator, "absent/third").await;
    assert_eq!(tally, "1 batch, 0 gets");
}

async fn secret_scheduled_for_deletion_fails(emulator: &Emulator) {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret("absent/deleted")]
        token: Option<String>,
    }
    put(emulator, "absent/deleted", "x").await;
    delete(emulator, "absent/deleted").await;
    let environment = Env::from_vars([("ABSENT_DELETED", "old")]);
    let error = emulator
        .loader()
        .env(environment)
        .load::<Config>()
        .await
        .unwrap_err();
    let failure = expect::failure(&error, "token", SourceErrorKind::ScheduledForDeletion);
    assert_eq!(failure.code(), Some("InvalidRequestException"));
    assert!(failure.request_id().is_some());
    expect::not_requested(&error, "token", "env");
    expect::details(&error, &["`absent/deleted`", "restore"]);
}

async fn secret_without_value_is_missing(emulator: &Emulator) {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret("absent/no-value")]
        token: String,
    }
    put_without_value(emulator, "absent/no-value").await;
    let error = emulator.loader().load::<Config>().await.unwrap_err();
    // Unlike AWS, moto reports a missing secret if the request has a stage.
    let (how, fix) = match emulator.kind() {
        Kind::Moto => (MissingReason::Secret, "create the secret"),
        _ => (MissingReason::Version, "store a value"),
    };
    expect::missing(&error, "token", &how);
    expect::details(&error, &["`absent/no-value`", fix]);
}

async fn valueless_secret_does_not_affect_others(emulator: &Emulator) {
    put_without_value(emulator, "absent/empty").await;
    let tally = load_beside(emulator, "absent/empty").await;
    // moto fails the whole batch, and ministack returns an entry without a value.
    let expected = match emulator.kind() {
        Kind::Moto => "1 batch, 3 gets",
        _ => "1 batch, 0 gets",
    };
    assert_eq!(tally, expected);
}

async fn missing_json_key_suggests_similar_key(emulator: &Emulator) {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret(name = "absent/key", json_key = "password")]
        password: String,
    }
    put(emulator, "absent/key", r#"{"passwd":"x","host":"db"}"#).await;
    let error = emulator.loader().load::<Config>().await.unwrap_err();
    expect::missing(
        &error,
        "password",
        &MissingReason::JsonKey {
            similar: Some("passwd".to_owned()),
        },
    );
    let details = expect::details(
        &error,
        &["`absent/key`", "`password`", "did you mean `passwd`"],
    );
    for misleading in ["fetch", "no such secret", "create the secret"] {
        assert!(!details.contains(misleading), "{details}");
    }
}
