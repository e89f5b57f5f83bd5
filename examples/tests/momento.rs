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
    let story = String::from_utf8(output.stderr.clone()).unwrap();
    for part in KEY.split('.') {
        assert!(!story.contains(part), "the key in: {story}");
    }
    story
}

#[tokio::test]
async fn an_endpoint_that_refuses_is_told_as_momentos_failure() {
    let output = run(momento()
        .env("MOMENTO_API_TOKEN", KEY)
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    let story = failure(&output);
    assert!(story.starts_with("momento: "), "{story}");
    assert!(!story.contains("secret"), "{story}");
}

#[tokio::test]
async fn an_endpoint_that_never_answers_does_not_hold_the_program() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();

    let output = run(momento()
        .env("MOMENTO_API_TOKEN", KEY)
        .env("MOMENTO_ENDPOINT", endpoint(port)))
    .await;

    let story = failure(&output);
    assert!(story.starts_with("momento: "), "{story}");
}

#[tokio::test]
async fn the_current_version_is_asked_for_once_in_the_default_region() {
    let secrets = SecretsManager::start(&[("Momento_API_Token", KEY)]).await;

    let output = run(momento()
        .envs(secrets.variables())
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    failure(&output);
    let asked = secrets.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].operation, "GetSecretValue");
    assert_eq!(asked[0].region, "us-west-2");
    assert_eq!(
        asked[0].body,
        json!({"SecretId": "Momento_API_Token", "VersionStage": "AWSCURRENT"})
    );
}

#[tokio::test]
async fn a_key_that_is_none_is_told_without_it() {
    let output = run(momento()
        .env("MOMENTO_API_TOKEN", "canary-signature")
        .env("MOMENTO_ENDPOINT", endpoint(1)))
    .await;

    let story = failure(&output);
    assert!(story.starts_with("momento: "), "{story}");
    assert!(story.contains("key"), "{story}");
}

#[tokio::test]
async fn a_missing_key_is_told_by_the_secrets_name() {
    let output = run(momento().env("MOMENTO_ENDPOINT", endpoint(1))).await;

    let story = failure(&output);
    assert!(story.contains("Momento_API_Token"), "{story}");
    assert!(!story.starts_with("momento: "), "{story}");
}
