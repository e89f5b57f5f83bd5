//! The example `pocket-secrets`.

use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pocket-secrets"));
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("POCKET_KEY", "only for this test");
    command.args(args).output().unwrap()
}

#[test]
fn policy_lists_struct_secrets() {
    let policy = run(&[
        "policy",
        "--region",
        "eu-central-1",
        "--account",
        "123456789012",
    ]);
    assert!(policy.status.success());
    let text = String::from_utf8_lossy(&policy.stdout);
    assert!(
        text.contains(":eu-central-1:123456789012:secret:POCKET_TOKEN-??????"),
        "{text}"
    );
}

#[test]
fn check_lists_missing_fields() {
    let check = run(&["check", "--source", "env"]);
    assert_eq!(check.status.code(), Some(1));
    let text = String::from_utf8_lossy(&check.stdout);
    assert!(text.contains("missing  token"), "{text}");
    assert!(!text.contains("only for this test"), "{text}");
}
