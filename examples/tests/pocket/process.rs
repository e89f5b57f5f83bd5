//! The program as a process, on Lambda and on a laptop.

use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::lambda_api::{FunctionResponse, LambdaApi};
use crate::reading_list::ReadingList;
use crate::support::secrets_manager::SecretsManager;
use crate::{KEY, TOKEN, assert_no_value};

const SECRETS: &[(&str, &str)] = &[("POCKET_KEY", KEY), ("POCKET_TOKEN", TOKEN)];

/// Returns the program with an empty environment, as if not on an EC2 instance.
fn pocket() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pocket"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn on_lambda(lambda: &LambdaApi, secrets: &SecretsManager, list: &ReadingList) -> Child {
    pocket()
        .env("AWS_LAMBDA_RUNTIME_API", &lambda.address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "pocket")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_REGION", "us-east-1")
        .envs(secrets.variables())
        .env("POCKET_BASE_URL", &list.url)
        .spawn()
        .unwrap()
}

/// Returns the next two responses of the function, and its output.
async fn two_responses(
    lambda: &mut LambdaApi,
    mut function: Child,
) -> ([FunctionResponse; 2], String) {
    let responses = async { [lambda.response().await, lambda.response().await] };
    let responses = tokio::select! {
        responses = responses => Some(responses),
        _ = function.wait() => None,
    };
    // An error means that the function has already ended.
    let _ = function.start_kill();
    let written = text(&function.wait_with_output().await.unwrap());
    let responses = responses.unwrap_or_else(|| panic!("the function ended: {written}"));
    (responses, written)
}

fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams.map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

#[tokio::test]
async fn two_invocations_load_the_secrets_once() {
    let mut lambda = LambdaApi::with(2).await;
    let secrets = SecretsManager::start(SECRETS).await;
    let list =
        ReadingList::with(json!({"11": {"time_to_read": 1}, "12": {"time_to_read": 9}})).await;

    let function = on_lambda(&lambda, &secrets, &list);
    let (responses, written) = two_responses(&mut lambda, function).await;

    let response = |request_id: &str| FunctionResponse {
        request_id: request_id.to_owned(),
        kind: "response".to_owned(),
        body: json!("2 of 2 items tagged"),
    };
    assert_eq!(
        responses,
        [response("invocation-0"), response("invocation-1")]
    );
    assert_eq!(list.paths(), ["/v3/get", "/v3/send", "/v3/get", "/v3/send"]);
    let requested = secrets.requested();
    assert_eq!(requested.len(), 1, "{requested:?}");
    assert_eq!(requested[0].operation, "BatchGetSecretValue");
    assert_no_value(&written);
}

#[tokio::test]
async fn failed_invocation_does_not_stop_next() {
    let mut lambda = LambdaApi::with(2).await;
    let secrets = SecretsManager::start(SECRETS).await;
    let failed = Arc::new(AtomicBool::new(false));
    let list = ReadingList::start(move |_, _| {
        if failed.swap(true, Ordering::SeqCst) {
            Json(json!({"list": []})).into_response()
        } else {
            (
                StatusCode::UNAUTHORIZED,
                [("x-error", "Invalid access token")],
            )
                .into_response()
        }
    })
    .await;

    let function = on_lambda(&lambda, &secrets, &list);
    let (responses, written) = two_responses(&mut lambda, function).await;

    let message = "the reading list rejected the request: 401 Unauthorized, Invalid access token";
    assert_eq!(responses[0].kind, "error");
    assert_eq!(responses[0].body["errorMessage"], message);
    assert_eq!(responses[1].kind, "response");
    assert!(written.contains(message), "not in the log: {written}");
    assert_eq!(secrets.requested().len(), 1);
    assert_no_value(&written);
}

#[tokio::test]
async fn run_outside_lambda_reads_environment() {
    let list = ReadingList::with(json!({"11": {"word_count": "40"}})).await;

    let output = pocket()
        .env("POCKET_KEY", KEY)
        .env("POCKET_TOKEN", TOKEN)
        .env("POCKET_BASE_URL", &list.url)
        .output()
        .await
        .unwrap();

    assert!(output.status.success(), "{}", text(&output));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1 of 1 items tagged\n"
    );
    assert_no_value(&text(&output));
}

#[tokio::test]
async fn missing_secret_fails_before_any_request() {
    let list = ReadingList::with(json!([])).await;

    let output = pocket()
        .env("POCKET_KEY", KEY)
        .env("POCKET_BASE_URL", &list.url)
        .output()
        .await
        .unwrap();

    assert_eq!(output.status.code(), Some(1));
    let details = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        details.matches("`POCKET_TOKEN`: not set").count(),
        1,
        "{details}"
    );
    assert!(!details.contains("POCKET_KEY"), "found field in: {details}");
    assert!(list.requested().is_empty());
    assert_no_value(&text(&output));
}

#[tokio::test]
async fn unreachable_reading_list_is_named() {
    let output = pocket()
        .env("POCKET_KEY", KEY)
        .env("POCKET_TOKEN", TOKEN)
        .env("POCKET_BASE_URL", "http://127.0.0.1:1")
        .output()
        .await
        .unwrap();

    assert_eq!(output.status.code(), Some(1));
    let details = String::from_utf8_lossy(&output.stderr);
    assert!(
        details.contains("the request to the reading list failed"),
        "{details}"
    );
    assert!(details.contains("http://127.0.0.1:1/v3/get"), "{details}");
    assert_no_value(&text(&output));
}
