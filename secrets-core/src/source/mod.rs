//! Where secrets come from.

mod answer;
#[cfg(feature = "aws")]
pub(crate) mod aws;
mod chosen;
mod environment;
mod memory;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Instant;

pub(crate) use answer::RawValue;
pub use answer::{Answer, Cause, Failure, Found, Missing};
pub(crate) use chosen::{DEFAULT_CHAIN, VARIABLE as SOURCES_VARIABLE, from_words};
pub use environment::Environment;
pub use memory::Memory;

/// The answers to a list of requests, to come.
pub type Answers<'a> = Pin<Box<dyn Future<Output = Vec<Answer>> + Send + 'a>>;

/// A place that holds secrets.
///
/// # Contract
///
/// `fetch` gives one answer for each request, in the order of the requests. It is asked only for what no earlier
/// source has answered, each thing once, and never for nothing. It may be dropped at any `.await` when the load's
/// deadline passes. What it says (in [`Failure`], [`Answer::NotConfigured`], its `Debug`) holds no value.
///
/// ```
/// use std::collections::HashMap;
///
/// use from_secrets::{Answer, Answers, Found, Missing, Request, SecretSource};
/// use tokio::time::Instant;
///
/// #[derive(Debug)]
/// struct Vault(HashMap<String, from_secrets::SecretString>);
///
/// impl SecretSource for Vault {
///     fn name(&self) -> &str {
///         "vault"
///     }
///
///     fn fetch<'a>(&'a self, requests: &'a [Request], _deadline: Instant) -> Answers<'a> {
///         use from_secrets::ExposeSecret;
///         Box::pin(async move {
///             let answer = |request: &Request| match self.0.get(request.id()) {
///                 Some(text) => Answer::Found(Found::text(text.expose_secret())),
///                 None => Answer::Missing(Missing::Secret),
///             };
///             requests.iter().map(answer).collect()
///         })
///     }
/// }
/// ```
pub trait SecretSource: fmt::Debug + Send + Sync {
    /// The name in reports and errors, as `aws` or `env`.
    fn name(&self) -> &str;

    /// What the requests name.
    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::Secret
    }

    /// Asks for all of the requests. Answers that come after the deadline are lost, so a source that asks several
    /// times gives what it has by then.
    fn fetch<'a>(&'a self, requests: &'a [Request], deadline: Instant) -> Answers<'a>;

    /// Where the answers come from, for an error that says who did not answer: a URL, a path.
    fn endpoint(&self) -> Option<String> {
        None
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
    pub(crate) id: String,
    pub(crate) version: Version,
}

impl Request {
    pub(crate) fn variable(name: &str) -> Self {
        Self {
            id: name.to_owned(),
            version: Version::Current,
        }
    }

    /// The secret's name or ARN; the variable's name where the source is keyed by variables.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version of the secret.
    pub fn version(&self) -> &Version {
        &self.version
    }
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

/// A source in a chain.
#[derive(Clone, Debug)]
pub struct Source(pub(crate) Kind);

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    #[cfg(feature = "aws")]
    Aws,
    Environment,
    Custom(Arc<dyn SecretSource>),
}

impl Source {
    /// Secrets Manager, as the loader is set up for it.
    #[cfg(feature = "aws")]
    pub fn aws() -> Self {
        Self(Kind::Aws)
    }

    /// The environment variables of the process, or the loader's [`environment`](crate::Loader::environment).
    pub fn environment() -> Self {
        Self(Kind::Environment)
    }

    /// A source of one's own.
    pub fn custom(source: impl SecretSource + 'static) -> Self {
        Self(Kind::Custom(Arc::new(source)))
    }
}

impl From<Environment> for Source {
    fn from(environment: Environment) -> Self {
        Self::custom(environment)
    }
}

impl From<Memory> for Source {
    fn from(memory: Memory) -> Self {
        Self::custom(memory)
    }
}
