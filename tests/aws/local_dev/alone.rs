//! Machines without AWS, and AWS runtimes without credentials.

use super::{bare, connects, fails_with, loaded, with_values};
use from_secrets_tests::home::Home;

#[test]
fn missing_credentials_fall_back_without_connection() {
    let home = Home::new();
    for how in ["once", "blocking"] {
        let ended = with_values(how, &home).run();
        assert!(
            ended.success && ended.stdout.starts_with("k t\n"),
            "{}",
            ended.stderr
        );
        assert!(!connects(&ended), "{}", ended.stderr);
    }
}

#[test]
fn missing_variable_error_has_both_hints() {
    let ended = bare("once", &Home::new()).env("POCKET_KEY", "k").run();
    fails_with(
        &ended,
        &[
            "field `token`",
            "`POCKET_TOKEN`",
            "not configured",
            "AWS credentials",
            "set the environment variable",
        ],
    );
    assert!(!ended.stderr.contains("field `key`"), "{}", ended.stderr);
    assert!(!connects(&ended), "{}", ended.stderr);
}

#[test]
fn aws_runtime_credentials_hint_works() {
    let home = Home::new();
    for sign in [
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_EXECUTION_ENV",
        "ECS_CONTAINER_METADATA_URI_V4",
    ] {
        let ended = with_values("once", &home)
            .env(sign, "set")
            .env("AWS_REGION", "us-east-1")
            .run();
        fails_with(
            &ended,
            &["no usable credentials", sign, "FROM_SECRETS_SOURCES=env"],
        );
        let without_aws = with_values("once", &home)
            .env(sign, "set")
            .env("FROM_SECRETS_SOURCES", "env")
            .run();
        loaded(&without_aws, "k t");
    }
}

#[cfg(unix)]
#[test]
fn non_unicode_variable_is_not_shown() {
    use std::os::unix::ffi::OsStrExt;
    let raw = std::ffi::OsStr::from_bytes(b"cAnArY\xff");
    let ended = bare("once", &Home::new())
        .env("POCKET_KEY", raw)
        .env("POCKET_TOKEN", "t")
        .run();
    fails_with(&ended, &["field `key`", "`POCKET_KEY`", "not Unicode"]);
    from_secrets_tests::canary::assert_absent(&ended.stderr);
}
