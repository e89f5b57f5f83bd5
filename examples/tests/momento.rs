//! The cache client, without a cache: the failure is told as Momento's, and the key stays where it is.

use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

mod support;

use support::secrets_manager::SecretsManager;

/// Shaped like a key of today, whose claims say `{"t":"g"}`.
const KEY: &str = "eyJhbGciOiJIUzUxMiJ9.eyJ0IjoiZyJ9.canary-signature";

/// The program with an environment of its own, on a machine that is no EC2 instance.
fn momento() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_momento"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// An endpoint at this port of the loopback interface. The client puts `cache.` before an endpoint, which becomes
/// a user's name before the `@` here, so that no name has to be resolved.
fn endpoint(port: u16) -> String {
    format!("test@127.0.0.1:{port}")
}

/// Runs it to its end; the bound is above all deadlines together.
async fn run(command: &mut Command) -> Output {
    let output = timeout(Duration::from_secs(30), command.output());
    output.await.expect("it does not end").unwrap()
}

/// What it wrote as it failed, which is about Momento and holds no key.
#[track_caller]
fn failure(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let details = String::from_utf8(output.stderr.clone()).unwrap();
    for part in KEY.split('.') {
        assert!(!details.contains(part), "the key in: {details}");
    }
    details
}

#[tokio::test]
async fn refused_connection_is_a_momento_error() {
    let output = run(momento()
        .env("MOMENTO_API_TOKEN", KEY)
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    let details = failure(&output);
    assert!(details.starts_with("momento: "), "{details}");
    assert!(!details.contains("secret"), "{details}");
}

#[tokio::test]
async fn silent_endpoint_does_not_block_program() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();

    let output = run(momento()
        .env("MOMENTO_API_TOKEN", KEY)
        .env("MOMENTO_ENDPOINT", endpoint(port)))
    .await;

    let details = failure(&output);
    assert!(details.starts_with("momento: "), "{details}");
}

#[tokio::test]
async fn current_version_is_requested_once() {
    let secrets = SecretsManager::start(&[("Momento_API_Token", KEY)]).await;

    let output = run(momento()
        .envs(secrets.variables())
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    failure(&output);
    let requested = secrets.requested();
    assert_eq!(requested.len(), 1, "{requested:?}");
    assert_eq!(requested[0].operation, "GetSecretValue");
    assert_eq!(requested[0].region, "us-west-2");
    assert_eq!(
        requested[0].body,
        json!({"SecretId": "Momento_API_Token", "VersionStage": "AWSCURRENT"})
    );
}

#[tokio::test]
async fn invalid_key_error_hides_key() {
    let output = run(momento()
        .env("MOMENTO_API_TOKEN", "canary-signature")
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    let details = failure(&output);
    assert!(details.starts_with("momento: "), "{details}");
    assert!(details.contains("key"), "{details}");
}

#[tokio::test]
async fn missing_key_error_names_secret() {
    let output = run(momento().env("MOMENTO_ENDPOINT", endpoint(1))).await;

    let details = failure(&output);
    assert!(details.contains("Momento_API_Token"), "{details}");
    assert!(!details.starts_with("momento: "), "{details}");
}
