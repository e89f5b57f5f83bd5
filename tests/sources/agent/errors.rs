//! Responses without a value: their errors, the number of requests, and that the environment does not hide them.

use from_secrets::report::FieldOutcome;
use from_secrets::source::{FetchResult, MissingReason, SourceErrorKind};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAgent, FakeResponse, canary};
use serde_json::json;

use super::{Pocket, failure, field, load_error, pocket, reported};

/// Starts an agent with the same response to every request.
fn responding(response: FakeResponse) -> FakeAgent {
    let agent = FakeAgent::start(pocket());
    agent.when(move |_| Some(response.clone()));
    agent
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[tokio::test]
async fn failures_map_to_kinds_without_retries() {
    let no_agent = "unexpected response from";
    let json = |value: serde_json::Value| value.to_string();
    for (response, cause, words) in [
        (
            FakeResponse::denied("POCKET_KEY"),
            SourceErrorKind::Denied,
            "missing, or not permitted",
        ),
        (
            FakeResponse::throttled(),
            SourceErrorKind::Throttled,
            "ThrottlingException",
        ),
        (
            FakeResponse::internal(),
            SourceErrorKind::Internal,
            "InternalServiceError",
        ),
        (
            FakeResponse::error("com.amazonaws#DecryptionFailure", "it cannot be decrypted"),
            SourceErrorKind::Undecryptable,
            "kms:Decrypt",
        ),
        (
            FakeResponse::error("InvalidRequestException", "it was marked for deletion"),
            SourceErrorKind::ScheduledForDeletion,
            "restore",
        ),
        (
            FakeResponse::error("ExpiredTokenException", ""),
            SourceErrorKind::Credentials,
            "the agent's own",
        ),
        (
            FakeResponse::raw(429, "Connection limit exceeded"),
            SourceErrorKind::Throttled,
            "max_conn",
        ),
        (
            FakeResponse::raw(502, "Bad Gateway"),
            SourceErrorKind::Unreachable,
            "Secrets Manager is unreachable",
        ),
        (
            FakeResponse::error_with_status(504, "TimeoutError", "Timeout"),
            SourceErrorKind::Unreachable,
            "Secrets Manager is unreachable",
        ),
        (
            FakeResponse::error_with_status(502, "ConnectionError", "Read Error"),
            SourceErrorKind::Unreachable,
            "VPC endpoint",
        ),
        (
            FakeResponse::raw(500, json(json!({ "__type": "InternalFailure" }))),
            SourceErrorKind::Internal,
            "the agent's log",
        ),
        (
            FakeResponse::raw(404, "Not found"),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::raw(405, "Not allowed"),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::raw(302, ""),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::raw(400, "Forwarded"),
            SourceErrorKind::Internal,
            ": Forwarded",
        ),
        (
            FakeResponse::raw(200, "<html>sign in</html>"),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::raw(200, "healthy"),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::json(&json!({})),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::json(&json!([1])),
            SourceErrorKind::Internal,
            no_agent,
        ),
        (
            FakeResponse::raw(200, "x".repeat(2 * 1024 * 1024)),
            SourceErrorKind::Internal,
            "larger than 1 MiB",
        ),
        (
            FakeResponse::json(&json!({ "Name": "n" })).broken_off(),
            SourceErrorKind::Unreachable,
            "",
        ),
        (
            FakeResponse::close(),
            SourceErrorKind::Unreachable,
            "connection closed by",
        ),
    ] {
        let agent = responding(response);
        let error = load_error(&agent).await;
        for path in ["key", "token"] {
            failure(&error, path, cause);
        }
        reported(&error, &[words, &agent.endpoint()]);
        assert_eq!(agent.requested().len(), 2, "{words}");
    }
}

#[tokio::test]
async fn error_code_identifies_missing_secret() {
    for status in [400, 404, 500] {
        let message = "Secrets Manager can't find the specified secret.";
        let agent = responding(FakeResponse::error_with_status(
            status,
            "ResourceNotFoundException",
            message,
        ));
        let error = agent.loader().load::<Pocket>().await.unwrap_err();
        let field = field(&error, "key");
        assert_eq!(*field.outcome(), FieldOutcome::Missing);
        let expected = FetchResult::Missing(MissingReason::Secret);
        assert_eq!(*field.attempts()[0].result(), expected);
    }
}

#[tokio::test]
async fn secret_without_value_is_missing_version() {
    for vault in [
        pocket().entry("POCKET_TOKEN", Entry::without_value()),
        pocket().when(|call| {
            let empty = json!({ "Name": "POCKET_TOKEN", "VersionId": "v" });
            call.is_request_for("POCKET_TOKEN")
                .then(|| FakeResponse::json(&empty))
        }),
    ] {
        let agent = FakeAgent::start(vault);
        let error = agent.loader().load::<Pocket>().await.unwrap_err();
        let expected = FetchResult::Missing(MissingReason::Version);
        assert_eq!(*field(&error, "token").attempts()[0].result(), expected);
    }
}

#[tokio::test]
async fn one_denied_secret_fails_one_field() {
    let agent = FakeAgent::start(pocket().denied("POCKET_TOKEN"));
    let error = load_error(&agent).await;
    failure(&error, "token", SourceErrorKind::Denied);
    assert_eq!(error.failed_fields().count(), 1);
}

#[tokio::test]
async fn unexplained_extension_error_lists_possible_causes() {
    let silent = FakeResponse::raw(
        400,
        "an unexpected error occurred while executing request\n",
    );
    let error = load_error(&responding(silent)).await;
    failure(&error, "key", SourceErrorKind::Internal);
    reported(
        &error,
        &[
            "missing, not permitted or unreachable",
            "the function's log",
        ],
    );
}

#[tokio::test]
async fn malformed_response_value_is_not_shown() {
    let value = canary::value("x");
    let whole = json!({ "Name": "n", "VersionId": "v", "SecretString": value }).to_string();
    let wrong_type = json!({ "Name": "n", "SecretString": [value] }).to_string();
    let wrong_binary = json!({ "Name": "n", "SecretBinary": value }).to_string();
    for body in [
        whole[..whole.len() - 1].to_owned(),
        wrong_type,
        wrong_binary,
        value,
    ] {
        let logs = Logs::capture();
        // Looks for canaries in all texts of the error.
        let error = load_error(&responding(FakeResponse::raw(200, body))).await;
        failure(&error, "key", SourceErrorKind::Internal);
        canary::assert_absent(&logs.text());
    }
}
