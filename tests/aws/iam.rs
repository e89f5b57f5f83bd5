//! IAM policies, on an emulator that enforces them.

use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{ExposeSecret, FromSecrets, SecretString};
use from_secrets_tests::{Emulator, Kind, Proxy, sdk};
use serde_json::{Value, json};

use from_secrets_tests::emulator::put_names;
use from_secrets_tests::expect;

#[derive(Debug, FromSecrets)]
#[secrets(prefix = "iam/", rename_all = "kebab-case")]
struct Three {
    one: SecretString,
    two: SecretString,
    other: SecretString,
}

/// Returns an emulator that has all three secrets.
async fn emulator() -> &'static Emulator {
    let emulator = Emulator::shared(Kind::MinistackWithIam);
    put_names(emulator, &["iam/one", "iam/two", "iam/other"]).await;
    emulator
}

/// Returns the loader of a user with a policy, and a proxy that counts its requests.
async fn user(name: &str, statements: Value) -> (from_secrets::Loader, Proxy) {
    let emulator = emulator().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": statements });
    let credentials = emulator.user(name, &policy);
    let proxy = Proxy::before(emulator.endpoint());
    (sdk::loader_as(&proxy.endpoint(), credentials), proxy)
}

fn read(resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": resource })
}

fn batch() -> Value {
    json!({ "Effect": "Allow", "Action": "secretsmanager:BatchGetSecretValue", "Resource": "*" })
}

const ALL: &str = "arn:aws:secretsmanager:*:*:secret:iam/*";

#[tokio::test]
async fn full_permission_needs_one_batch() {
    let (loader, proxy) = user("batcher", json!([batch(), read(ALL)])).await;
    let three: Three = loader.load().await.unwrap();
    let values = [&three.one, &three.two, &three.other].map(ExposeSecret::expose_secret);
    assert_eq!(values, ["iam/one", "iam/two", "iam/other"]);
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn denied_batch_falls_back_to_gets() {
    let (loader, proxy) = user("reader", json!([read(ALL)])).await;
    for _ in 0..2 {
        let three: Three = loader.load().await.unwrap();
        assert_eq!(three.one.expose_secret(), "iam/one");
    }
    assert_eq!(proxy.tally(), "1 batch, 6 gets");
}

#[tokio::test]
async fn one_denied_secret_fails_one_field() {
    let policy = json!([
        batch(),
        read("arn:aws:secretsmanager:*:*:secret:iam/one-??????"),
        read("arn:aws:secretsmanager:*:*:secret:iam/two-??????")
    ]);
    let (loader, proxy) = user("two-of-three", policy).await;
    let loader = loader.env(Env::from_vars([("IAM_OTHER", "old")]));
    let error = loader.load::<Three>().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["other"]);
    assert_eq!(
        expect::failure(&error, "other", SourceErrorKind::Denied).code(),
        Some("AccessDeniedException")
    );
    expect::not_requested(&error, "other", "env");
    expect::details(
        &error,
        &[
            "`iam/other`",
            "missing, or not permitted",
            "user/two-of-three",
        ],
    );
    assert_eq!(proxy.tally(), "1 batch, 1 get");
}

#[tokio::test]
async fn missing_permission_fails_every_field() {
    let policy = json!([{ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }]);
    let (loader, proxy) = user("other-service", policy).await;
    let error = loader.load::<Three>().await.unwrap_err();
    for field in ["one", "two", "other"] {
        expect::failure(&error, field, SourceErrorKind::Denied);
    }
    assert_eq!(proxy.tally(), "1 batch, 3 gets");
}

#[tokio::test]
async fn unknown_access_key_is_credentials_error() {
    let emulator = emulator().await;
    let unknown = sdk::Credentials::new("AKIAUNKNOWNUNKNOWN00", "no such key", None, None, "tests");
    let proxy = Proxy::before(emulator.endpoint());
    let error = sdk::loader_as(&proxy.endpoint(), unknown)
        .load::<Three>()
        .await
        .unwrap_err();
    assert_eq!(
        expect::failure(&error, "one", SourceErrorKind::Credentials).code(),
        Some("UnrecognizedClientException")
    );
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn wrong_secret_key_is_credentials_error() {
    let emulator = emulator().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [batch(), read(ALL)] });
    let right = emulator.user("mistyped", &policy);
    let wrong = sdk::Credentials::new(right.access_key_id(), "mistyped", None, None, "tests");
    let proxy = Proxy::before(emulator.endpoint());
    let error = sdk::loader_as(&proxy.endpoint(), wrong)
        .load::<Three>()
        .await
        .unwrap_err();
    expect::failure(&error, "one", SourceErrorKind::Credentials);
    assert_eq!(proxy.tally(), "1 batch, 0 gets");
}
