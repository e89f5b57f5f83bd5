//! What the service itself answers in place of a value.

use from_secrets::{Cause, Missing};
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Scripted};

use super::{loaded, refused};
use crate::expect;
use crate::structs::{Pocket, pocket};

#[tokio::test]
async fn throttling_and_server_errors_that_pass_are_no_failure() {
    let unavailable = Answer::error_with_status(503, "ServiceUnavailable", "");
    for (at_first, requests) in [
        (Answer::throttled(), "1 batch, 3 gets"),
        (Answer::internal(), "3 batches, 0 gets"),
        (unavailable, "3 batches, 0 gets"),
    ] {
        let aws = Scripted::start(pocket().at_first(2, at_first));
        loaded(&aws).await;
        assert_eq!(aws.tally(), requests);
    }
}

#[tokio::test]
async fn throttling_that_lasts_is_an_error_after_single_requests() {
    let aws = Scripted::start(|_: &Call| Answer::throttled());
    let error = refused(&aws).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, Cause::Throttled);
        assert_eq!(failure.code(), Some("ThrottlingException"));
        expect::not_asked(&error, field, "env");
    }
    expect::story(&error, &["throttled", "Rate exceeded", Answer::REQUEST_ID]);
    assert_eq!(aws.tally(), "1 batch, 6 gets");
}

#[tokio::test]
async fn server_errors_that_last_are_told_after_the_sdk_s_attempts() {
    for (answer, code) in [
        (Answer::internal(), "InternalServiceError"),
        (
            Answer::error_with_status(503, "ServiceUnavailable", ""),
            "ServiceUnavailable",
        ),
    ] {
        let aws = Scripted::start(move |_: &Call| answer.clone());
        let error = refused(&aws).await;
        assert_eq!(
            expect::failure(&error, "key", Cause::Internal).code(),
            Some(code)
        );
        expect::not_asked(&error, "key", "env");
        assert_eq!(aws.tally(), "3 batches, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn an_entry_that_was_throttled_or_broke_is_asked_for_again_alone() {
    for code in ["ThrottlingException", "InternalServiceError"] {
        let aws = Scripted::start(pocket().when(move |call| {
            call.is_batch().then(|| {
                Answer::json(&serde_json::json!({
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
async fn a_key_that_cannot_be_used_is_undecryptable_and_not_tried_again() {
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
        let aws = Scripted::start(pocket().entry("POCKET_TOKEN", Entry::refused(code, message)));
        let error = refused(&aws).await;
        assert_eq!(
            expect::failure(&error, "token", Cause::Undecryptable).code(),
            Some(code)
        );
        expect::not_asked(&error, "token", "env");
        assert_eq!(error.fields().count(), 1);
        expect::story(&error, &["undecryptable", code, "kms:Decrypt"]);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn not_found_has_two_meanings() {
    for (message, how) in [
        (
            "Secrets Manager can't find the specified secret.",
            Missing::Secret,
        ),
        (
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            Missing::Version,
        ),
    ] {
        let gone = Entry::refused("ResourceNotFoundException", message);
        let aws = Scripted::start(pocket().entry("POCKET_TOKEN", gone));
        let error = aws.loader().load::<Pocket>().await.unwrap_err();
        expect::missing(&error, "token", &how);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{how:?}");
    }
}

#[tokio::test]
async fn a_secret_scheduled_for_deletion_is_told_by_either_code() {
    for code in ["InvalidRequestException", "InvalidParameterException"] {
        let message =
            "You can't perform this operation on the secret because it was marked for deletion.";
        let aws = Scripted::start(pocket().entry("POCKET_TOKEN", Entry::refused(code, message)));
        let error = refused(&aws).await;
        let failure = expect::failure(&error, "token", Cause::ScheduledForDeletion);
        assert_eq!(failure.code(), Some(code));
        expect::not_asked(&error, "token", "env");
        expect::story(&error, &["`POCKET_TOKEN`", "restore"]);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{code}");
    }
}

#[tokio::test]
async fn a_request_that_is_refused_is_told_with_what_aws_says() {
    let refusal = Entry::refused(
        "InvalidParameterException",
        "Invalid name. Must be a valid name.",
    );
    let aws = Scripted::start(pocket().entry("POCKET_TOKEN", refusal));
    let error = refused(&aws).await;
    assert_eq!(
        expect::failure(&error, "token", Cause::Internal).code(),
        Some("InvalidParameterException")
    );
    expect::story(&error, &["Invalid name"]);
}
