//! The example `quickstart`.

use std::process::{Command, Output};

/// Returns the program with an empty environment, without an AWS account.
fn quickstart() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quickstart"));
    command.env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Returns the line of the report for a field.
#[track_caller]
fn line<'a>(report: &'a str, field: &str) -> &'a str {
    let mut lines = report.lines();
    lines
        .find(|line| line.split_whitespace().next() == Some(field))
        .unwrap_or_else(|| panic!("no line about `{field}` in: {report}"))
}

#[test]
fn report_shows_source_of_each_field() {
    let output = quickstart()
        .env("POCKET_TOKEN", "from-my-shell")
        .output()
        .unwrap();

    assert!(output.status.success(), "{}", stderr(&output));
    let report = stdout(&output);
    let (key, token) = (line(&report, "key"), line(&report, "token"));
    assert!(key.contains("POCKET_KEY") && key.contains("aws"), "{key}");
    assert!(
        token.contains("POCKET_TOKEN") && token.contains("env"),
        "{token}"
    );
}

#[test]
fn no_value_is_shown() {
    let output = quickstart()
        .env("POCKET_TOKEN", "from-my-shell")
        .output()
        .unwrap();

    let written = stdout(&output) + &stderr(&output);
    assert!(written.contains("PocketConfig"), "no Debug in: {written}");
    for value in ["from-my-shell", "from-the-emulator"] {
        assert!(!written.contains(value), "a value in: {written}");
    }
}

#[test]
fn missing_variable_error_names_both_sources() {
    let output = quickstart().output().unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let details = stderr(&output);
    for part in ["`token`", "POCKET_TOKEN", "no such secret", "not set"] {
        assert!(details.contains(part), "no {part} in: {details}");
    }
    assert!(!details.contains("POCKET_KEY"), "found field in: {details}");
    assert!(
        !details.contains("from-the-emulator"),
        "a value in: {details}"
    );
}

#[test]
fn aws_without_account_falls_back() {
    let output = quickstart()
        .arg("--aws")
        .env("POCKET_KEY", "canary-1")
        .env("POCKET_TOKEN", "canary-2")
        .output()
        .unwrap();

    assert!(output.status.success(), "{}", stderr(&output));
    let report = stdout(&output);
    assert!(line(&report, "key").contains("env"), "{report}");
    assert!(line(&report, "token").contains("env"), "{report}");
    assert!(!report.contains("canary"), "a value in: {report}");
}

#[test]
fn unknown_argument_error_names_valid_one() {
    let output = quickstart().arg("--azure").output().unwrap();

    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "unknown argument `--azure`; expected `--aws`\n"
    );
}
