//! The example `pocket`, against fakes of the reading list, Secrets Manager and Lambda.

mod handler;
mod lambda_api;
mod process;
mod reading_list;
#[path = "../support/mod.rs"]
mod support;
mod template;

const KEY: &str = "canary-key-5e1c";
const TOKEN: &str = "canary-token-9ab2";

/// Checks that the text contains no secret value.
#[track_caller]
fn assert_no_value(text: &str) {
    assert!(!text.contains("canary"), "a value in: {text}");
}
