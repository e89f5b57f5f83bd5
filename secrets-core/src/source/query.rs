//! What a source is asked.

#[cfg(feature = "aws")]
use std::borrow::Cow;
use std::fmt;

use tokio::time::Instant;

#[cfg(feature = "aws")]
use super::{Answer, Missing};

/// What a source is asked: the requests, and by when and how fresh the answers are needed.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    requests: &'a [Request],
    deadline: Instant,
    freshness: Freshness,
}

/// Whether an answer may come out of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// As it is there: a program starts.
    Any,
    /// As the source itself has it now: a struct is refreshed.
    #[cfg(feature = "live")]
    Fresh,
}

impl<'a> Query<'a> {
    /// A query of these requests, whose answers may come out of a cache.
    pub fn new(requests: &'a [Request], deadline: Instant) -> Self {
        Self {
            requests,
            deadline,
            freshness: Freshness::Any,
        }
    }

    pub(crate) fn with_freshness(self, freshness: Freshness) -> Self {
        Self { freshness, ..self }
    }

    /// What is asked for, each thing once.
    pub fn requests(&self) -> &'a [Request] {
        self.requests
    }

    /// When the load gives up.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns whether caches must be bypassed, for example for a refresh of a [`Live`](crate::Live) struct.
    pub fn must_be_fresh(&self) -> bool {
        self.freshness != Freshness::Any
    }
}

/// What a source's requests name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyedBy {
    /// Secrets, each asked for once, whatever fields it fills; JSON keys are taken from the answer.
    Secret,
    /// Environment variables, one for a field.
    Variable,
}

/// One thing that a source is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    id: String,
    version: Version,
    json_keys: Vec<String>,
    names_parameter: bool,
}

impl Request {
    /// A request for a whole secret.
    pub(crate) fn new(id: impl Into<String>, version: Version) -> Self {
        Self {
            id: id.into(),
            version,
            json_keys: Vec::new(),
            names_parameter: false,
        }
    }

    /// Marks the id as that of a parameter of Parameter Store.
    pub(crate) fn of_parameter(self) -> Self {
        Self {
            names_parameter: true,
            ..self
        }
    }

    pub(crate) fn variable(name: &str) -> Self {
        Self::new(name, Version::Current)
    }

    /// Whether both are answered by one answer.
    pub(crate) fn is_same_secret(&self, other: &Self) -> bool {
        (&self.id, &self.version) == (&other.id, &other.version)
            && self.names_parameter == other.names_parameter
    }

    /// Says that a field takes this key of the secret.
    pub(crate) fn add_json_key(&mut self, key: &str) {
        if !self.json_keys.iter().any(|known| known == key) {
            self.json_keys.push(key.to_owned());
        }
    }

    /// The secret's name or ARN; the variable's name where the source is keyed by variables.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns whether the id can only be that of a parameter of Parameter Store, because the declaration names a
    /// parameter's ARN or CloudFormation's `{{resolve:ssm:…}}`. A source of secrets that cannot store parameters responds
    /// with [`Missing::Name`](crate::Missing::Name).
    pub fn names_parameter(&self) -> bool {
        self.names_parameter
    }

    /// The version of the secret.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// The keys of the JSON secret that fields take, with a leading `/` where they are JSON pointers. Whoever has the
    /// secret as JSON answers with all of it; a source that keeps each key as a thing of its own puts them together
    /// to an object. Empty where the secret is taken whole.
    pub fn json_keys(&self) -> &[String] {
        &self.json_keys
    }
}

/// The requests without those that only Parameter Store could answer.
#[cfg(feature = "aws")]
pub(crate) fn secrets_of(requests: &[Request]) -> Cow<'_, [Request]> {
    if !requests.iter().any(Request::names_parameter) {
        return Cow::Borrowed(requests);
    }
    let secrets = requests.iter().filter(|request| !request.names_parameter());
    Cow::Owned(secrets.cloned().collect())
}

/// The answers to all requests, given those to [`secrets_of`] them.
#[cfg(feature = "aws")]
pub(crate) fn with_parameters_missing(requests: &[Request], answers: Vec<Answer>) -> Vec<Answer> {
    if answers.len() == requests.len() {
        return answers;
    }
    let mut answers = answers.into_iter();
    let answer = |request: &Request| {
        let answer = (!request.names_parameter()).then(|| answers.next());
        answer.flatten().unwrap_or(Answer::Missing(Missing::Name))
    };
    requests.iter().map(answer).collect()
}

/// Which version of a secret is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Version {
    /// Not pinned: the one with the stage `AWSCURRENT`.
    Current,
    /// The one with this stage.
    Stage(String),
    /// The one with this id.
    Id(String),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Current => f.write_str("AWSCURRENT"),
            Self::Stage(stage) => f.write_str(stage),
            Self::Id(id) => f.write_str(id),
        }
    }
}
