//! Checks that a response is for the requested secret and version.
//!
//! A connection or a proxy that mixes up responses can return the value of a different secret or version in a response
//! that is otherwise correct.

use from_secrets_syntax::{Arn, suffix_like_an_arn};

use crate::source::{SecretRequest, SourceError, SourceErrorKind, VersionSelector};

/// The ids in a response.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ResponseIds<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) arn: Option<&'a str>,
    pub(crate) version_id: Option<&'a str>,
    /// Empty if the response has none.
    pub(crate) stages: &'a [String],
}

impl ResponseIds<'_> {
    /// Returns whether the response is for a request.
    pub(crate) fn are_of(&self, request: &SecretRequest) -> bool {
        self.is_of(request.id()) && self.has(request.version())
    }

    /// Returns whether the response identifies its secret, as every response of Secrets Manager does.
    #[cfg(feature = "agent")]
    pub(crate) fn has_id(&self) -> bool {
        self.name.is_some() || self.arn.is_some()
    }

    fn is_of(&self, id: &str) -> bool {
        if Arn::is_meant_by(id) {
            return self.arn.is_some_and(|arn| arn == id || completes(arn, id));
        }
        let resource = self
            .arn
            .and_then(|arn| Arn::parse(arn).ok())
            .map(|arn| arn.resource);
        match self.name {
            Some(name) if name == id => true,
            // The request has the name with the suffix of the ARN.
            Some(_) => resource == Some(id),
            None => resource.is_some_and(|resource| resource == id || completes(resource, id)),
        }
    }

    fn has(&self, version: &VersionSelector) -> bool {
        let has_stage =
            |stage: &str| self.stages.is_empty() || self.stages.iter().any(|own| own == stage);
        match version {
            VersionSelector::Current => has_stage("AWSCURRENT"),
            VersionSelector::Stage(stage) => has_stage(stage),
            VersionSelector::Id(id) => self.version_id.is_none_or(|own| own == id),
        }
    }
}

/// Returns whether an ARN, or its resource, is the beginning with an ARN's suffix.
pub(crate) fn completes(whole: &str, beginning: &str) -> bool {
    let rest = whole.strip_prefix(beginning);
    rest.is_some_and(|rest| rest.len() == 7 && suffix_like_an_arn(rest))
}

/// The hint for a response that does not match its request.
pub(crate) const CHECK_PROXY: &str =
    "retry; if the error persists, check any proxy between this machine and AWS";

/// Returns the error of a response for a different secret or version.
pub(crate) fn wrong_secret() -> SourceError {
    let message = "the response is not for the requested secret or version";
    SourceError::new(SourceErrorKind::Internal, message).with_hint(CHECK_PROXY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
    const PARTIAL: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db";

    fn ids() -> ResponseIds<'static> {
        ResponseIds {
            name: Some("prod/db"),
            arn: Some(ARN),
            version_id: Some("v"),
            stages: &[],
        }
    }

    fn is_of(ids: ResponseIds<'_>, id: &str) -> bool {
        ids.are_of(&SecretRequest::new(id, VersionSelector::Current))
    }

    #[test]
    fn each_id_of_secret_matches() {
        for id in ["prod/db", ARN, PARTIAL, "prod/db-AbCdEf"] {
            assert!(is_of(ids(), id), "{id}");
        }
        let nameless = ResponseIds {
            name: None,
            ..ids()
        };
        assert!(is_of(nameless, "prod/db") && is_of(nameless, ARN));
        let only_named = ResponseIds { arn: None, ..ids() };
        assert!(is_of(only_named, "prod/db") && !is_of(only_named, ARN));
    }

    #[test]
    fn response_for_different_secret_is_rejected() {
        let shorter = &PARTIAL[..PARTIAL.len() - 3];
        for id in ["prod/d", "prod/db2", "db", shorter] {
            assert!(!is_of(ids(), id), "{id}");
        }
        assert!(!is_of(ResponseIds::default(), "prod/db"));
    }

    #[test]
    fn response_for_different_version_is_rejected() {
        let stages = ["AWSPREVIOUS".to_owned()];
        let old = ResponseIds {
            stages: &stages,
            ..ids()
        };
        let request = |version| SecretRequest::new("prod/db", version);
        let stage = |stage: &str| request(VersionSelector::Stage(stage.to_owned()));
        let id = |id: &str| request(VersionSelector::Id(id.to_owned()));
        assert!(old.are_of(&stage("AWSPREVIOUS")) && old.are_of(&id("v")));
        assert!(!old.are_of(&request(VersionSelector::Current)));
        assert!(!old.are_of(&stage("AWSPENDING")) && !old.are_of(&id("w")));
    }
}
