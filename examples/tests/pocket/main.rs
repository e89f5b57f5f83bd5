//! The weekly Lambda against stand-ins for the reading list, Secrets Manager and Lambda itself.

mod handler;
mod lambda_api;
mod process;
mod reading_list;
#[path = "../support/mod.rs"]
mod support;
mod template;

const KEY: &str = "canary-key-5e1c";
const TOKEN: &str = "canary-token-9ab2";

/// Values are for the reading list alone.
#[track_caller]
fn assert_no_value(text: &str) {
    assert!(!text.contains("canary"), "a value in: {text}");
}
