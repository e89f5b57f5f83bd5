//! What others show of a value, where they are let: that it is so is held here, so that it is noticed when it changes;
//! and that a filter stops them.

use std::collections::BTreeSet;

use from_secrets_tests::canary::value;
use from_secrets_tests::logs::Line;
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager};
use serde_json::json;

use crate::loud;
use crate::probe::{Place, served};

/// The libraries that show a value, and the documented filter, which hides it.
#[track_caller]
fn assert_loud(place: Place, expected: &str) -> Place {
    let heard = loud(&place.run("loads"), expected);
    assert_eq!(heard, BTreeSet::from([expected.to_owned()]));
    let filtered = place.with("FILTERED", "1");
    assert_eq!(loud(&filtered.run("loads"), "filtered"), BTreeSet::new());
    filtered
}

/// Secrets Manager's responses are marked as sensitive in its model, so the SDK logs them only if an environment
/// variable enables that.
#[test]
fn sdk_logs_bodies_only_when_enabled() {
    let place = served("aws", FakeSecretsManager::new().text("IT", value("body")));
    let place = place.with("LOG_SENSITIVE_BODIES", "true");
    let filtered = assert_loud(
        place,
        "TRACE aws_smithy_runtime::client::orchestrator::http",
    );
    // This library's own lines come through.
    let output = filtered.run("types");
    let is_own = |line: &Line| line.target.starts_with("from_secrets");
    assert!(output.lines.iter().any(is_own));
}

/// Its error about a date that it cannot read quotes it. About the secrets themselves it has no such error.
#[test]
fn sdk_logs_malformed_date() {
    let response = json!({ "Name": "IT", "SecretString": "text", "CreatedDate": value("date") });
    let place = served("aws", move |_: &Call| FakeResponse::json(&response));
    assert_loud(place, "TRACE aws_smithy_runtime::client::orchestrator");
}
