//! Responses with a value.

use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::service::AgentService;
use crate::json::{Node, Object, from_base64};
use crate::source::aws_api::parameter_name::is_parameter_of;
use crate::source::aws_api::response_check::{ResponseIds, wrong_secret};
use crate::source::{FetchResult, MissingReason, SecretRequest, SecretValue, VersionSelector};

/// Reads the response to a request. Returns `None` if it does not contain a secret or parameter.
pub(super) fn read(
    service: AgentService,
    body: &[u8],
    request: &SecretRequest,
) -> Option<FetchResult> {
    let body = Object::read(body)?;
    match service {
        AgentService::SecretsManager => secret(body, request),
        AgentService::ParameterStore => parameter(body, request),
    }
}

/// Reads a response of `GetSecretValue`. A version without a value counts as missing.
fn secret(mut body: Object, request: &SecretRequest) -> Option<FetchResult> {
    let name = body.text("Name").ok()?;
    let arn = body.text("ARN").ok()?;
    let version_id = body.text("VersionId").ok()?;
    let stages = body.take("VersionStages").map(texts).unwrap_or_default();
    let created_at = body.take("CreatedDate").as_ref().and_then(time);
    let ids = ResponseIds {
        name: name.as_deref(),
        arn: arn.as_deref(),
        version_id: version_id.as_deref(),
        stages: &stages,
    };
    if ids.has_id() && !ids.are_of(request) {
        return Some(FetchResult::Failed(wrong_secret()));
    }
    // Last, because the body no longer wipes a text that was taken from it.
    let found = if let Some(text) = body.text("SecretString").ok()? {
        SecretValue::text(text)
    } else if let Some(bytes) = body.text("SecretBinary").ok()? {
        SecretValue::binary(from_base64(&Zeroizing::new(bytes)).ok()?)
    } else {
        return ids
            .has_id()
            .then_some(FetchResult::Missing(MissingReason::Version));
    };
    if !ids.has_id() {
        return None;
    }
    Some(FetchResult::Found(SecretValue {
        version_id,
        arn,
        created_at,
        ..found
    }))
}

/// Reads a response of `GetParameter`.
fn parameter(mut body: Object, request: &SecretRequest) -> Option<FetchResult> {
    let mut parameter = Object::of(body.take("Parameter")?)?;
    let version_id = match parameter.take("Version") {
        Some(Node::Number(version)) => Some(version.as_str().to_owned()),
        _ => None,
    };
    let name = parameter.text("Name").ok()??;
    let arn = parameter.text("ARN").ok()?;
    if !is_parameter_of(request.id(), &name, arn.as_deref())
        || !is_version(version_id.as_deref(), request)
    {
        return Some(FetchResult::Failed(wrong_secret()));
    }
    Some(FetchResult::Found(SecretValue {
        version_id,
        arn,
        ..SecretValue::text(parameter.text("Value").ok()??)
    }))
}

/// Returns whether the response has the requested version number. Responses do not contain labels.
fn is_version(version: Option<&str>, request: &SecretRequest) -> bool {
    match request.version() {
        VersionSelector::Id(id) => version == Some(id),
        _ => true,
    }
}

/// Returns the strings of an array.
fn texts(node: Node) -> Vec<String> {
    let Node::Array(items) = node else {
        return Vec::new();
    };
    let texts = items.iter().filter_map(|item| match item {
        Node::String(text) => Some(text.to_string()),
        _ => None,
    });
    texts.collect()
}

/// Reads the seconds since 1970: a number, or a string with a number, as the agent writes it.
fn time(date: &Node) -> Option<SystemTime> {
    let seconds = match date {
        Node::String(text) => text.parse().ok()?,
        Node::Number(number) => number.as_f64()?,
        _ => return None,
    };
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> SecretRequest {
        SecretRequest::new("n", VersionSelector::Current)
    }

    #[test]
    fn creation_date_may_be_text() {
        let created = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
        for (date, expected) in [
            (json!("1767225600.5"), Some(created)),
            (json!(1_767_225_600.5), Some(created)),
            (json!("2026-01-01T00:00:00Z"), None),
        ] {
            let body = json!({ "Name": "n", "SecretString": "text", "CreatedDate": date });
            let body = body.to_string();
            let result = read(AgentService::SecretsManager, body.as_bytes(), &request());
            let is_expected = |found: &FetchResult| matches!(found, FetchResult::Found(found) if found.created_at == expected);
            assert!(result.as_ref().is_some_and(is_expected), "{body}");
        }
    }

    #[test]
    fn response_for_another_request_is_rejected() {
        for body in [
            json!({ "Name": "m", "SecretString": "text" }),
            json!({ "Name": "m" }),
            json!({ "Name": "n", "VersionStages": ["AWSPREVIOUS"], "SecretString": "text" }),
        ] {
            let result = read(
                AgentService::SecretsManager,
                body.to_string().as_bytes(),
                &request(),
            );
            assert!(matches!(result, Some(FetchResult::Failed(_))), "{body}");
        }
        let body = json!({ "Parameter": { "Name": "/m", "Value": "text" } }).to_string();
        let result = read(AgentService::ParameterStore, body.as_bytes(), &request());
        assert!(matches!(result, Some(FetchResult::Failed(_))));
    }

    #[test]
    fn incomplete_body_is_not_a_result() {
        for body in [
            r#"{"SecretString":"text"}"#,
            r#"{"Name":"n","SecretString":5}"#,
            r#"{"Parameter":{"Name":"/n"}}"#,
        ] {
            for service in [AgentService::SecretsManager, AgentService::ParameterStore] {
                assert!(
                    read(service, body.as_bytes(), &request()).is_none(),
                    "{body}"
                );
            }
        }
    }
}
