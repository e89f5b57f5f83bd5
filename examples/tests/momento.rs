//! The example `momento`, without a cache: errors name Momento, and do not contain the key.

use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::time::timeout;

mod support;

use support::secrets_manager::SecretsManager;

/// A key in the format of Momento, with the claims `{"t":"g"}`.
const KEY: &str = "eyJhbGciOiJIUzUxMiJ9.eyJ0IjoiZyJ9.canary-signature";

/// Returns the program with an empty environment, as if not on an EC2 instance.
fn momento() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_momento"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Returns an endpoint on loopback. The client prepends `cache.`, which becomes part of the user name before the `@`,
/// so that no host name is resolved.
fn endpoint(port: u16) -> String {
    format!("test@127.0.0.1:{port}")
}

/// Runs the program. The timeout exceeds the sum of all deadlines.
async fn run(command: &mut Command) -> Output {
    let output = timeout(Duration::from_secs(30), command.output());
    output.await.expect("the program does not end").unwrap()
}

/// Returns stderr of a failed program, after checking that it does not contain the key.
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
