//! The commands of the README and of the tutorial, run literally in a new directory.

#![cfg(unix)]

use from_secrets_tests::emulator::{Emulator, Kind};
use from_secrets_tests::tool::walk_through;

#[track_caller]
fn assert_works(page: &str, limits: &[&str]) {
    let emulator = Emulator::start(Kind::Ministack);
    let verdict = walk_through(&emulator, page, limits);
    assert!(verdict.success, "{}", verdict.output);
}

#[test]
fn readme_commands_work() {
    assert_works("README.md", &["# from-secrets\n", "**On AWS.**"]);
}

#[test]
fn tutorial_commands_work() {
    assert_works("secrets-core/src/guide/tutorial.md", &[]);
}
