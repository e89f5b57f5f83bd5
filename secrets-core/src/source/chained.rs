//! A source as a chain names it, before a load sets it up.

use std::fmt;
use std::sync::Arc;
#[cfg(any(feature = "agent", feature = "aws"))]
use std::time::Duration;

#[cfg(feature = "aws")]
use super::aws::Settings;
use super::{Environment, Memory, SecretSource};

/// A source in a chain.
///
/// `Debug` tells which it is, and nothing of what it holds.
#[derive(Clone)]
pub struct Source {
    told: Arc<str>,
    role: Role,
    open: Arc<Open>,
}

/// How a load sets a source up.
type Open = dyn Fn(&Site<'_>) -> Arc<dyn SecretSource> + Send + Sync;

/// What a loader says that its sources need.
pub(crate) struct Site<'a> {
    pub(crate) environment: &'a Environment,
    /// How long the load may take.
    #[cfg(any(feature = "agent", feature = "aws"))]
    pub(crate) timeout: Duration,
    #[cfg(feature = "aws")]
    pub(crate) aws: &'a Arc<Settings>,
}

/// What a source is to the others of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It holds secrets.
    Secrets,
    /// It is the loader's environment.
    Environment,
    /// It holds variables that stand behind those of the environment, and settings with them.
    #[cfg(feature = "dotenv")]
    MoreVariables,
}

impl Source {
    /// A source of secrets, set up by each load. The text is its `Debug`.
    pub(crate) fn new<S: SecretSource + 'static>(
        told: impl Into<Arc<str>>,
        open: impl Fn(&Site<'_>) -> S + Send + Sync + 'static,
    ) -> Self {
        Self {
            told: told.into(),
            role: Role::Secrets,
            open: Arc::new(move |site| Arc::new(open(site))),
        }
    }

    #[cfg(feature = "dotenv")]
    pub(crate) fn with_role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    #[cfg(feature = "dotenv")]
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Whether fields that are not secrets are read from it too.
    pub(crate) fn holds_settings(&self) -> bool {
        match self.role {
            Role::Secrets | Role::Environment => false,
            #[cfg(feature = "dotenv")]
            Role::MoreVariables => true,
        }
    }

    /// Sets the source up for a load.
    pub(crate) fn open(&self, site: &Site<'_>) -> Arc<dyn SecretSource> {
        (self.open)(site)
    }

    /// The environment variables of the process, or the loader's [`environment`](crate::Loader::environment).
    pub fn environment() -> Self {
        Self {
            role: Role::Environment,
            ..Self::new("Environment", |site| site.environment.clone())
        }
    }

    /// A source of one's own.
    pub fn custom(source: impl SecretSource + 'static) -> Self {
        // By its name: whoever derives its `Debug` may show what it holds.
        let told = format!("Custom({:?})", source.name());
        let source = Arc::new(source);
        Self::new(told, move |_| Arc::clone(&source))
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

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.told)
    }
}
