//! The id of a parameter in a request.

use std::fmt;

use from_secrets_syntax::{ParameterArn, is_reserved_parameter};

use crate::source::aws_api::parameter_name::parameter_id;
use crate::source::aws_api::parameter_version::Selector;
use crate::source::{FetchResult, MissingReason, SecretRequest};

/// A parameter, and its version if one is pinned. `Display` writes the name for a request.
#[derive(Clone, Debug)]
pub(crate) struct ParameterTarget {
    /// The name, or the whole ARN.
    pub(super) id: String,
    /// The number of a version, or its label.
    pub(super) selector: Option<String>,
    /// Whether fields need keys of a JSON object, which can be parameters of their own.
    pub(super) has_json_keys: bool,
}

impl ParameterTarget {
    /// Returns the parameter of a request, or the reason why Parameter Store cannot have it.
    pub(super) fn of(request: &SecretRequest) -> Result<Self, MissingReason> {
        let id = parameter_id(request.id()).ok_or(MissingReason::Name)?;
        let selector = match Selector::of(request.version())? {
            Selector::Latest => None,
            Selector::Number(number) => Some(number.to_string()),
            Selector::Label(label) => Some(label.to_owned()),
        };
        Ok(Self {
            id,
            selector,
            has_json_keys: !request.json_keys().is_empty(),
        })
    }

    pub(super) fn is_arn(&self) -> bool {
        self.region().is_some()
    }

    /// Returns the region that an ARN specifies.
    pub(super) fn region(&self) -> Option<&str> {
        ParameterArn::parse(&self.id).ok().map(|arn| arn.region)
    }

    /// Returns the result if Parameter Store does not have it. AWS does not report whether a pinned version or the
    /// whole parameter is missing.
    pub(super) fn missing(&self) -> FetchResult {
        FetchResult::Missing(match self.selector {
            Some(_) => MissingReason::Version,
            None => MissingReason::Parameter,
        })
    }

    /// Returns the path of the parameters that form a JSON object, or `None` if parameters below it cannot be listed.
    ///
    /// An ARN may belong to another account, whose parameters cannot be listed.
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-shared-parameters.html>
    ///
    /// Names that begin with `aws` or `ssm` are reserved, and references to Secrets Manager cannot be listed.
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>
    pub(super) fn path(&self) -> Option<String> {
        if self.selector.is_some() || self.is_arn() {
            return None;
        }
        let bare = self.id.trim_start_matches('/');
        let is_listed = !is_reserved_parameter(bare) || bare.starts_with("aws/service/");
        is_listed.then(|| format!("/{bare}"))
    }
}

impl fmt::Display for ParameterTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.selector {
            Some(selector) => write!(f, "{}:{selector}", self.id),
            None => f.write_str(&self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::VersionSelector;

    const ARN: &str = "arn:aws:ssm:us-west-2:123456789012:parameter/prod/db";

    fn written(id: &str, version: VersionSelector) -> Result<String, MissingReason> {
        ParameterTarget::of(&SecretRequest::new(id, version)).map(|target| target.to_string())
    }

    #[test]
    fn versions_are_written_behind_the_name() {
        let id = |id: &str| VersionSelector::Id(id.to_owned());
        let stage = |stage: &str| VersionSelector::Stage(stage.to_owned());
        assert_eq!(written("db", VersionSelector::Current).unwrap(), "db");
        assert_eq!(written("prod/db", id("7")).unwrap(), "/prod/db:7");
        assert_eq!(written("db", stage("last-good")).unwrap(), "db:last-good");
        assert_eq!(written(ARN, id("7")).unwrap(), format!("{ARN}:7"));
        for version in [
            id("c5b6a1f0-0000-4000-8000-000000000000"),
            id("+7"),
            id("0"),
            id(""),
            stage("AWSPREVIOUS"),
            stage("ssm-old"),
            stage("1st"),
            stage("last good"),
            stage(&"x".repeat(101)),
        ] {
            assert_eq!(written("db", version), Err(MissingReason::Version));
        }
    }

    #[test]
    fn pinned_id_has_no_path() {
        let pinned = SecretRequest::new("db", VersionSelector::Id("1".to_owned()));
        assert_eq!(ParameterTarget::of(&pinned).unwrap().path(), None);
    }
}
