//! The role that a source assumes with the credentials that it finds.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future::ProvideCredentials as CredentialsFuture;
use aws_credential_types::provider::{self, ProvideCredentials};
use aws_sdk_sts::Client;

use super::credential_sources::{CredentialSource, CredentialSourceKind};
use super::setting::in_code;
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
        let Some(arn) = &self.arn else {
            let orphans = [
                ("external_id", self.external_id.is_some()),
                ("session_name", self.session_name.is_some()),
                ("session_duration", self.session_duration.is_some()),
            ];
            return match orphans.iter().find(|(_, is_set)| *is_set) {
                Some((name, _)) => Err(in_code(name).invalid(
                    "is set without `assume_role`",
                    &format!("add `assume_role`, or remove `{name}`"),
                )),
                None => Ok(()),
            };
        };
        if !is_role_arn(arn) {
            return Err(in_code("assume_role").invalid(
                "is not the ARN of a role",
                "set it to an ARN such as `arn:aws:iam::123456789012:role/reader`",
            ));
        }
        let is_valid = |text: &Option<String>, length: usize, more: &str| {
            text.as_ref().is_none_or(|text| {
                (2..=length).contains(&text.len())
                    && text
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || more.contains(c))
            })
        };
        if !is_valid(&self.external_id, 1224, "+=,.@:/\\-_") {
            return Err(in_code("external_id").invalid(
                "is not an external id",
                "use 2 to 1,224 ASCII letters, digits and `+=,.@:/\\-_`",
            ));
        }
        if !is_valid(&self.session_name, 64, "+=,.@-_") {
            return Err(in_code("session_name").invalid(
                "is not a session name",
                "use 2 to 64 ASCII letters, digits and `+=,.@-_`",
            ));
        }
        let durations = Duration::from_mins(15)..=Duration::from_hours(12);
        if !self
            .session_duration
            .is_none_or(|duration| durations.contains(&duration))
        {
            return Err(in_code("session_duration").invalid(
                "is not a duration from 15 minutes to 12 hours",
                "set it to a duration that the role allows, or remove it for one hour",
            ));
        }
        Ok(())
    }

    /// Returns the role as a place that issues credentials, if there is a role. The configuration has the credentials
    /// that assume it.
    pub(super) fn source(&self, config: &SdkConfig) -> Option<CredentialSource> {
        let arn = self.arn.as_ref()?;
        let provider = RoleProvider {
            client: Client::new(config),
            role: self.clone(),
        };
        Some(CredentialSource::new(
            CredentialSourceKind::Role,
            format!("the role `{arn}`"),
            "check the ARN, the trust policy of the role and its external id, and allow `sts:AssumeRole` on the role for these credentials",
            provider,
        ))
    }

    /// Returns the name that `CloudTrail` shows. The process id distinguishes the processes of a host.
    fn session_name(&self) -> String {
        let default = || format!("from-secrets-{}", std::process::id());
        self.session_name.clone().unwrap_or_else(default)
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
        && !partition.is_empty()
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && resource
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty())
}

/// Issues credentials of the role.
struct RoleProvider {
    client: Client,
    role: AssumedRole,
}

impl RoleProvider {
    async fn assume(&self) -> provider::Result {
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        let call = self
            .client
            .assume_role()
            .set_role_arn(self.role.arn.clone())
            .set_external_id(self.role.external_id.clone())
            .role_session_name(self.role.session_name())
            .set_duration_seconds(self.role.session_duration.map(seconds));
        let output = call
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        let issued = output
            .credentials
            .ok_or_else(|| CredentialsError::unhandled("STS returned no credentials"))?;
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

impl ProvideCredentials for RoleProvider {
    fn provide_credentials<'a>(&'a self) -> CredentialsFuture<'a>
    where
        Self: 'a,
    {
        CredentialsFuture::new(self.assume())
    }
}

impl fmt::Debug for RoleProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RoleProvider").finish_non_exhaustive()
    }
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
        for (invalid, name) in [
            (
                AssumedRole {
                    arn: None,
                    ..valid.clone()
                },
                "`external_id`",
            ),
            (
                AssumedRole {
                    external_id: Some("canary é".to_owned()),
                    ..valid.clone()
                },
                "`external_id`",
            ),
            (
                AssumedRole {
                    session_name: Some("a".to_owned()),
                    ..valid.clone()
                },
                "`session_name`",
            ),
            (
                AssumedRole {
                    session_duration: Some(Duration::from_secs(899)),
                    ..valid.clone()
                },
                "`session_duration`",
            ),
        ] {
            let error = invalid.check().unwrap_err();
            assert!(error.message().contains(name), "{error}");
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    }
}
