//! The agent's answer where it has the value.

use std::time::{Duration, SystemTime};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use zeroize::Zeroizing;

use super::service::Service;
use crate::source::{Answer, Found, Missing};

/// Text that is wiped, also where what follows it turns out not to be JSON.
struct Wiped(Zeroizing<String>);

impl<'de> Deserialize<'de> for Wiped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

impl Wiped {
    fn take(mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// What `GetSecretValue` answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Secret {
    #[serde(rename = "ARN")]
    arn: Option<String>,
    name: Option<String>,
    version_id: Option<String>,
    #[serde(rename = "SecretString")]
    text: Option<Wiped>,
    #[serde(rename = "SecretBinary")]
    binary: Option<Wiped>,
    created_date: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OneParameter {
    parameter: Parameter,
}

/// What `GetParameter` answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    #[serde(rename = "ARN")]
    arn: Option<String>,
    value: Wiped,
    version: Option<u64>,
}

/// Reads the answer; `None` where it is not one.
pub(super) fn read(service: Service, body: &[u8]) -> Option<Answer> {
    match service {
        Service::SecretsManager => secret(serde_json::from_slice(body).ok()?),
        Service::ParameterStore => parameter(serde_json::from_slice(body).ok()?),
    }
}

/// A secret whose version holds nothing counts as one without that version.
fn secret(secret: Secret) -> Option<Answer> {
    let found = match (secret.text, secret.binary) {
        (Some(text), _) => Found::text(text.take()),
        (None, Some(bytes)) => Found::binary(BASE64_STANDARD.decode(&*bytes.0).ok()?),
        (None, None) if secret.arn.is_some() || secret.name.is_some() => {
            return Some(Answer::Missing(Missing::Version));
        }
        (None, None) => return None,
    };
    Some(Answer::Found(Found {
        version_id: secret.version_id,
        arn: secret.arn,
        created_at: secret.created_date.as_ref().and_then(time),
        ..found
    }))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "as for a secret, which may turn out to be none"
)]
fn parameter(OneParameter { parameter }: OneParameter) -> Option<Answer> {
    Some(Answer::Found(Found {
        version_id: parameter.version.map(|version| version.to_string()),
        arn: parameter.arn,
        ..Found::text(parameter.value.take())
    }))
}

/// Seconds since 1970: a number, or, as the agent writes them, the text of one.
fn time(date: &Value) -> Option<SystemTime> {
    let seconds = match date {
        Value::String(text) => text.parse().ok()?,
        date => date.as_f64()?,
    };
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::RawValue;

    fn found(service: Service, body: &Value) -> Found {
        match read(service, body.to_string().as_bytes()) {
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
        let body = json!({ "SecretString": "text", "CreatedDate": "2026-01-01T00:00:00Z" });
        assert_eq!(found(Service::SecretsManager, &body).created_at, None);
    }

    #[test]
    fn a_parameter_has_a_number_for_its_version() {
        let body =
            json!({ "Parameter": { "ARN": "arn", "Name": "/a", "Value": "text", "Version": 7 } });
        let found = found(Service::ParameterStore, &body);
        assert!(matches!(&found.value, RawValue::Text(value) if **value == "text"));
        assert_eq!(found.version_id.as_deref(), Some("7"));
    }

    #[test]
    fn a_secret_without_a_value_lacks_the_version() {
        let body = json!({ "ARN": "arn", "Name": "n", "VersionId": "v" }).to_string();
        let answer = read(Service::SecretsManager, body.as_bytes());
        assert!(matches!(answer, Some(Answer::Missing(Missing::Version))));
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
            r#"{"Parameter":{"Name":"/a"}}"#,
        ] {
            for service in [Service::SecretsManager, Service::ParameterStore] {
                assert!(read(service, body.as_bytes()).is_none(), "{body}");
            }
        }
    }
}
