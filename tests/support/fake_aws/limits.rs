//! The limits of requests to Secrets Manager, from the model of its API.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::Value;

use super::version::Refusal;

/// The least and the greatest length of a field that a request can have.
const LENGTHS: [(&str, usize, usize); 12] = [
    ("ClientRequestToken", 32, 64),
    ("MoveToVersionId", 32, 64),
    ("Name", 1, 512),
    ("NextToken", 1, 4096),
    ("RemoveFromVersionId", 32, 64),
    ("SecretBinary", 1, 65_536),
    ("SecretId", 1, 2048),
    ("SecretIdList", 1, 20),
    ("SecretString", 1, 65_536),
    ("VersionId", 32, 64),
    ("VersionStage", 1, 256),
    ("VersionStages", 1, 20),
];

/// Rejects a field that is too short or too long, and a name that has other characters than those of users' secrets.
pub(super) fn check(body: &Value) -> Result<(), Refusal> {
    let ids = body["SecretIdList"].as_array().into_iter().flatten();
    let ids = ids.map(|id| ("SecretId", id));
    let fields = LENGTHS.into_iter().map(|(field, ..)| (field, &body[field]));
    for (field, value) in fields.chain(ids) {
        let limits = LENGTHS.into_iter().find(|(name, ..)| *name == field);
        let (_, least, most) = limits.expect("a field with limits");
        if length(field, value).is_some_and(|length| !(least..=most).contains(&length)) {
            let message = format!(
                "1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must have \
                 length between {least} and {most}"
            );
            return Err(Refusal::new("ValidationException", &message));
        }
    }
    let is_known = |c: char| c.is_ascii_alphanumeric() || "-/_+=.@!".contains(c);
    match body["Name"].as_str() {
        Some(name) if !name.chars().all(is_known) => Err(Refusal::new(
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!",
        )),
        _ => Ok(()),
    }
}

fn length(field: &str, value: &Value) -> Option<usize> {
    match value {
        Value::String(text) if field == "SecretBinary" => {
            Some(BASE64_STANDARD.decode(text).map_or(0, |bytes| bytes.len()))
        }
        Value::String(text) => Some(text.len()),
        Value::Array(items) => Some(items.len()),
        _ => None,
    }
}
