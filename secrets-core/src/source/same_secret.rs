//! Whether an answer is one to what was asked.
//!
//! A connection that is out of step, or a proxy that mixes its clients up, brings another secret's value, or an earlier
//! version's, and all else about such an answer is right. What it says of itself tells.

use from_secrets_syntax::{Arn, suffix_like_an_arn};

use super::{Cause, Failure, Request, Version};

/// What an answer says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) arn: Option<&'a str>,
    pub(crate) version_id: Option<&'a str>,
    /// Empty where it says nothing of them.
    pub(crate) stages: &'a [String],
}

impl Said<'_> {
    /// Whether it answers that request.
    pub(crate) fn answers(&self, request: &Request) -> bool {
        self.is_of(request.id()) && self.has(request.version())
    }

    /// Whether it says which secret it is of, as every answer of Secrets Manager does.
    #[cfg(feature = "agent")]
    pub(crate) fn names_a_secret(&self) -> bool {
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
            // A name that was written with the suffix of an ARN.
            Some(_) => resource == Some(id),
            None => resource.is_some_and(|resource| resource == id || completes(resource, id)),
        }
    }

    fn has(&self, version: &Version) -> bool {
        let has_stage =
            |stage: &str| self.stages.is_empty() || self.stages.iter().any(|own| own == stage);
        match version {
            Version::Current => has_stage("AWSCURRENT"),
            Version::Stage(stage) => has_stage(stage),
            Version::Id(id) => self.version_id.is_none_or(|own| own == id),
        }
    }
}

/// Whether an ARN, or the part with the name, is what the beginning is without the suffix.
pub(crate) fn completes(whole: &str, beginning: &str) -> bool {
    let rest = whole.strip_prefix(beginning);
    rest.is_some_and(|rest| rest.len() == 7 && suffix_like_an_arn(rest))
}

/// What an answer to something else is.
pub(crate) fn not_asked_for() -> Failure {
    let message =
        "the answer is not one to this request: it names another secret or version, or none";
    Failure::new(Cause::Internal, message)
        .with_hint("try again; if it lasts, check any proxy on the way")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf";
    const PARTIAL: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db";

    fn said() -> Said<'static> {
        Said {
            name: Some("prod/db"),
            arn: Some(ARN),
            version_id: Some("v"),
            stages: &[],
        }
    }

    fn is_of(said: Said<'_>, id: &str) -> bool {
        said.answers(&Request::new(id, Version::Current))
    }

    #[test]
    fn a_secret_is_known_by_each_of_its_ids() {
        for id in ["prod/db", ARN, PARTIAL, "prod/db-AbCdEf"] {
            assert!(is_of(said(), id), "{id}");
        }
        let nameless = Said {
            name: None,
            ..said()
        };
        assert!(is_of(nameless, "prod/db") && is_of(nameless, ARN));
        let only_named = Said {
            arn: None,
            ..said()
        };
        assert!(is_of(only_named, "prod/db") && !is_of(only_named, ARN));
    }

    #[test]
    fn another_secret_is_not_taken_for_it() {
        let shorter = &PARTIAL[..PARTIAL.len() - 3];
        for id in ["prod/d", "prod/db2", "db", shorter] {
            assert!(!is_of(said(), id), "{id}");
        }
        assert!(!is_of(Said::default(), "prod/db"));
    }

    #[test]
    fn another_version_is_not_taken_for_the_pinned_one() {
        let stages = ["AWSPREVIOUS".to_owned()];
        let old = Said {
            stages: &stages,
            ..said()
        };
        let asked = |version| Request::new("prod/db", version);
        let stage = |stage: &str| asked(Version::Stage(stage.to_owned()));
        let id = |id: &str| asked(Version::Id(id.to_owned()));
        assert!(old.answers(&stage("AWSPREVIOUS")) && old.answers(&id("v")));
        assert!(!old.answers(&asked(Version::Current)));
        assert!(!old.answers(&stage("AWSPENDING")) && !old.answers(&id("w")));
    }
}
