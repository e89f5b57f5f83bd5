//! Error responses of the service.

use from_secrets::source::{MissingReason, SourceErrorKind};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeResponse};

use super::{loaded, refused};
use from_secrets_tests::expect;
use from_secrets_tests::structs::{Pocket, pocket};

#[tokio::test]
async fn temporary_service_errors_are_retried() {
    let unavailable = FakeResponse::error_with_status(503, "ServiceUnavailable", "");
    for (at_first, requests) in [
        (FakeResponse::throttled(), "1 batch, 3 gets"),
        (FakeResponse::internal(), "3 batches, 0 gets"),
        (unavailable, "3 batches, 0 gets"),
    ] {
        let aws = FakeAws::start(pocket().at_first(2, at_first));
        loaded(&aws).await;
        assert_eq!(aws.tally(), requests);
    }
}

#[tokio::test]
async fn persistent_throttling_fails_after_gets() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::throttled());
    let error = refused(&aws).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, SourceErrorKind::Throttled);
        assert_eq!(failure.code(), Some("ThrottlingException"));
        expect::not_requested(&error, field, "env");
    }
    expect::details(
        &error,
        &["throttled", "Rate exceeded", FakeResponse::REQUEST_ID],
    );
    assert_eq!(aws.tally(), "1 batch, 6 gets");
}

#[tokio::test]
async fn persistent_server_errors_stop_after_retries() {
    for (response, code) in [
        (FakeResponse::internal(), "InternalServiceError"),
        (
            FakeResponse::error_with_status(503, "ServiceUnavailable", ""),
            "ServiceUnavailable",
        ),
    ] {
        let aws = FakeAws::start(move |_: &Call| response.clone());
        let error = refused(&aws).await;
        assert_eq!(
            expect::failure(&error, "key", SourceErrorKind::Internal).code(),
            Some(code)
        );
        expect::not_requested(&error, "key", "env");
        assert_eq!(aws.tally(), "3 batches, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn failed_entry_is_retried_alone() {
    for code in ["ThrottlingException", "InternalServiceError"] {
        let aws = FakeAws::start(pocket().when(move |call| {
            call.is_batch().then(|| {
                FakeResponse::json(&serde_json::json!({
                    "SecretValues": [{ "Name": "POCKET_KEY", "SecretString": "the key" }],
                    "Errors": [{ "SecretId": "POCKET_TOKEN", "ErrorCode": code, "Message": "" }],
                }))
            })
        }));
        loaded(&aws).await;
        assert_eq!(aws.tally(), "1 batch, 1 get", "{code}");
    }
}

#[tokio::test]
async fn undecryptable_secret_is_not_retried() {
    for (code, message) in [
        (
            "DecryptionFailure",
            "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
        ),
        ("AccessDeniedException", "Access to KMS is not allowed"),
        (
            "InvalidRequestException",
            "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
        ),
    ] {
        let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", Entry::refused(code, message)));
        let error = refused(&aws).await;
        assert_eq!(
            expect::failure(&error, "token", SourceErrorKind::Undecryptable).code(),
            Some(code)
        );
        expect::not_requested(&error, "token", "env");
        assert_eq!(error.failed_fields().count(), 1);
        expect::details(&error, &["undecryptable", code, "kms:Decrypt"]);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn not_found_has_two_meanings() {
    for (message, how) in [
        (
            "Secrets Manager can't find the specified secret.",
            MissingReason::Secret,
        ),
        (
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            MissingReason::Version,
        ),
    ] {
        let gone = Entry::refused("ResourceNotFoundException", message);
        let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", gone));
        let error = aws.loader().load::<Pocket>().await.unwrap_err();
        expect::missing(&error, "token", &how);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{how:?}");
    }
}

#[tokio::test]
async fn both_codes_report_scheduled_deletion() {
    for code in ["InvalidRequestException", "InvalidParameterException"] {
        let message =
            "You can't perform this operation on the secret because it was marked for deletion.";
        let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", Entry::refused(code, message)));
        let error = refused(&aws).await;
        let failure = expect::failure(&error, "token", SourceErrorKind::ScheduledForDeletion);
        assert_eq!(failure.code(), Some(code));
        expect::not_requested(&error, "token", "env");
        expect::details(&error, &["`POCKET_TOKEN`", "restore"]);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn rejected_request_shows_aws_message() {
    let refusal = Entry::refused(
        "InvalidParameterException",
        "Invalid name. Must be a valid name.",
    );
    let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", refusal));
    let error = refused(&aws).await;
    assert_eq!(
        expect::failure(&error, "token", SourceErrorKind::Internal).code(),
        Some("InvalidParameterException")
    );
    expect::details(&error, &["Invalid name"]);
}
