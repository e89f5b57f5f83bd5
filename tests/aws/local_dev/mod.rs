//! Processes without AWS, with profiles, and in an AWS runtime.
//!
//! On an EC2 host the tests without credentials fail, because such a host should have credentials.

mod alone;
mod certificates;
mod credentials;
#[cfg(unix)]
mod forks;
mod proxy;
mod region;
mod runtimes;

use from_secrets_tests::FakeAws;
use from_secrets_tests::process::{Ended, Program};

use from_secrets_tests::home::Home;

/// Returns the program without AWS settings: no variables, and a home directory without files.
fn bare(how: &str, home: &Home) -> Program {
    Program::at(env!("CARGO_BIN_EXE_load"))
        .arg(how)
        .env("HOME", home.path())
        .env("USERPROFILE", home.path())
}

/// Returns the program without AWS settings, with values in the environment.
fn with_values(how: &str, home: &Home) -> Program {
    bare(how, home)
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
}

/// Returns the program with credentials only.
fn with_keys(how: &str, home: &Home) -> Program {
    bare(how, home)
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "key")
}

/// Returns the program with credentials, a region and a server.
fn configured(how: &str, home: &Home, aws: &FakeAws) -> Program {
    with_keys(how, home)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
}

/// Asserts that the process succeeded with these values.
#[track_caller]
fn loaded(ended: &Ended, expected: &str) {
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), expected);
}

/// Asserts that the process failed with an error that contains each of these parts.
#[track_caller]
fn fails_with(ended: &Ended, parts: &[&str]) {
    assert!(!ended.success, "{}", ended.stdout);
    for part in parts {
        assert!(
            ended.stderr.contains(part),
            "`{part}` is not in:\n{}",
            ended.stderr
        );
    }
}

/// Returns whether the process opened a connection.
fn connects(ended: &Ended) -> bool {
    ended.stderr.contains("CONNECTS")
}
