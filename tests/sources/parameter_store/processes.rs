//! Processes that are configured with the environment variables of AWS tools.

use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{Call, FakeAws, FakeParameterStore, FakeResponse};

use super::tally;
use from_secrets_tests::home::Home;

/// Returns the program without a sign of AWS.
fn bare(home: &Home, sources: &str) -> Program {
    Program::at(env!("CARGO_BIN_EXE_load"))
        .arg("once")
        .env("HOME", home.path())
        .env("USERPROFILE", home.path())
        .env("FROM_SECRETS_SOURCES", sources)
}

fn with_keys(home: &Home, sources: &str) -> Program {
    bare(home, sources)
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "key")
        .env("AWS_REGION", "eu-west-1")
}

fn pocket() -> FakeParameterStore {
    FakeParameterStore::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

#[track_caller]
fn loaded(ended: &Ended, expected: &str) {
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), expected);
}

#[test]
fn ssm_endpoint_variable_overrides_general_one() {
    let ssm = FakeAws::start(pocket());
    let ended = with_keys(&Home::new(), "ssm")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("AWS_ENDPOINT_URL_SSM", ssm.endpoint())
        .run();
    loaded(&ended, "the key the token");
    assert_eq!(tally(&ssm), "1 GetParameters");
    assert_eq!(ssm.calls().all()[0].region, "eu-west-1");
}

#[test]
fn blank_endpoint_variable_counts_as_unset() {
    let ssm = FakeAws::start(pocket());
    let ended = with_keys(&Home::new(), "ssm")
        .env("AWS_ENDPOINT_URL", ssm.endpoint())
        .env("AWS_ENDPOINT_URL_SSM", "")
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn missing_credentials_fall_back_without_connection() {
    let ended = bare(&Home::new(), "ssm,env")
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    loaded(&ended, "k t");
    assert!(!ended.stderr.contains("CONNECTS"), "{}", ended.stderr);
}

#[test]
fn aws_runtime_without_credentials_fails() {
    let ended = bare(&Home::new(), "ssm,env")
        .env("AWS_LAMBDA_FUNCTION_NAME", "weekly")
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    assert!(!ended.success, "{}", ended.stdout);
    assert!(
        ended
            .stderr
            .contains("no AWS credentials found, but `AWS_LAMBDA_FUNCTION_NAME` is set"),
        "{}",
        ended.stderr
    );
}

#[test]
fn both_services_share_one_credentials_lookup() {
    use from_secrets_tests::fake_aws::Script;
    let credentials = r#"{"AccessKeyId":"AKID","SecretAccessKey":"key","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;
    let aws = FakeAws::start(move |call: &Call| match &*call.operation {
        "" => FakeResponse::raw(200, credentials),
        "BatchGetSecretValue" => from_secrets_tests::FakeSecretsManager::new().response(call),
        _ => pocket().response(call),
    });
    let ended = bare(&Home::new(), "aws,ssm")
        .env(
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            format!("{}/credentials", aws.endpoint()),
        )
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", aws.endpoint())
        .run();
    loaded(&ended, "the key the token");
    let calls = aws.calls().all();
    let mut requested: Vec<&str> = calls.iter().map(|call| &*call.operation).collect();
    requested.sort_unstable();
    // Requests for credentials do not have the name of an operation.
    assert_eq!(requested, ["", "BatchGetSecretValue", "GetParameters"]);
}
