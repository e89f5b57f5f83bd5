//! The services behind the agent, and the URLs of their requests.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::source::aws_api::parameter_name::parameter_id;
use crate::source::aws_api::parameter_version::Selector;
use crate::source::aws_api::service::{AwsService, PARAMETER_STORE, SECRETS_MANAGER};
use crate::source::{MissingReason, SecretRequest, VersionSelector};

/// A service behind the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgentService {
    SecretsManager,
    ParameterStore,
}

/// All characters except those that a query contains unencoded.
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl AgentService {
    /// Returns the name in reports.
    pub(super) fn source_name(self) -> &'static str {
        match self {
            Self::SecretsManager => "agent",
            Self::ParameterStore => "agent-ssm",
        }
    }

    /// Returns the service, which interprets error codes.
    pub(super) fn aws(self) -> AwsService {
        match self {
            Self::SecretsManager => SECRETS_MANAGER,
            Self::ParameterStore => PARAMETER_STORE,
        }
    }

    /// Returns the operation of AWS that the agent performs.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::SecretsManager => "GetSecretValue",
            Self::ParameterStore => "GetParameter",
        }
    }

    /// Returns the path of a request.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::SecretsManager => "/secretsmanager/get",
            Self::ParameterStore => "/systemsmanager/parameters/get",
        }
    }

    /// Returns the extension's variable for its timeout.
    pub(super) fn timeout_variable(self) -> &'static str {
        match self {
            Self::SecretsManager => "SECRETS_MANAGER_TIMEOUT_MILLIS",
            Self::ParameterStore => "SSM_PARAMETER_STORE_TIMEOUT_MILLIS",
        }
    }

    /// Returns the path and query of a request. `fresh` bypasses the agent's cache, which requests for parameters do
    /// not support.
    pub(super) fn target(
        self,
        request: &SecretRequest,
        fresh: bool,
    ) -> Result<String, MissingReason> {
        match self {
            Self::SecretsManager if request.names_parameter() => Err(MissingReason::Name),
            Self::SecretsManager => Ok(secret(request, fresh)),
            Self::ParameterStore => parameter(request),
        }
    }
}

/// The name is in the query, because the agent does not percent-decode the path `/v1/NAME`. The stage is always
/// specified, for policies with a condition on it.
fn secret(request: &SecretRequest, fresh: bool) -> String {
    let id = encoded(request.id());
    let version = match request.version() {
        VersionSelector::Current => "versionStage=AWSCURRENT".to_owned(),
        VersionSelector::Stage(stage) => format!("versionStage={}", encoded(stage)),
        VersionSelector::Id(id) => format!("versionId={}", encoded(id)),
    };
    let refresh = if fresh { "&refreshNow=true" } else { "" };
    let path = AgentService::SecretsManager.path();
    format!("{path}?secretId={id}&{version}{refresh}")
}

fn parameter(request: &SecretRequest) -> Result<String, MissingReason> {
    let name = parameter_id(request.id()).ok_or(MissingReason::Name)?;
    let version = match Selector::of(request.version())? {
        Selector::Latest => String::new(),
        Selector::Label(label) => format!("&label={}", encoded(label)),
        Selector::Number(number) => format!("&version={number}"),
    };
    let (path, name) = (AgentService::ParameterStore.path(), encoded(&name));
    Ok(format!("{path}?name={name}&withDecryption=true{version}"))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_target_has_version_or_label() {
        let target_of = |id: &str, version: VersionSelector| {
            AgentService::ParameterStore.target(&SecretRequest::new(id, version), false)
        };
        let expected = |query: &str| {
            Ok(format!(
                "/systemsmanager/parameters/get?name=%2Fa%2Fb&withDecryption=true{query}"
            ))
        };
        let (stage, id) = (
            |text: &str| VersionSelector::Stage(text.to_owned()),
            |text: &str| VersionSelector::Id(text.to_owned()),
        );
        assert_eq!(target_of("a/b", VersionSelector::Current), expected(""));
        assert_eq!(target_of("a/b", id("7")), expected("&version=7"));
        assert_eq!(target_of("/a/b", stage("blue")), expected("&label=blue"));
        for version in [id("seven"), id(""), stage("AWSPREVIOUS"), stage("")] {
            assert_eq!(target_of("a/b", version), Err(MissingReason::Version));
        }
        assert_eq!(
            target_of("a+b", VersionSelector::Current),
            Err(MissingReason::Name)
        );
        let arn = "arn:aws:ssm:us-east-1:123456789012:parameter/a";
        let target = target_of(arn, id("7")).unwrap();
        assert!(
            target.contains("name=arn%3Aaws%3Assm%3Aus-east-1%3A123456789012%3Aparameter%2Fa&")
        );
        assert!(target.ends_with("&version=7"));
    }

    #[test]
    fn parameter_is_missing_in_secrets_manager() {
        let request = SecretRequest::new("/a/b", VersionSelector::Current).of_parameter();
        let target = AgentService::SecretsManager.target(&request, false);
        assert_eq!(target, Err(MissingReason::Name));
        assert!(AgentService::ParameterStore.target(&request, false).is_ok());
    }
}
