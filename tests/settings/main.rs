//! Settings of AWS tools in processes: invalid values, signs of AWS, and credentials that change.
#![cfg(unix)]

mod identity;
mod in_code;
mod meant;
mod other_clients;
mod sources;
mod sweep;

use std::ffi::OsString;

use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::sdk::assumed_role;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager};

use from_secrets_tests::home::Home;

/// Environment variables of a process.
type Variables = Vec<(String, OsString)>;

fn variables<const N: usize>(variables: [(&str, String); N]) -> Variables {
    let owned = |(name, value): (&str, String)| (name.to_owned(), value.into());
    variables.into_iter().map(owned).collect()
}

/// Starts a server that is Secrets Manager, STS, a container endpoint and the instance metadata service. It accepts
/// every key except `REJECTED`.
fn aws() -> FakeAws {
    let secrets = FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token");
    FakeAws::start(secrets.when(other_services))
}

fn other_services(call: &Call) -> Option<FakeResponse> {
    const CREDENTIALS: &str = r#"{"Code":"Success","AccessKeyId":"ISSUED","SecretAccessKey":"key","Token":"t","Expiration":"2999-01-01T00:00:00Z"}"#;
    match (call.operation.as_str(), call.path.as_str()) {
        ("AssumeRole" | "AssumeRoleWithWebIdentity", _) => Some(FakeResponse::raw(
            200,
            assumed_role(&call.operation, "ASSUMED"),
        )),
        ("", "/latest/api/token") => Some(
            FakeResponse::raw(200, "token")
                .with_header("x-aws-ec2-metadata-token-ttl-seconds", "21600"),
        ),
        ("", "/latest/meta-data/iam/security-credentials/") => Some(FakeResponse::raw(200, "role")),
        ("", "/latest/meta-data/placement/region") => Some(FakeResponse::raw(200, "us-east-1")),
        ("", _) => Some(FakeResponse::raw(200, CREDENTIALS)),
        _ if call.access_key == "REJECTED" => Some(FakeResponse::error(
            "UnrecognizedClientException",
            "The security token is invalid.",
        )),
        _ => None,
    }
}

/// Returns the program with values in its environment, which must not be used if AWS is configured.
fn program(how: &str, home: &Home, variables: &Variables) -> Program {
    let program = Program::at(env!("CARGO_BIN_EXE_load"))
        .arg(how)
        .env("HOME", home.path())
        .env("USERPROFILE", home.path())
        .env("POCKET_KEY", "old")
        .env("POCKET_TOKEN", "values");
    variables
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value))
}

/// Asserts that the process loaded the secrets of AWS.
#[track_caller]
fn assert_loaded(ended: &Ended) {
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), "the key the token");
}

/// Asserts that the process failed with an error that contains these texts.
#[track_caller]
fn assert_failed(ended: &Ended, texts: &[&str]) {
    assert!(
        !ended.success,
        "the process loaded `{}`",
        ended.stdout.trim()
    );
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    for text in texts {
        assert!(
            ended.stderr.contains(text),
            "`{text}` is not in:\n{}",
            ended.stderr
        );
    }
}
