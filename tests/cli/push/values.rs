//! Values that are written, and values that are kept.

use from_secrets::ExposeSecret;
use from_secrets_tests::Proxy;
use from_secrets_tests::app::{App, Pool};

use crate::support::{
    VALUES, assert_contains, at, emulator, of, put, row, run, text, versions, with,
};

#[tokio::test]
async fn pushed_values_load_back() {
    let app = "push-round-trip";
    let push = at(emulator().endpoint())
        .args(["push", "--yes"])
        .args(of(app));
    let push = with(push, &VALUES)
        .env("DB_POOL", "{\"min\": 1, \"max\": \"9\"}")
        .env("DB_REPLICA", "replica.example")
        .env("DB_KEY", "AP+f")
        .env("REMARK", "null");
    let output = run(push, 0);
    row(
        &output.stdout,
        &["create", "push-round-trip/TOKEN", "us-east-1", "text"],
    );
    row(
        &output.stdout,
        &[
            "create",
            "push-round-trip/CERTIFICATE",
            "us-east-1",
            "bytes",
        ],
    );
    let keys = "adds `password`, `port`, `pool`, `/replicas/0/host`, `key`";
    row(
        &output.stdout,
        &["create", "push-round-trip/db", "us-east-1", keys],
    );
    row(&output.stdout, &["skip", "push-round-trip/LEVEL"]);
    assert_contains(&output.stdout, &["created `push-round-trip/db`"]);

    let loader = emulator().loader().placeholder("app", app);
    let config: App = loader.load().await.unwrap();
    let value = |name: &str| VALUES.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(config.token.expose_secret(), value("TOKEN"));
    assert_eq!(config.password.expose_secret(), value("DB_PASSWORD"));
    assert_eq!(config.port, 5432);
    assert_eq!(config.pool, Some(Pool { min: 1, max: 9 }));
    assert_eq!(config.replica.as_deref(), Some("replica.example"));
    assert_eq!(config.certificate, [0, 255, 159, 145]);
    assert_eq!(config.key.as_deref(), Some(&[0, 255, 159][..]));
    assert_eq!(config.remark.as_deref(), Some("null"));
    assert_eq!(config.level, "info");
    assert_eq!(config.mail.user, value("MAIL_USER"));
    assert_eq!(config.mail.password.expose_secret(), value("MAIL_PASSWORD"));
}

#[tokio::test]
async fn unchanged_secrets_are_not_written() {
    let app = "push-twice";
    let proxy = Proxy::before(emulator().endpoint());
    let push = || {
        with(
            at(&proxy.endpoint()).args(["push", "-y"]).args(of(app)),
            &VALUES,
        )
    };
    run(push(), 0);
    proxy.calls().clear();
    let output = run(push(), 0);
    row(&output.stdout, &["unchanged", "push-twice/db"]);
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
    let output = run(push().env("TOKEN", "t-2"), 0);
    assert_contains(&output.stdout, &["updated `push-twice/TOKEN`"]);
    let client = emulator().client();
    assert_eq!(versions(&client, "push-twice/TOKEN").await, 2);
    assert_eq!(versions(&client, "push-twice/db").await, 1);
}

#[tokio::test]
async fn push_keeps_other_keys_and_types() {
    let app = "push-merge";
    let client = emulator().client();
    let before = r#"{"host": "h", "port": 1, "big": 12345678901234567890123, "replicas": [{"host": "a", "zone": 1}]}"#;
    put(&client, "push-merge/db", before).await;
    let push = at(emulator().endpoint()).args(["push", "-y"]).args(of(app));
    let push = with(push, &VALUES)
        .env("DB_REPLICA", "b")
        .env("DB_PASSWORD", "p");
    let output = run(push, 0);
    let what = "adds `password`; changes `port`, `/replicas/0/host`";
    row(
        &output.stdout,
        &["update", "push-merge/db", "us-east-1", what],
    );
    let after = text(&client, "push-merge/db").await.unwrap();
    let expected = r#"{"host":"h","port":5432,"big":12345678901234567890123,"replicas":[{"host":"b","zone":1}],"password":"p"}"#;
    assert_eq!(after, expected);
}

#[tokio::test]
async fn new_secrets_have_tags_and_key() {
    let push = at(emulator().endpoint()).args([
        "push",
        "-y",
        "--tag",
        "team=a=b",
        "--kms-key-id",
        "alias/own",
    ]);
    run(with(push.args(of("push-tags")), &VALUES), 0);
    let call = emulator()
        .client()
        .describe_secret()
        .secret_id("push-tags/TOKEN");
    let described = call.send().await.unwrap();
    let tags: Vec<_> = described
        .tags()
        .iter()
        .map(|tag| (tag.key(), tag.value()))
        .collect();
    assert_eq!(tags, [(Some("team"), Some("a=b"))]);
    assert_eq!(described.kms_key_id(), Some("alias/own"));
}

#[tokio::test]
async fn only_existing_arn_is_updated() {
    let client = emulator().client();
    put(&client, "by-arn/login", "{\"kept\": 1}").await;
    let described = client
        .describe_secret()
        .secret_id("by-arn/login")
        .send()
        .await
        .unwrap();
    let push = |arn: &str| {
        let push = at(emulator().endpoint())
            .args(["push", "-y"])
            .args(of("by-arn"));
        let push = push.env("STRUCT", "by_arn").env("LOGIN_ARN", arn);
        push.env("LOGIN_USER", "u").env("LOGIN_PASSWORD", "p")
    };
    // The same secret by its name and its ARN: one write with both keys.
    let output = run(push(described.arn().unwrap()), 0);
    assert_contains(&output.stdout, &["adds `user`, `password`"]);
    let login = text(&client, "by-arn/login").await.unwrap();
    assert_eq!(login, r#"{"kept":1,"user":"u","password":"p"}"#);
    assert_eq!(versions(&client, "by-arn/login").await, 2);

    let missing = "arn:aws:secretsmanager:us-east-1:123456789012:secret:missing-AbCdEf";
    let output = run(push(missing), 1);
    assert_contains(
        &output.stderr,
        &["does not exist and cannot be created by its ARN"],
    );
}
