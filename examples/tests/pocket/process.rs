//! The program itself: as Lambda runs it, and as a person does.

use std::process::{Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;
use tokio::process::{Child, Command};

use crate::lambda_api::{Answer, LambdaApi};
use crate::reading_list::ReadingList;
use crate::support::secrets_manager::SecretsManager;
use crate::{KEY, TOKEN, assert_no_value};

const SECRETS: &[(&str, &str)] = &[("POCKET_KEY", KEY), ("POCKET_TOKEN", TOKEN)];

/// The program with an environment of its own, on a machine that is no EC2 instance.
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

/// The function's next two answers and what it wrote meanwhile.
async fn two_answers(lambda: &mut LambdaApi, mut function: Child) -> ([Answer; 2], String) {
    let answers = async { [lambda.answer().await, lambda.answer().await] };
    let answers = tokio::select! {
        answers = answers => Some(answers),
        _ = function.wait() => None,
    };
    // Gone already, where it ended by itself.
    let _ = function.start_kill();
    let written = text(&function.wait_with_output().await.unwrap());
    let answers = answers.unwrap_or_else(|| panic!("it ended: {written}"));
    (answers, written)
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
    let (answers, written) = two_answers(&mut lambda, function).await;

    let answer = |request_id: &str| Answer {
        request_id: request_id.to_owned(),
        kind: "response".to_owned(),
        body: json!("2 of 2 items tagged"),
    };
    assert_eq!(answers, [answer("invocation-0"), answer("invocation-1")]);
    assert_eq!(list.paths(), ["/v3/get", "/v3/send", "/v3/get", "/v3/send"]);
    let asked = secrets.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].operation, "BatchGetSecretValue");
    assert_no_value(&written);
}

#[tokio::test]
async fn a_failed_invocation_is_reported_and_the_next_one_served() {
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
    let (answers, written) = two_answers(&mut lambda, function).await;

    let message = "the reading list refused the request: 401 Unauthorized, Invalid access token";
    assert_eq!(answers[0].kind, "error");
    assert_eq!(answers[0].body["errorMessage"], message);
    assert_eq!(answers[1].kind, "response");
    assert!(written.contains(message), "not in the log: {written}");
    assert_eq!(secrets.asked().len(), 1);
    assert_no_value(&written);
}

#[tokio::test]
async fn on_a_laptop_it_runs_once_with_values_from_the_environment() {
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
async fn what_is_missing_is_told_at_once_and_nothing_is_fetched() {
    let list = ReadingList::with(json!([])).await;

    let output = pocket()
        .env("POCKET_KEY", KEY)
        .env("POCKET_BASE_URL", &list.url)
        .output()
        .await
        .unwrap();

    assert_eq!(output.status.code(), Some(1));
    let story = String::from_utf8_lossy(&output.stderr);
    assert!(story.contains("POCKET_TOKEN"), "{story}");
    assert!(!story.contains("POCKET_KEY"), "it was there: {story}");
    assert!(list.asked().is_empty());
    assert_no_value(&text(&output));
}

#[tokio::test]
async fn a_reading_list_that_cannot_be_reached_is_told_with_its_address() {
    let output = pocket()
        .env("POCKET_KEY", KEY)
        .env("POCKET_TOKEN", TOKEN)
        .env("POCKET_BASE_URL", "http://127.0.0.1:1")
        .output()
        .await
        .unwrap();

    assert_eq!(output.status.code(), Some(1));
    let story = String::from_utf8_lossy(&output.stderr);
    assert!(
        story.contains("no usable answer from the reading list"),
        "{story}"
    );
    assert!(story.contains("http://127.0.0.1:1/v3/get"), "{story}");
    assert_no_value(&text(&output));
}
