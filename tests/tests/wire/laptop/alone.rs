//! No AWS to be seen: a laptop, or a runtime of AWS that lacks its credentials.

use super::{bare, connects, loaded, told, with_values};
use crate::home::Home;

#[test]
fn without_credentials_the_environment_answers_and_nobody_is_connected_to() {
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
fn without_credentials_a_missing_variable_is_told_with_both_ways_out() {
    let ended = bare("once", &Home::new()).env("POCKET_KEY", "k").run();
    told(
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
fn an_aws_runtime_without_credentials_is_an_error_with_a_remedy_that_works() {
    let home = Home::new();
    for sign in [
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_EXECUTION_ENV",
        "ECS_CONTAINER_METADATA_URI_V4",
    ] {
        let ended = with_values("once", &home)
            .env(sign, "there")
            .env("AWS_REGION", "us-east-1")
            .run();
        told(
            &ended,
            &["no usable credentials", sign, "FROM_SECRETS_SOURCES=env"],
        );
        let remedied = with_values("once", &home)
            .env(sign, "there")
            .env("FROM_SECRETS_SOURCES", "env")
            .run();
        loaded(&remedied, "k t");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_an_error_that_does_not_show_it() {
    use std::os::unix::ffi::OsStrExt;
    let raw = std::ffi::OsStr::from_bytes(b"cAnArY\xff");
    let ended = bare("once", &Home::new())
        .env("POCKET_KEY", raw)
        .env("POCKET_TOKEN", "t")
        .run();
    told(&ended, &["field `key`", "`POCKET_KEY`", "not Unicode"]);
    from_secrets_tests::canary::assert_absent(&ended.stderr);
}
