//! The role that a source assumes with the credentials that it finds.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::Client;
use aws_sdk_sts::config::Builder;
use from_secrets_syntax::{check_account, check_partition};

use super::credential_sources::{CredentialSource, CredentialSourceKind, default_session_name};
use super::setting::Setting;
use crate::source::SourceError;

/// A role, and the settings of its session.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct AssumedRole {
    pub(super) arn: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) session_name: Option<String>,
    pub(super) session_duration: Option<Duration>,
}

impl AssumedRole {
    /// Checks the settings that STS would reject.
    /// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    pub(super) fn check(&self) -> Result<(), SourceError> {
        let invalid = |name: &str, problem: &str, hint: &str| {
            Err(Setting::in_code(name, "").invalid(problem, hint))
        };
        let Some(arn) = &self.arn else {
            let orphans = [
                ("external_id", self.external_id.is_some()),
                ("session_name", self.session_name.is_some()),
                ("session_duration", self.session_duration.is_some()),
            ];
            let Some((name, _)) = orphans.iter().find(|(_, is_set)| *is_set) else {
                return Ok(());
            };
            let hint = format!("add `assume_role`, or remove `{name}`");
            return invalid(name, "is set without `assume_role`", &hint);
        };
        let is_valid = |text: &Option<String>, length: usize, more: &str| {
            let is_allowed = |c: char| c.is_ascii_alphanumeric() || more.contains(c);
            text.as_ref().is_none_or(|text| {
                (2..=length).contains(&text.len()) && text.chars().all(is_allowed)
            })
        };
        let durations = Duration::from_mins(15)..=Duration::from_hours(12);
        let is_duration = |duration: Duration| durations.contains(&duration);
        if !is_role_arn(arn) {
            let hint = "set it to an ARN such as `arn:aws:iam::123456789012:role/reader`";
            invalid("assume_role", "is not the ARN of a role", hint)
        } else if !is_valid(&self.external_id, 1224, "+=,.@:/-_") {
            let hint = "use 2 to 1,224 ASCII letters, digits and `+=,.@:/-_`";
            invalid("external_id", "is not a valid external ID", hint)
        } else if !is_valid(&self.session_name, 64, "+=,.@-_") {
            let hint = "use 2 to 64 ASCII letters, digits and `+=,.@-_`";
            invalid("session_name", "is not a valid session name", hint)
        } else if !self.session_duration.is_none_or(is_duration) {
            let problem = "is not a duration from 15 minutes to 12 hours";
            let hint = "set it to a duration that the role allows, or remove it to use the default of one hour";
            invalid("session_duration", problem, hint)
        } else {
            Ok(())
        }
    }

    /// Returns the role as a place that issues credentials, if there is a role. The configuration has the credentials
    /// that assume it. Without an endpoint, that of the configuration is used.
    pub(super) fn source(
        &self,
        config: &SdkConfig,
        endpoint: Option<&Option<String>>,
    ) -> Option<CredentialSource> {
        let arn = self.arn.as_ref()?;
        let mut config = Builder::from(config);
        if let Some(endpoint) = endpoint {
            config.set_endpoint_url(endpoint.clone());
        }
        let (client, role) = (Client::from_conf(config.build()), self.clone());
        let provider = provide_credentials_fn(move || role.clone().assume(client.clone()));
        Some(CredentialSource::new(
            CredentialSourceKind::Role,
            format!("the role `{arn}`"),
            "check the ARN, the trust policy of the role and its external ID, and allow `sts:AssumeRole` on the role for these credentials",
            provider,
        ))
    }

    async fn assume(self, client: Client) -> provider::Result {
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        let call = client
            .assume_role()
            .set_role_arn(self.arn)
            .set_external_id(self.external_id)
            .role_session_name(self.session_name.unwrap_or_else(default_session_name))
            .set_duration_seconds(self.session_duration.map(seconds));
        let output = call.send().await;
        let issued = output
            .map_err(CredentialsError::provider_error)?
            .credentials;
        let issued =
            issued.ok_or_else(|| CredentialsError::unhandled("STS returned no credentials"))?;
        let expiry = SystemTime::try_from(issued.expiration)
            .map_err(|_| CredentialsError::unhandled("STS returned an expiry out of range"))?;
        let mut credentials = Credentials::new(
            issued.access_key_id,
            issued.secret_access_key,
            Some(issued.session_token),
            Some(expiry),
            "AssumedRole",
        );
        credentials
            .get_property_mut_or_default::<Vec<AwsCredentialFeature>>()
            .push(AwsCredentialFeature::CredentialsStsAssumeRole);
        Ok(credentials)
    }
}

fn is_role_arn(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let is_sendable = arn.bytes().all(|byte| byte.is_ascii_graphic()) && arn.len() <= 2048;
    let [prefix, partition, service, region, account, resource] = parts[..] else {
        return false;
    };
    is_sendable
        && (prefix, service, region) == ("arn", "iam", "")
        && check_partition(partition).is_ok()
        && check_account(account).is_ok()
        && resource
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(arn: &str) -> AssumedRole {
        AssumedRole {
            arn: Some(arn.to_owned()),
            ..AssumedRole::default()
        }
    }

    type ChangeRole = fn(&mut AssumedRole);

    const READER: &str = "arn:aws:iam::123456789012:role/team/reader";

    #[test]
    fn arns_of_roles_pass() {
        for arn in [READER, "arn:aws-cn:iam::123456789012:role/a"] {
            assert!(role(arn).check().is_ok(), "{arn}");
        }
        for arn in [
            "",
            "reader",
            "arn:aws:iam::123456789012:user/reader",
            "arn:aws:iam::1234:role/reader",
            "arn:aws:iam:us-east-1:123456789012:role/reader",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/a\n",
        ] {
            assert!(role(arn).check().is_err(), "{arn}");
        }
    }

    #[test]
    fn settings_of_a_session_are_checked() {
        let valid = AssumedRole {
            external_id: Some("tenant/1:a".to_owned()),
            session_name: Some("checkout@eu".to_owned()),
            session_duration: Some(Duration::from_mins(15)),
            ..role(READER)
        };
        assert!(valid.check().is_ok());
        let cases: [(ChangeRole, &str); 4] = [
            (|role| role.arn = None, "`external_id`"),
            (
                |role| role.external_id = Some("canary é".to_owned()),
                "`external_id`",
            ),
            (
                |role| role.session_name = Some("a".to_owned()),
                "`session_name`",
            ),
            (
                |role| role.session_duration = Some(Duration::from_secs(899)),
                "`session_duration`",
            ),
        ];
        for (change, name) in cases {
            let mut invalid = valid.clone();
            change(&mut invalid);
            let error = invalid.check().unwrap_err();
            assert!(error.message().contains(name), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
