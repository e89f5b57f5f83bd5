//! Batches that answer oddly.

use from_secrets::{Cause, Missing};
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Scripted, Vault, sdk};
use serde_json::{Value, json};

use super::{loaded, refused};
use crate::expect;
use crate::structs::{Ten, pocket};

fn entry(name: &str, text: &str) -> Value {
    json!({ "Name": name, "ARN": Vault::arn(sdk::REGION, name), "VersionId": "v", "SecretString": text })
}

fn key() -> Value {
    entry("POCKET_KEY", "the key")
}

fn token() -> Value {
    entry("POCKET_TOKEN", "the token")
}

/// Answers the batch with that, and single requests as they should be.
fn batch(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Scripted {
    Scripted::start(pocket().when(move |call| call.is_batch().then(|| answer(call))))
}

#[tokio::test]
async fn answers_out_of_order_find_their_fields() {
    let aws = batch(|_| Answer::json(&json!({ "SecretValues": [token(), key()], "Errors": [] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn answers_that_stand_twice_do_no_harm() {
    let aws = batch(|_| Answer::json(&json!({ "SecretValues": [token(), key(), token(), key()] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn answers_that_nobody_asked_for_are_ignored() {
    let other = entry("POCKET", "other");
    let aws = batch(move |_| Answer::json(&json!({ "SecretValues": [other, key(), token()] })));
    loaded(&aws).await;
}

#[tokio::test]
async fn an_entry_left_out_altogether_is_asked_for_alone() {
    let aws = batch(|_| Answer::json(&json!({ "SecretValues": [key()] })));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 1 get");
}

#[tokio::test]
async fn an_answer_without_entries_is_asked_for_alone() {
    let aws = batch(|_| Answer::json(&json!({})));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "1 batch, 2 gets");
}

#[tokio::test]
async fn an_answer_in_pages_is_read_to_its_end_also_past_an_empty_page() {
    let aws = batch(|call| {
        Answer::json(&match call.nth {
            0 => json!({ "SecretValues": [], "NextToken": "1" }),
            1 => json!({ "SecretValues": [token()], "NextToken": "2" }),
            _ => json!({ "SecretValues": [key()] }),
        })
    });
    loaded(&aws).await;
    assert_eq!(aws.tally(), "3 batches, 0 gets");
}

#[tokio::test]
async fn an_answer_whose_pages_never_end_is_given_up() {
    let aws = batch(|_| Answer::json(&json!({ "SecretValues": [], "NextToken": "more" })));
    loaded(&aws).await;
    let batches = aws
        .calls()
        .all()
        .iter()
        .filter(|call| call.is_batch())
        .count();
    assert!(batches <= 50, "{batches} pages were asked for");
}

#[tokio::test]
async fn a_batch_that_fails_over_one_entry_falls_apart_into_gets() {
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
        let vault = Ten::vault()
            .entry("TEN_D", odd)
            .when(move |call| call.is_batch().then(|| Answer::error(code, message)));
        let aws = Scripted::start(vault);
        let error = aws.loader().load::<Ten>().await.err().unwrap();
        assert_eq!(expect::failed(&error), ["d"], "{code}: {error:#}");
        assert_eq!(aws.tally(), "1 batch, 10 gets", "{code}");
    }
}

#[tokio::test]
async fn an_emulator_that_does_not_know_batches_is_asked_one_by_one() {
    for unknown in [
        Answer::error("UnknownOperationException", ""),
        Answer::error_with_status(501, "InternalFailure", "not yet implemented"),
    ] {
        let aws = batch(move |_| unknown.clone());
        loaded(&aws).await;
        assert_eq!(aws.tally(), "1 batch, 2 gets");
    }
}

#[tokio::test]
async fn what_a_batch_says_of_an_arn_reaches_the_field_that_asked_by_arn() {
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
    let aws = Scripted::start(pocket());
    let error = aws.loader().load::<Two>().await.unwrap_err();
    expect::missing(&error, "gone", &Missing::Secret);
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn an_error_of_an_entry_has_the_request_id_of_its_batch() {
    let broken = Entry::refused("DecryptionFailure", "no");
    let aws = Scripted::start(pocket().entry("POCKET_TOKEN", broken));
    let error = refused(&aws).await;
    let failure = expect::failure(&error, "token", Cause::Undecryptable);
    assert_eq!(failure.request_id(), Some(Answer::REQUEST_ID));
}

#[tokio::test]
async fn one_broken_batch_of_three_costs_only_its_own_fields() {
    use crate::structs::FortyFive;
    let first = FortyFive::names()[0].clone();
    let aws = Scripted::start(
        FortyFive::vault().when(move |call| call.asks_for(&first).then(Answer::internal)),
    );
    let error = aws.loader().load::<FortyFive>().await.err().unwrap();
    expect::failure(&error, "aa", Cause::Internal);
    assert!(error.fields().count() <= 20, "{error}");
}
