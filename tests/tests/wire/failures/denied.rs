//! Access denied: on the batch, on one secret, on everything, and on condition.

use from_secrets::Cause;
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Scripted};

use super::{loaded, refused};
use crate::expect;
use crate::structs::pocket;

#[tokio::test]
async fn a_denied_batch_alone_is_no_failure() {
    let aws = Scripted::start(pocket().without_batch());
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn everything_denied_is_told_for_each_secret() {
    let aws = Scripted::start(|call: &Call| {
        if call.is_batch() {
            Answer::batch_denied()
        } else {
            Answer::denied(&call.ids[0])
        }
    });
    let error = refused(&aws).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, Cause::Denied);
        assert_eq!(failure.code(), Some("AccessDeniedException"));
        assert_eq!(failure.request_id(), Some(Answer::REQUEST_ID));
        expect::not_asked(&error, field, "env");
    }
    expect::story(
        &error,
        &[
            "2 fields failed: `key`, `token`",
            "`POCKET_KEY`",
            "missing, or not permitted",
            "AccessDeniedException",
            Answer::REQUEST_ID,
            "allow `secretsmanager:GetSecretValue`",
        ],
    );
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn a_denied_entry_is_tried_once_more_alone_with_its_stage_said() {
    let aws = Scripted::start(pocket().denied("POCKET_TOKEN"));
    let error = refused(&aws).await;
    expect::failure(&error, "token", Cause::Denied);
    assert_eq!(
        error.fields().count(),
        1,
        "the other one was found: {error:#}"
    );
    assert_eq!(aws.tally(), "1 batch, 1 get");
    let again = &aws.calls().all()[1];
    assert!(again.asks_for("POCKET_TOKEN"));
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
async fn a_policy_conditioned_on_the_stage_lets_the_second_try_through() {
    let conditioned = Entry::text("the token").only_by_stage();
    let aws = Scripted::start(pocket().entry("POCKET_TOKEN", conditioned));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 1 get");
}

#[tokio::test]
async fn a_policy_conditioned_on_the_stage_lets_a_single_secret_through() {
    #[derive(from_secrets::FromSecrets)]
    struct One {
        token: String,
    }
    let aws = Scripted::start(
        from_secrets_tests::Vault::new().entry("TOKEN", Entry::text("x").only_by_stage()),
    );
    assert_eq!(aws.loader().load::<One>().await.unwrap().token, "x");
    assert_eq!(aws.tally(), "0 batches, 1 get");
}

#[tokio::test]
async fn a_denial_that_names_no_reason_is_still_denied() {
    let aws = Scripted::start(|call: &Call| {
        if call.is_batch() {
            Answer::batch_denied()
        } else {
            Answer::error_with_status(403, "AccessDenied", "")
        }
    });
    let error = refused(&aws).await;
    expect::failure(&error, "key", Cause::Denied);
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
            "ask the administrators of the AWS organization",
        ),
    ] {
        let user = format!(
            "User: arn:aws:sts::123456789012:assumed-role/{}",
            "r".repeat(64)
        );
        let text = format!(
            "{user}/session is not authorized to perform: secretsmanager:GetSecretValue on resource: {RESOURCE} {reason}"
        );
        let aws = Scripted::start(move |_: &Call| Answer::error("AccessDeniedException", &text));
        let error = refused(&aws).await;
        expect::failure(&error, "key", Cause::Denied);
        expect::story(&error, &[reason, fix]);
    }
}
