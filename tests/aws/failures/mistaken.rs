//! Valid responses for a different secret.

use from_secrets::FromSecrets;
use from_secrets::source::SourceErrorKind;
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, sdk};
use serde_json::{Value, json};

use from_secrets_tests::expect;

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
        "ARN": FakeSecretsManager::arn(sdk::REGION, name),
        "VersionId": Entry::version_id(stage),
        "VersionStages": [stage],
        "SecretString": "a value",
    })
}

/// Checks that the load of a struct with one field fails because of this response.
async fn refused<T: FromSecrets>(field: &str, response: FakeResponse) {
    let aws = FakeAws::start(move |_: &Call| response.clone());
    let loaded = aws.loader().load::<T>().await;
    let error = loaded.err().expect("the response is rejected");
    expect::failure(&error, field, SourceErrorKind::Internal);
}

#[tokio::test]
async fn response_for_another_secret_is_rejected() {
    refused::<Alone>(
        "_alone",
        FakeResponse::json(&entry("another", "AWSCURRENT")),
    )
    .await;
}

#[tokio::test]
async fn response_for_another_version_is_rejected() {
    refused::<Pinned>(
        "_previous",
        FakeResponse::json(&entry("alone", "AWSCURRENT")),
    )
    .await;
    refused::<Alone>("_alone", FakeResponse::json(&entry("alone", "AWSPREVIOUS"))).await;
}

/// Otherwise, a default would replace an existing secret.
#[tokio::test]
async fn nameless_response_is_not_missing() {
    for body in ["", "{}", "{\"message\": \"welcome\"}"] {
        refused::<Alone>("_alone", FakeResponse::raw(200, body)).await;
        refused::<Pinned>("_previous", FakeResponse::raw(200, body)).await;
    }
}

/// One secret with two ids, as parts of an application can have.
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
fn rotating(call: &Call) -> FakeSecretsManager {
    let version = call.nth;
    let text = format!("{{\"user\": \"user {version}\", \"password\": \"password {version}\"}}");
    let entry = Entry::text(text).with_id(format!("version-{version:0>30}"));
    FakeSecretsManager::new().entry("prod/db", entry)
}

fn assert_of_one_version(loaded: &TwoWays) {
    let version = |value: &str| value.rsplit(' ').next().map(str::to_owned);
    assert_eq!(version(&loaded.user), version(&loaded.password));
}

#[tokio::test]
async fn rotation_never_mixes_name_and_arn() {
    let individual = FakeAws::start(|call: &Call| {
        let secrets = rotating(call).without_batch();
        from_secrets_tests::fake_aws::Script::response(&secrets, call)
    });
    assert_of_one_version(&individual.loader().load().await.unwrap());
    assert_eq!(individual.tally(), "1 batch, 2 gets");
    // A server that deduplicates returns one entry for the secret.
    let joined = FakeAws::start(|call: &Call| {
        let mut call = call.clone();
        call.ids
            .retain(|id| !call.operation.starts_with("Batch") || id.starts_with("arn:"));
        from_secrets_tests::fake_aws::Script::response(&rotating(&call), &call)
    });
    assert_of_one_version(&joined.loader().load().await.unwrap());
    assert_eq!(joined.tally(), "1 batch, 1 get");
}
