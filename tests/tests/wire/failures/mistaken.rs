//! Answers that are whole, and of something else than was asked for.

use from_secrets::{Cause, FromSecrets};
use from_secrets_tests::scripted::Entry;
use from_secrets_tests::{Answer, Call, Scripted, Vault, sdk};
use serde_json::{Value, json};

use crate::expect;

#[derive(FromSecrets)]
struct Alone {
    #[secret("alone", default = "a default")]
    _alone: String,
}

#[derive(FromSecrets)]
struct Pinned {
    #[secret("alone", version_stage = "AWSPREVIOUS", env = false)]
    _previous: Option<String>,
}

fn entry(name: &str, stage: &str) -> Value {
    json!({
        "Name": name,
        "ARN": Vault::arn(sdk::REGION, name),
        "VersionId": Entry::version_id(stage),
        "VersionStages": [stage],
        "SecretString": "a value",
    })
}

/// The load of a struct with one field fails for that answer.
async fn refused<T: FromSecrets>(field: &str, answer: Answer) {
    let aws = Scripted::start(move |_: &Call| answer.clone());
    let loaded = aws.loader().load::<T>().await;
    let error = loaded.err().expect("the answer is not taken");
    expect::failure(&error, field, Cause::Internal);
}

#[tokio::test]
async fn the_value_of_another_secret_is_not_taken() {
    refused::<Alone>("_alone", Answer::json(&entry("another", "AWSCURRENT"))).await;
}

#[tokio::test]
async fn another_version_is_not_taken_for_the_pinned_one() {
    refused::<Pinned>("_previous", Answer::json(&entry("alone", "AWSCURRENT"))).await;
    refused::<Alone>("_alone", Answer::json(&entry("alone", "AWSPREVIOUS"))).await;
}

/// Else a default would stand in for a secret that is there.
#[tokio::test]
async fn an_answer_that_names_no_secret_is_not_taken_for_a_missing_one() {
    for body in ["", "{}", "{\"message\": \"welcome\"}"] {
        refused::<Alone>("_alone", Answer::raw(200, body)).await;
        refused::<Pinned>("_previous", Answer::raw(200, body)).await;
    }
}

/// One secret in two ways, as the parts of an application write it.
#[derive(FromSecrets)]
struct TwoWays {
    #[secret("prod/db", json_key = "user")]
    user: String,
    #[secret(
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
        json_key = "password",
        env = false
    )]
    password: String,
}

/// Rotates the secret before each request.
fn rotating(call: &Call) -> Vault {
    let version = call.nth;
    let text = format!("{{\"user\": \"user {version}\", \"password\": \"password {version}\"}}");
    let entry = Entry::text(text).with_id(format!("version-{version:0>30}"));
    Vault::new().entry("prod/db", entry)
}

fn assert_of_one_version(loaded: &TwoWays) {
    let version = |value: &str| value.rsplit(' ').next().map(str::to_owned);
    assert_eq!(version(&loaded.user), version(&loaded.password));
}

#[tokio::test]
async fn a_secret_that_is_rotated_between_its_name_and_its_arn_is_of_one_version() {
    let one_by_one = Scripted::start(|call: &Call| {
        let vault = rotating(call).without_batch();
        from_secrets_tests::scripted::Script::answer(&vault, call)
    });
    assert_of_one_version(&one_by_one.loader().load().await.unwrap());
    assert_eq!(one_by_one.tally(), "1 batch, 2 gets");
    // The batch answers the secret once, as whoever deduplicates would.
    let joined = Scripted::start(|call: &Call| {
        let mut call = call.clone();
        call.ids
            .retain(|id| !call.operation.starts_with("Batch") || id.starts_with("arn:"));
        from_secrets_tests::scripted::Script::answer(&rotating(&call), &call)
    });
    assert_of_one_version(&joined.loader().load().await.unwrap());
    assert_eq!(joined.tally(), "1 batch, 1 get");
}
