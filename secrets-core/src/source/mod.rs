//! Where secrets come from.

#[cfg(feature = "agent")]
mod agent;
mod answer;
#[cfg(feature = "aws")]
pub(crate) mod aws;
mod chosen;
#[cfg(feature = "dotenv")]
pub(crate) mod dotenv;
mod environment;
#[cfg(feature = "files")]
mod files;
#[cfg(any(feature = "agent", feature = "aws"))]
mod host;
#[cfg(any(feature = "dotenv", feature = "files"))]
mod local;
mod memory;
#[cfg(any(feature = "agent", feature = "generate", feature = "ssm"))]
pub(crate) mod parameter_name;
#[cfg(any(feature = "agent", feature = "ssm"))]
mod parameter_version;
mod query;
#[cfg(any(feature = "agent", feature = "aws"))]
mod same_secret;
#[cfg(any(feature = "agent", feature = "aws"))]
mod service;
#[cfg(any(feature = "agent", feature = "files"))]
mod wiped;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "agent")]
pub use agent::Agent;
pub(crate) use answer::RawValue;
pub use answer::{Answer, Cause, Failure, Found, Missing};
pub(crate) use chosen::{DEFAULT_CHAIN, VARIABLE as SOURCES_VARIABLE, from_words};
#[cfg(feature = "dotenv")]
pub use dotenv::Dotenv;
pub use environment::Environment;
#[cfg(feature = "files")]
pub use files::Files;
#[cfg(feature = "files")]
pub(crate) use files::VariableFiles;
pub use memory::Memory;
pub(crate) use query::Freshness;
pub use query::{KeyedBy, Query, Request, Version};

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
/// What each answer leads to is the same for every source, and decided by the chain: a source never falls back itself.
///
/// The repository has one that asks a service, HashiCorp Vault, in `examples/src/vault`.
///
/// ```
/// use std::collections::HashMap;
///
/// use from_secrets::{Answer, Answers, Found, Missing, Query, Request, SecretSource};
///
/// #[derive(Debug)]
/// struct Vault(HashMap<String, from_secrets::SecretString>);
///
/// impl SecretSource for Vault {
///     fn name(&self) -> &str {
///         "vault"
///     }
///
///     fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
///         use from_secrets::ExposeSecret;
///         Box::pin(async move {
///             let answer = |request: &Request| match self.0.get(request.id()) {
///                 Some(text) => Answer::Found(Found::text(text.expose_secret())),
///                 None => Answer::Missing(Missing::Secret),
///             };
///             query.requests().iter().map(answer).collect()
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
    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a>;

    /// Where the answers come from, for an error that says who did not answer: a URL, a path.
    fn endpoint(&self) -> Option<String> {
        None
    }
}

/// A source that is shared, as with a test that goes on looking at it.
impl<S: SecretSource + ?Sized> SecretSource for Arc<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn keyed_by(&self) -> KeyedBy {
        (**self).keyed_by()
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        (**self).fetch(query)
    }

    fn endpoint(&self) -> Option<String> {
        (**self).endpoint()
    }
}

/// A source in a chain.
#[derive(Clone, Debug)]
pub struct Source(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    #[cfg(feature = "aws")]
    Aws,
    #[cfg(feature = "ssm")]
    ParameterStore,
    #[cfg(feature = "agent")]
    Agent(Agent),
    #[cfg(feature = "files")]
    Files(Files),
    #[cfg(feature = "files")]
    VariableFiles,
    #[cfg(feature = "dotenv")]
    Dotenv(Dotenv),
    Environment,
    Custom(Arc<dyn SecretSource>),
}

/// A source of one's own is told by its name: whoever derives its `Debug` may show what it holds.
impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(feature = "aws")]
            Self::Aws => f.write_str("Aws"),
            #[cfg(feature = "ssm")]
            Self::ParameterStore => f.write_str("ParameterStore"),
            #[cfg(feature = "agent")]
            Self::Agent(agent) => agent.fmt(f),
            #[cfg(feature = "files")]
            Self::Files(files) => files.fmt(f),
            #[cfg(feature = "files")]
            Self::VariableFiles => f.write_str("VariableFiles"),
            #[cfg(feature = "dotenv")]
            Self::Dotenv(dotenv) => dotenv.fmt(f),
            Self::Environment => f.write_str("Environment"),
            Self::Custom(source) => f.debug_tuple("Custom").field(&source.name()).finish(),
        }
    }
}

impl Source {
    /// Secrets Manager, as the loader is set up for it.
    #[cfg(feature = "aws")]
    pub fn aws() -> Self {
        Self(Kind::Aws)
    }

    /// SSM Parameter Store, with the loader's region and credentials.
    #[cfg(feature = "ssm")]
    pub fn parameter_store() -> Self {
        Self(Kind::ParameterStore)
    }

    /// Secrets Manager through the Secrets Manager Agent or the Lambda extension.
    #[cfg(feature = "agent")]
    pub fn agent() -> Self {
        Agent::secrets_manager().into()
    }

    /// A directory with one file per secret, where Docker, Kubernetes and systemd mount them.
    #[cfg(feature = "files")]
    pub fn files() -> Self {
        Files::mounted().into()
    }

    /// Files that environment variables name: `DB_PASSWORD_FILE` for the variable `DB_PASSWORD`.
    #[cfg(feature = "files")]
    pub fn variable_files() -> Self {
        Self(Kind::VariableFiles)
    }

    /// The file `.env` in the working directory. The environment is asked before it, whether the chain names it or not.
    #[cfg(feature = "dotenv")]
    pub fn dotenv() -> Self {
        Dotenv::new().into()
    }

    /// The environment variables of the process, or the loader's [`environment`](crate::Loader::environment).
    pub fn environment() -> Self {
        Self(Kind::Environment)
    }

    /// Whether fields that are not secrets are read from it too.
    pub(crate) fn holds_settings(&self) -> bool {
        match self.0 {
            #[cfg(feature = "dotenv")]
            Kind::Dotenv(_) => true,
            _ => false,
        }
    }

    /// A source of one's own.
    pub fn custom(source: impl SecretSource + 'static) -> Self {
        Self(Kind::Custom(Arc::new(source)))
    }
}

#[cfg(feature = "agent")]
impl From<Agent> for Source {
    fn from(agent: Agent) -> Self {
        Self(Kind::Agent(agent))
    }
}

#[cfg(feature = "files")]
impl From<Files> for Source {
    fn from(files: Files) -> Self {
        Self(Kind::Files(files))
    }
}

#[cfg(feature = "dotenv")]
impl From<Dotenv> for Source {
    fn from(dotenv: Dotenv) -> Self {
        Self(Kind::Dotenv(dotenv))
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
