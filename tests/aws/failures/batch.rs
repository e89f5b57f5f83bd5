//! Unusual responses to batches.

use from_secrets::source::{MissingReason, SourceErrorKind};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, sdk};
use serde_json::{Value, json};

use super::{loaded, refused};
use from_secrets_tests::expect;
use from_secrets_tests::structs::{Ten, pocket};

fn entry(name: &str, text: &str) -> Value {
    json!({ "Name": name, "ARN": FakeSecretsManager::arn(sdk::REGION, name), "VersionId": "v", "SecretString": text })
}

fn key() -> Value {
    entry("POCKET_KEY", "the key")
}

fn token() -> Value {
    entry("POCKET_TOKEN", "the token")
}

/// Returns a server with this response to batches, and the usual ones to single requests.
fn batch(response: impl Fn(&Call) -> FakeResponse + Send + Sync + 'static) -> FakeAws {
    FakeAws::start(pocket().when(move |call| call.is_batch().then(|| response(call))))
}

#[tokio::test]
async fn unordered_entries_fill_their_fields() {
    let aws =
        batch(|_| FakeResponse::json(&json!({ "SecretValues": [token(), key()], "Errors": [] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn duplicate_entries_are_harmless() {
    let aws =
        batch(|_| FakeResponse::json(&json!({ "SecretValues": [token(), key(), token(), key()] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn unrequested_entries_are_ignored() {
    let other = entry("POCKET", "other");
    let aws =
        batch(move |_| FakeResponse::json(&json!({ "SecretValues": [other, key(), token()] })));
    loaded(&aws).await;
}

#[tokio::test]
async fn omitted_entry_is_requested_alone() {
    let aws = batch(|_| FakeResponse::json(&json!({ "SecretValues": [key()] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 1 get");
}

#[tokio::test]
async fn empty_batch_falls_back_to_gets() {
    let aws = batch(|_| FakeResponse::json(&json!({})));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn all_batch_pages_are_read() {
    let aws = batch(|call| {
        FakeResponse::json(&match call.nth {
            0 => json!({ "SecretValues": [], "NextToken": "1" }),
            1 => json!({ "SecretValues": [token()], "NextToken": "2" }),
            _ => json!({ "SecretValues": [key()] }),
        })
    });
    loaded(&aws).await;
    assert_eq!(aws.tally(), "3 batches, 0 gets");
}

#[tokio::test]
async fn endless_batch_pages_are_limited() {
    let aws = batch(|_| FakeResponse::json(&json!({ "SecretValues": [], "NextToken": "more" })));
    loaded(&aws).await;
    let batches = aws
        .calls()
        .all()
        .iter()
        .filter(|call| call.is_batch())
        .count();
    assert!(batches <= 50, "{batches} pages were requested");
}

#[tokio::test]
async fn failed_batch_splits_into_gets() {
    for (code, message) in [
        (
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        ),
        (
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        ),
        ("InvalidParameterException", "Invalid name."),
        (
            "DecryptionFailure",
            "Secrets Manager can't decrypt the protected secret text.",
        ),
        (
            "AccessDeniedException",
            "with an explicit deny in a VPC endpoint policy",
        ),
    ] {
        let odd = Entry::refused(code, message);
        let secrets = Ten::secrets()
            .entry("TEN_D", odd)
            .when(move |call| call.is_batch().then(|| FakeResponse::error(code, message)));
        let aws = FakeAws::start(secrets);
        let error = aws.loader().load::<Ten>().await.err().unwrap();
        assert_eq!(expect::failed(&error), ["d"], "{code}: {error:#}");
        assert_eq!(aws.tally(), "1 batch, 10 gets", "{code}");
    }
}

#[tokio::test]
async fn unsupported_batch_falls_back_to_gets() {
    for unknown in [
        FakeResponse::error("UnknownOperationException", ""),
        FakeResponse::error_with_status(501, "InternalFailure", "not yet implemented"),
    ] {
        let aws = batch(move |_| unknown.clone());
        loaded(&aws).await;
        assert_eq!(aws.tally(), "1 batch, 2 gets");
    }
}

#[tokio::test]
async fn batch_error_reaches_arn_field() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Two {
        #[secret(
            name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:GONE-AbCdEf",
            env = false
        )]
        gone: String,
        #[secret("POCKET_KEY")]
        key: String,
    }
    let aws = FakeAws::start(pocket());
    let error = aws.loader().load::<Two>().await.unwrap_err();
    expect::missing(&error, "gone", &MissingReason::Secret);
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn entry_error_has_batch_request_id() {
    let broken = Entry::refused("DecryptionFailure", "no");
    let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", broken));
    let error = refused(&aws).await;
    let failure = expect::failure(&error, "token", SourceErrorKind::Undecryptable);
    assert_eq!(failure.request_id(), Some(FakeResponse::REQUEST_ID));
}

#[tokio::test]
async fn failed_batch_fails_only_its_fields() {
    use from_secrets_tests::structs::FortyFive;
    let first = FortyFive::names()[0].clone();
    let aws = FakeAws::start(
        FortyFive::secrets()
            .when(move |call| call.is_request_for(&first).then(FakeResponse::internal)),
    );
    let error = aws.loader().load::<FortyFive>().await.err().unwrap();
    expect::failure(&error, "aa", SourceErrorKind::Internal);
    assert!(error.failed_fields().count() <= 20, "{error}");
}
