//! What stands behind the agent, and how it is asked for one thing.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::source::parameter_name::parameter_id;
use crate::source::parameter_version::Selector;
use crate::source::service::{PARAMETER_STORE, SECRETS_MANAGER, Service as Errors};
use crate::source::{Missing, Request, Version};

/// What stands behind the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    SecretsManager,
    ParameterStore,
}

/// What a query carries as it is; all else is percent-encoded.
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Service {
    /// The name in reports.
    pub(super) fn source_name(self) -> &'static str {
        match self {
            Self::SecretsManager => "agent",
            Self::ParameterStore => "agent-ssm",
        }
    }

    /// The service's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::SecretsManager => "Secrets Manager",
            Self::ParameterStore => "Parameter Store",
        }
    }

    /// What the service's error codes mean.
    pub(super) fn errors(self) -> Errors {
        match self {
            Self::SecretsManager => SECRETS_MANAGER,
            Self::ParameterStore => PARAMETER_STORE,
        }
    }

    /// The extension's variable that says how long it waits for the service.
    pub(super) fn timeout_variable(self) -> &'static str {
        match self {
            Self::SecretsManager => "SECRETS_MANAGER_TIMEOUT_MILLIS",
            Self::ParameterStore => "SSM_PARAMETER_STORE_TIMEOUT_MILLIS",
        }
    }

    /// Path and query of a request; `fresh` passes the agent's cache by, which Parameter Store's requests cannot.
    pub(super) fn target(self, request: &Request, fresh: bool) -> Result<String, Missing> {
        match self {
            Self::SecretsManager if request.names_parameter() => Err(Missing::Name),
            Self::SecretsManager => Ok(secret(request, fresh)),
            Self::ParameterStore => parameter(request),
        }
    }

    /// Whether a request can pass the cache by.
    pub(super) fn can_be_fresh(self) -> bool {
        self == Self::SecretsManager
    }
}

/// In the query and never in the path: `/v1/NAME` is not percent-decoded. The stage is always said, for policies that
/// are conditioned on it.
fn secret(request: &Request, fresh: bool) -> String {
    let id = encoded(request.id());
    let version = match request.version() {
        Version::Current => "versionStage=AWSCURRENT".to_owned(),
        Version::Stage(stage) => format!("versionStage={}", encoded(stage)),
        Version::Id(id) => format!("versionId={}", encoded(id)),
    };
    let refresh = if fresh { "&refreshNow=true" } else { "" };
    format!("/secretsmanager/get?secretId={id}&{version}{refresh}")
}

fn parameter(request: &Request) -> Result<String, Missing> {
    let name = parameter_id(request.id()).ok_or(Missing::Name)?;
    let version = match Selector::of(request.version())? {
        Selector::Latest => String::new(),
        Selector::Label(label) => format!("&label={}", encoded(label)),
        Selector::Number(number) => format!("&version={number}"),
    };
    let name = encoded(&name);
    Ok(format!(
        "/systemsmanager/parameters/get?name={name}&withDecryption=true{version}"
    ))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(service: Service, id: &str, version: Version) -> Result<String, Missing> {
        service.target(&Request::new(id, version), false)
    }

    #[test]
    fn a_secret_is_asked_for_with_everything_encoded_and_the_stage_said() {
        let stage = Version::Stage("a&b".to_owned());
        let id = Version::Id("0-1".to_owned());
        for (name, version, expected) in [
            (
                "prod/a+b=@c",
                Version::Current,
                "secretId=prod%2Fa%2Bb%3D%40c&versionStage=AWSCURRENT",
            ),
            (
                "arn:aws:x",
                stage,
                "secretId=arn%3Aaws%3Ax&versionStage=a%26b",
            ),
            ("a.b_c-d", id, "secretId=a.b_c-d&versionId=0-1"),
        ] {
            let expected = format!("/secretsmanager/get?{expected}");
            assert_eq!(target(Service::SecretsManager, name, version), Ok(expected));
        }
    }

    #[test]
    fn only_a_secret_is_asked_for_past_the_cache() {
        let request = Request::new("a", Version::Current);
        let fresh = |service: Service| service.target(&request, true).unwrap();
        assert!(fresh(Service::SecretsManager).ends_with("&refreshNow=true"));
        assert!(!fresh(Service::ParameterStore).contains("refreshNow"));
    }

    #[test]
    fn a_parameter_is_asked_for_by_its_name_version_or_label() {
        let ask = |id: &str, version: Version| target(Service::ParameterStore, id, version);
        let asked = |query: &str| {
            Ok(format!(
                "/systemsmanager/parameters/get?name=%2Fa%2Fb&withDecryption=true{query}"
            ))
        };
        let (stage, id) = (
            |text: &str| Version::Stage(text.to_owned()),
            |text: &str| Version::Id(text.to_owned()),
        );
        assert_eq!(ask("a/b", Version::Current), asked(""));
        assert_eq!(ask("a/b", id("7")), asked("&version=7"));
        assert_eq!(ask("/a/b", stage("blue")), asked("&label=blue"));
        for version in [id("seven"), id(""), stage("AWSPREVIOUS"), stage("")] {
            assert_eq!(ask("a/b", version), Err(Missing::Version));
        }
        assert_eq!(ask("a+b", Version::Current), Err(Missing::Name));
        let arn = "arn:aws:ssm:us-east-1:1:parameter/a";
        let target = ask(arn, id("7")).unwrap();
        assert!(target.contains("name=arn%3Aaws%3Assm%3Aus-east-1%3A1%3Aparameter%2Fa&"));
        assert!(target.ends_with("&version=7"));
    }

    #[test]
    fn parameter_is_never_requested_as_a_secret() {
        let request = Request::new("/a/b", Version::Current).of_parameter();
        let target = Service::SecretsManager.target(&request, false);
        assert_eq!(target, Err(Missing::Name));
        assert!(Service::ParameterStore.target(&request, false).is_ok());
    }
}
