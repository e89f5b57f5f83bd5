//! Access denied to batches, to one secret, to all secrets, or by a condition.

use from_secrets::source::SourceErrorKind;
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeResponse};

use super::{loaded, refused};
use from_secrets_tests::expect;
use from_secrets_tests::structs::pocket;

#[tokio::test]
async fn denied_batch_falls_back_to_get() {
    let aws = FakeAws::start(pocket().without_batch());
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn denial_is_reported_for_each_secret() {
    let aws = FakeAws::start(|call: &Call| {
        if call.is_batch() {
            FakeResponse::batch_denied()
        } else {
            FakeResponse::denied(&call.ids[0])
        }
    });
    let error = refused(&aws).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, SourceErrorKind::Denied);
        assert_eq!(failure.code(), Some("AccessDeniedException"));
        assert_eq!(failure.request_id(), Some(FakeResponse::REQUEST_ID));
        expect::not_requested(&error, field, "env");
    }
    expect::details(
        &error,
        &[
            "2 fields failed: `key`, `token`",
            "`POCKET_KEY`",
            "missing, or not permitted",
            "AccessDeniedException",
            FakeResponse::REQUEST_ID,
            "allow `secretsmanager:GetSecretValue`",
        ],
    );
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn denied_entry_is_retried_with_stage() {
    let aws = FakeAws::start(pocket().denied("POCKET_TOKEN"));
    let error = refused(&aws).await;
    expect::failure(&error, "token", SourceErrorKind::Denied);
    assert_eq!(
        error.failed_fields().count(),
        1,
        "the other one was found: {error:#}"
    );
    assert_eq!(aws.tally(), "1 batch, 1 get");
    let again = &aws.calls().all()[1];
    assert!(again.is_request_for("POCKET_TOKEN"));
    assert_eq!(again.version_stage.as_deref(), Some("AWSCURRENT"));
    let line = error.to_string();
    for part in [
        "`token`",
        "`POCKET_TOKEN`",
        "missing, or not permitted",
        "AccessDeniedException",
    ] {
        assert!(line.contains(part), "`{part}` is not in: {line}");
    }
}

#[tokio::test]
async fn stage_condition_allows_retry() {
    let conditioned = Entry::text("the token").only_by_stage();
    let aws = FakeAws::start(pocket().entry("POCKET_TOKEN", conditioned));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 1 get");
}

#[tokio::test]
async fn stage_condition_allows_single_secret() {
    #[derive(from_secrets::FromSecrets)]
    struct One {
        token: String,
    }
    let aws = FakeAws::start(
        from_secrets_tests::FakeSecretsManager::new()
            .entry("TOKEN", Entry::text("x").only_by_stage()),
    );
    assert_eq!(aws.loader().load::<One>().await.unwrap().token, "x");
    assert_eq!(aws.tally(), "0 batches, 1 get");
}

#[tokio::test]
async fn denial_without_reason_is_denied() {
    let aws = FakeAws::start(|call: &Call| {
        if call.is_batch() {
            FakeResponse::batch_denied()
        } else {
            FakeResponse::error_with_status(403, "AccessDenied", "")
        }
    });
    let error = refused(&aws).await;
    expect::failure(&error, "key", SourceErrorKind::Denied);
}

#[tokio::test]
async fn denial_reason_decides_the_hint() {
    const RESOURCE: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:production/payments/checkout/eu-west-1/database-AbCdEf";
    for (reason, fix) in [
        (
            "because no VPC endpoint policy allows the secretsmanager:GetSecretValue action",
            "allow the action in the policy of the VPC endpoint for Secrets Manager",
        ),
        (
            "with an explicit deny in a service control policy",
            "request that the administrators of the AWS organization",
        ),
    ] {
        let user = format!(
            "User: arn:aws:sts::123456789012:assumed-role/{}",
            "r".repeat(64)
        );
        let text = format!(
            "{user}/session is not authorized to perform: secretsmanager:GetSecretValue on resource: {RESOURCE} {reason}"
        );
        let aws =
            FakeAws::start(move |_: &Call| FakeResponse::error("AccessDeniedException", &text));
        let error = refused(&aws).await;
        expect::failure(&error, "key", SourceErrorKind::Denied);
        expect::details(&error, &[reason, fix]);
    }
}
