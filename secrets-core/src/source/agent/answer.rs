//! The agent's answer where it has the value.

use std::time::{Duration, SystemTime};

use zeroize::Zeroizing;

use super::service::Service;
use crate::decode::{Fields, Node, from_base64};
use crate::source::parameter_name::is_parameter_of;
use crate::source::same_secret::{Said, not_asked_for};
use crate::source::{Answer, Found, Missing, Request, Version};

/// Reads the answer to a request; `None` where it is not one.
pub(super) fn read(service: Service, body: &[u8], request: &Request) -> Option<Answer> {
    let body = Fields::read(body)?;
    match service {
        Service::SecretsManager => secret(body, request),
        Service::ParameterStore => parameter(body, request),
    }
}

/// What `GetSecretValue` answers. A secret whose version holds nothing counts as one without that version.
fn secret(mut body: Fields, request: &Request) -> Option<Answer> {
    let name = body.text("Name").ok()?;
    let arn = body.text("ARN").ok()?;
    let version_id = body.text("VersionId").ok()?;
    let stages = body.take("VersionStages").map(texts).unwrap_or_default();
    let created_at = body.take("CreatedDate").as_ref().and_then(time);
    let said = Said {
        name: name.as_deref(),
        arn: arn.as_deref(),
        version_id: version_id.as_deref(),
        stages: &stages,
    };
    if said.names_a_secret() && !said.answers(request) {
        return Some(Answer::Failed(not_asked_for()));
    }
    // Last, because what is taken is no longer wiped by the body.
    let found = if let Some(text) = body.text("SecretString").ok()? {
        Found::text(text)
    } else if let Some(bytes) = body.text("SecretBinary").ok()? {
        Found::binary(from_base64(&Zeroizing::new(bytes)).ok()?)
    } else {
        return said
            .names_a_secret()
            .then_some(Answer::Missing(Missing::Version));
    };
    if !said.names_a_secret() {
        return None;
    }
    Some(Answer::Found(Found {
        version_id,
        arn,
        created_at,
        ..found
    }))
}

/// What `GetParameter` answers.
fn parameter(mut body: Fields, request: &Request) -> Option<Answer> {
    let mut parameter = Fields::of(body.take("Parameter")?)?;
    let version_id = match parameter.take("Version") {
        Some(Node::Number(version)) => Some(version.as_str().to_owned()),
        _ => None,
    };
    let name = parameter.text("Name").ok()??;
    let arn = parameter.text("ARN").ok()?;
    if !is_parameter_of(request.id(), &name, arn.as_deref())
        || !is_version(version_id.as_deref(), request)
    {
        return Some(Answer::Failed(not_asked_for()));
    }
    Some(Answer::Found(Found {
        version_id,
        arn,
        ..Found::text(parameter.text("Value").ok()??)
    }))
}

/// Whether that version of a parameter answers the request; of labels it says nothing.
fn is_version(version: Option<&str>, request: &Request) -> bool {
    match request.version() {
        Version::Id(id) => version == Some(id),
        _ => true,
    }
}

/// The texts of an array.
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

/// Seconds since 1970: a number, or, as the agent writes them, the text of one.
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
    use serde_json::{Value, json};

    use super::*;
    use crate::source::RawValue;

    fn request() -> Request {
        Request::new("n", Version::Current)
    }

    fn found(service: Service, body: &Value) -> Found {
        match read(service, body.to_string().as_bytes(), &request()) {
            Some(Answer::Found(found)) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_secret_is_text_or_bytes_with_what_is_known_of_it() {
        let mut body = json!({
            "ARN": "arn", "Name": "n", "VersionId": "v", "SecretString": "text", "SecretBinary": null,
            "VersionStages": ["AWSCURRENT"], "CreatedDate": "1767225600.5", "ResultMetadata": {},
        });
        let text = found(Service::SecretsManager, &body);
        assert!(matches!(&text.value, RawValue::Text(value) if **value == "text"));
        assert_eq!(text.version_id.as_deref(), Some("v"));
        assert_eq!(text.arn.as_deref(), Some("arn"));
        let created = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
        assert_eq!(text.created_at, Some(created));

        body["SecretString"] = Value::Null;
        body["SecretBinary"] = "AP8=".into();
        body["CreatedDate"] = json!(1_767_225_600.5);
        let bytes = found(Service::SecretsManager, &body);
        assert!(matches!(&bytes.value, RawValue::Binary(value) if **value == [0, 255]));
        assert_eq!(bytes.created_at, Some(created));
    }

    #[test]
    fn a_date_in_another_writing_is_unknown_and_no_failure() {
        let body =
            json!({ "Name": "n", "SecretString": "text", "CreatedDate": "2026-01-01T00:00:00Z" });
        assert_eq!(found(Service::SecretsManager, &body).created_at, None);
    }

    #[test]
    fn a_parameter_has_a_number_for_its_version() {
        let body =
            json!({ "Parameter": { "ARN": "arn", "Name": "/n", "Value": "text", "Version": 7 } });
        let found = found(Service::ParameterStore, &body);
        assert!(matches!(&found.value, RawValue::Text(value) if **value == "text"));
        assert_eq!(found.version_id.as_deref(), Some("7"));
    }

    #[test]
    fn a_secret_without_a_value_lacks_the_version() {
        let body = json!({ "ARN": "arn", "Name": "n", "VersionId": "v" }).to_string();
        let answer = read(Service::SecretsManager, body.as_bytes(), &request());
        assert!(matches!(answer, Some(Answer::Missing(Missing::Version))));
    }

    #[test]
    fn what_another_request_asked_for_is_a_failure() {
        for body in [
            json!({ "Name": "m", "SecretString": "text" }),
            json!({ "Name": "m" }),
            json!({ "Name": "n", "VersionStages": ["AWSPREVIOUS"], "SecretString": "text" }),
        ] {
            let answer = read(
                Service::SecretsManager,
                body.to_string().as_bytes(),
                &request(),
            );
            assert!(matches!(answer, Some(Answer::Failed(_))), "{body}");
        }
        let body = json!({ "Parameter": { "Name": "/m", "Value": "text" } }).to_string();
        let answer = read(Service::ParameterStore, body.as_bytes(), &request());
        assert!(matches!(answer, Some(Answer::Failed(_))));
    }

    #[test]
    fn what_is_no_answer_of_the_agent_s_is_none() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"SecretString":"text"#,
            r#"{"SecretBinary":"not base64"}"#,
            r#"{"Name":"n","SecretString":5}"#,
            r#"{"SecretString":"text"}"#,
            r#"{"Parameter":{"Name":"/n"}}"#,
        ] {
            for service in [Service::SecretsManager, Service::ParameterStore] {
                assert!(
                    read(service, body.as_bytes(), &request()).is_none(),
                    "{body}"
                );
            }
        }
    }
}
