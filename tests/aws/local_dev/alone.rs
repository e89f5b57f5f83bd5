//! Machines without AWS, and AWS runtimes without credentials.

use super::{bare, configured, connects, fails_with, loaded, with_values};
use from_secrets_tests::home::Home;
use from_secrets_tests::{FakeAws, FakeSecretsManager};

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
fn placeholder_is_needed_only_with_credentials() {
    const NAMED: &str = "`{POCKET_STAGE}/KEY` requires a value for the placeholder `POCKET_STAGE`";
    let home = Home::new();
    let how = "placeholder";
    let ended = with_values(how, &home).run();
    loaded(&ended, "k t");
    assert!(!connects(&ended), "{}", ended.stderr);

    let aws = FakeAws::start(FakeSecretsManager::new());
    let with_aws = || {
        let program = configured(how, &home, &aws);
        program.env("POCKET_KEY", "k").env("POCKET_TOKEN", "t")
    };
    fails_with(&with_aws().run(), &[NAMED]);
    for sources in ["env", "env,aws"] {
        let ended = with_aws().env("FROM_SECRETS_SOURCES", sources).run();
        loaded(&ended, "k t");
    }
    assert_eq!(aws.connections(), 0);

    // The credentials are missing, so the name is not the first problem.
    let ended = with_values(how, &home)
        .env("AWS_LAMBDA_FUNCTION_NAME", "reading-list")
        .env("AWS_REGION", "us-east-1")
        .run();
    fails_with(
        &ended,
        &["no usable credentials", "FROM_SECRETS_SOURCES=env"],
    );
    assert!(!ended.stderr.contains(NAMED), "{}", ended.stderr);
    let filled = with_aws().env("POCKET_STAGE", "test").run();
    loaded(&filled, "k t");
    assert!(aws.connections() > 0);
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

#[test]
fn lambda_emulator_hint_names_sources_variable() {
    let home = Home::new();
    let emulated = |program: from_secrets_tests::process::Program| {
        program
            .env("AWS_LAMBDA_FUNCTION_NAME", "reading-list")
            .env("AWS_LAMBDA_RUNTIME_API", "http://127.0.0.1:9000/.rt")
    };
    let ended = emulated(with_values("once", &home)).run();
    fails_with(
        &ended,
        &[
            "as in `cargo lambda watch` and other emulators of Lambda",
            "help for `key`, `token`: set FROM_SECRETS_SOURCES=env to read environment variables only, or set AWS_PROFILE",
        ],
    );
    assert!(!ended.stderr.contains("attach a role"), "{}", ended.stderr);

    let with_profile = emulated(with_values("once", &home)).env("AWS_PROFILE", "dev");
    fails_with(
        &with_profile.run(),
        &["the profile `dev`, which `AWS_PROFILE` selects"],
    );

    let without_aws = emulated(with_values("once", &home)).env("FROM_SECRETS_SOURCES", "env");
    loaded(&without_aws.run(), "k t");
}

#[test]
fn mistyped_variable_is_suggested() {
    let ended = bare("once", &Home::new())
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKNE", from_secrets_tests::canary::value("token"))
        .run();
    fails_with(
        &ended,
        &[
            "env: `POCKET_TOKEN`: not set; did you mean `POCKET_TOKNE`?",
            "or set the environment variable `POCKET_TOKEN`, or rename `POCKET_TOKNE` to `POCKET_TOKEN` if it is a typo",
        ],
    );
    from_secrets_tests::canary::assert_absent(&ended.stderr);
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
