//! What is not there, in each of its ways.

use from_secrets::{Cause, Environment, ErrorKind, FromSecrets, Missing};
use from_secrets_tests::{Emulator, Kind, Proxy};

use super::{delete, on_each_emulator, put, put_without_value};
use crate::expect;

on_each_emulator! {
    a_missing_secret_is_told_with_its_name_and_its_variable,
    a_missing_secret_does_not_spoil_its_neighbours,
    a_secret_scheduled_for_deletion_is_a_failure,
    a_secret_without_a_value_is_missing,
    a_secret_without_a_value_does_not_spoil_its_neighbours,
    a_json_key_that_is_not_there_is_no_failed_fetch,
}

async fn a_missing_secret_is_told_with_its_name_and_its_variable(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("absent/secret")]
        #[expect(dead_code, reason = "never loaded")]
        token: String,
    }
    let proxy = Proxy::before(emulator.endpoint());
    let error = proxy.loader().load::<Config>().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Fields);
    expect::missing(&error, "token", &Missing::Secret);
    expect::story(
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
struct Neighbours {
    #[secret("absent/neighbour-1")]
    one: String,
    #[secret("absent/neighbour-2")]
    two: String,
    #[secret(name = "{ODD}", env = false)]
    odd: Option<String>,
}

async fn put_neighbours(emulator: &Emulator) {
    for name in ["absent/neighbour-1", "absent/neighbour-2"] {
        // Two tests use them; the second to come finds them there.
        let _ = emulator
            .client()
            .create_secret()
            .name(name)
            .secret_string(name)
            .send()
            .await;
    }
}

async fn a_missing_secret_does_not_spoil_its_neighbours(emulator: &Emulator) {
    put_neighbours(emulator).await;
    let proxy = Proxy::before(emulator.endpoint());
    let loaded: Neighbours = proxy
        .loader()
        .parameter("ODD", "absent/third")
        .load()
        .await
        .unwrap();
    assert_eq!(
        [loaded.one, loaded.two],
        ["absent/neighbour-1", "absent/neighbour-2"]
    );
    assert!(loaded.odd.is_none());
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
}

async fn a_secret_scheduled_for_deletion_is_a_failure(emulator: &Emulator) {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret("absent/deleted")]
        token: Option<String>,
    }
    put(emulator, "absent/deleted", "x").await;
    delete(emulator, "absent/deleted").await;
    let environment = Environment::from_vars([("ABSENT_DELETED", "old")]);
    let error = emulator
        .loader()
        .environment(environment)
        .load::<Config>()
        .await
        .unwrap_err();
    let failure = expect::failure(&error, "token", Cause::ScheduledForDeletion);
    assert_eq!(failure.code(), Some("InvalidRequestException"));
    assert!(failure.request_id().is_some());
    expect::not_asked(&error, "token", "env");
    expect::story(&error, &["`absent/deleted`", "restore"]);
}

async fn a_secret_without_a_value_is_missing(emulator: &Emulator) {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret("absent/no-value")]
        token: String,
    }
    put_without_value(emulator, "absent/no-value").await;
    let error = emulator.loader().load::<Config>().await.unwrap_err();
    // moto answers that there is no such secret where the stage is said, as AWS does not.
    let (how, fix) = match emulator.kind() {
        Kind::Moto => (Missing::Secret, "create the secret"),
        _ => (Missing::Version, "put a value"),
    };
    expect::missing(&error, "token", &how);
    expect::story(&error, &["`absent/no-value`", fix]);
}

async fn a_secret_without_a_value_does_not_spoil_its_neighbours(emulator: &Emulator) {
    put_neighbours(emulator).await;
    put_without_value(emulator, "absent/empty").await;
    let proxy = Proxy::before(emulator.endpoint());
    let loaded: Neighbours = proxy
        .loader()
        .parameter("ODD", "absent/empty")
        .load()
        .await
        .unwrap();
    assert_eq!(
        [loaded.one, loaded.two],
        ["absent/neighbour-1", "absent/neighbour-2"]
    );
    assert!(loaded.odd.is_none());
    // moto fails the whole batch because of it, ministack answers it without a value.
    let tally = if emulator.kind() == Kind::Moto {
        "1 batch, 3 gets"
    } else {
        "1 batch, 0 gets"
    };
    assert_eq!(proxy.tally(), tally);
}

async fn a_json_key_that_is_not_there_is_no_failed_fetch(emulator: &Emulator) {
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
        &Missing::JsonKey {
            similar: Some("passwd".to_owned()),
        },
    );
    let story = expect::story(
        &error,
        &["`absent/key`", "`password`", "did you mean `passwd`"],
    );
    for misleading in ["fetch", "no such secret", "create the secret"] {
        assert!(!story.contains(misleading), "{story}");
    }
}
