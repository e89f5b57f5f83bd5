//! Whole processes, set up with variables as every AWS tool is.

use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{Answer, Call, Parameters, Scripted};

use super::home::Home;
use super::tally;

/// The program with no AWS in sight.
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

fn pocket() -> Parameters {
    Parameters::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

#[track_caller]
fn loaded(ended: &Ended, expected: &str) {
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), expected);
}

#[test]
fn the_service_s_own_endpoint_variable_is_followed() {
    let ssm = Scripted::start(pocket());
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
    let ssm = Scripted::start(pocket());
    let ended = with_keys(&Home::new(), "ssm")
        .env("AWS_ENDPOINT_URL", ssm.endpoint())
        .env("AWS_ENDPOINT_URL_SSM", "")
        .run();
    loaded(&ended, "the key the token");
}

#[test]
fn a_laptop_without_credentials_reads_the_environment_and_asks_nobody() {
    let ended = bare(&Home::new(), "ssm,env")
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    loaded(&ended, "k t");
    assert!(!ended.stderr.contains("CONNECTS"), "{}", ended.stderr);
}

#[test]
fn an_aws_runtime_without_credentials_is_an_error() {
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
fn credentials_are_found_once_for_both_services() {
    use from_secrets_tests::scripted::Script;
    let credentials = r#"{"AccessKeyId":"AKID","SecretAccessKey":"key","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;
    let aws = Scripted::start(move |call: &Call| match &*call.operation {
        "" => Answer::raw(200, credentials),
        "BatchGetSecretValue" => from_secrets_tests::Vault::new().answer(call),
        _ => pocket().answer(call),
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
    let mut asked: Vec<&str> = calls.iter().map(|call| &*call.operation).collect();
    asked.sort_unstable();
    // Whoever gives the credentials is asked without the name of an operation.
    assert_eq!(asked, ["", "BatchGetSecretValue", "GetParameters"]);
}
