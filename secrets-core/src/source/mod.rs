//! Sources of secrets.
//!
//! A [`Loader`](crate::Loader) queries a chain of sources in order. Each source is queried only for fields that earlier
//! sources did not provide.
//!
//! | source | feature | values |
//! |---|---|---|
//! | `SecretsManager` | `aws` | AWS Secrets Manager, through the AWS SDK |
//! | `ParameterStore` | `ssm` | Systems Manager Parameter Store, through the AWS SDK |
//! | `Agent` | `agent` | the Secrets Manager Agent or the Lambda extension, without the AWS SDK |
//! | `Files` | `files` | files that Docker, Kubernetes or systemd mount |
//! | `EnvFiles` | `files` | files whose paths are in environment variables |
//! | `Dotenv` | `dotenv` | a `.env` file |
//! | [`Env`] | | environment variables |
//! | [`Memory`] | | secrets in memory, for tests |
//!
//! Each source is a value with its own settings. A chain can contain several of a kind:
//!
//! ```
//! use from_secrets::source::{Env, Memory};
//! use from_secrets::{FromSecrets, Loader};
//!
//! #[derive(FromSecrets)]
//! struct Config {
//!     api_token: String,
//!     #[secret(env = "API_URL")]
//!     url: String,
//! }
//!
//! # fn main() -> Result<(), from_secrets::Error> {
//! let team = Memory::new().with_secret("URL", "https://team.example");
//! let company = Memory::new()
//!     .with_secret("API_TOKEN", "a token")
//!     .with_secret("URL", "https://example.com");
//! let loader = Loader::new().source(team).source(company).source(Env::new());
//! let config: Config = loader.load_blocking()?;
//! assert_eq!(config.api_token, "a token");
//! assert_eq!(config.url, "https://team.example");
//! # Ok(())
//! # }
//! ```
//!
//! Implement [`SecretSource`] to add a source of your own.

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "aws")]
pub(crate) mod aws;
/// The synchronization of `aws`, which tests of interleavings compile without the SDK.
#[cfg(all(test, shuttle, not(feature = "aws")))]
mod aws {
    mod cache;
    mod entries;
    mod interleavings;
    mod lookup_gate;
    mod outages;
    mod panics;
    mod regional;
    mod slot;
}
#[cfg(any(feature = "agent", feature = "aws", feature = "generate"))]
pub(crate) mod aws_api;
mod defaults;
#[cfg(feature = "dotenv")]
pub(crate) mod dotenv;
mod env;
mod env_source;
mod error;
#[cfg(any(
    feature = "agent",
    feature = "aws",
    feature = "dotenv",
    feature = "files"
))]
mod file_io;
#[cfg(feature = "files")]
mod files;
mod memory;
pub(crate) mod provenance;
mod registry;
mod request;
mod response;
mod secret_source;
mod time_limit;

#[cfg(all(feature = "aws", feature = "cli"))]
use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "agent")]
pub use agent::Agent;
#[cfg(feature = "ssm")]
pub use aws::ParameterStore;
#[cfg(feature = "aws")]
pub use aws::{AwsSource, SecretsManager};
pub(crate) use defaults::Defaults;
#[cfg(feature = "dotenv")]
pub use dotenv::Dotenv;
pub use env::Env;
pub(crate) use env_source::EnvSource;
pub(crate) use error::timed_out;
pub use error::{SourceError, SourceErrorKind};
#[cfg(feature = "files")]
pub use files::{EnvFiles, Files};
pub use memory::Memory;
pub(crate) use provenance::Provenance;
pub(crate) use registry::{VARIABLE as SOURCES_VARIABLE, arrange, default_chain, from_words};
pub(crate) use request::after;
pub use request::{FetchContext, KeyedBy, SecretRequest, VersionSelector};
pub(crate) use response::RawValue;
pub use response::{FetchResult, MissingReason, SecretValue};
#[cfg(any(feature = "agent", feature = "aws", feature = "files"))]
pub(crate) use secret_source::general_hint;
pub use secret_source::{FetchFuture, ReadyFuture, SecretSource};
use time_limit::TimeLimit;

/// A source in the chain of a [`Loader`](crate::Loader), with its settings.
///
/// Every source of this crate and every [`SecretSource`] converts into it. `Debug` output contains settings, but no
/// secret values.
///
/// ```
/// use from_secrets::Loader;
/// use from_secrets::source::{Env, Memory, Source};
///
/// let mut sources: Vec<Source> = vec![Env::new().into()];
/// if cfg!(test) {
///     sources.insert(0, Memory::new().into());
/// }
/// let loader = Loader::new().sources(sources);
/// ```
#[derive(Clone)]
pub struct Source {
    label: Arc<str>,
    role: Role,
    open: Arc<Open>,
    timeout: Option<Duration>,
    /// The settings that it was created from.
    #[cfg(all(feature = "aws", feature = "cli"))]
    settings: Option<Arc<dyn Any + Send + Sync>>,
}

/// Prepares a source for one load.
type Open = dyn Fn(&OpenContext<'_>) -> Arc<dyn SecretSource> + Send + Sync;

/// The settings that a loader provides to its sources.
pub(crate) struct OpenContext<'a> {
    pub(crate) env: &'a Env,
    #[cfg_attr(
        not(feature = "aws"),
        expect(dead_code, reason = "no source has defaults")
    )]
    pub(crate) defaults: &'a Defaults,
}

/// The role of a source in its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Secrets,
    /// The loader's environment variables.
    Env,
    /// Variables that the environment overrides.
    EnvFallback,
}

impl Source {
    /// Creates a source that each load opens. The label is its `Debug` output.
    pub(crate) fn new<S: SecretSource + 'static>(
        label: impl Into<Arc<str>>,
        role: Role,
        open: impl Fn(&OpenContext<'_>) -> S + Send + Sync + 'static,
    ) -> Self {
        Self {
            label: label.into(),
            role,
            open: Arc::new(move |context| Arc::new(open(context))),
            timeout: None,
            #[cfg(all(feature = "aws", feature = "cli"))]
            settings: None,
        }
    }

    /// Sets the timeout of this source, within the timeout of the load. Defaults to the time that the load has left.
    ///
    /// A source that times out is [`Unreachable`](SourceErrorKind::Unreachable).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use from_secrets::Loader;
    /// use from_secrets::source::{Env, Memory, Source, SourceErrorKind};
    ///
    /// let vault = Source::from(Memory::new()).timeout(Duration::from_secs(2));
    /// let loader = Loader::new()
    ///     .source(vault)
    ///     .source(Env::new())
    ///     .fall_back_on([SourceErrorKind::Unreachable]);
    /// ```
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            timeout: Some(timeout),
            ..self
        }
    }

    #[cfg(all(feature = "aws", feature = "cli"))]
    pub(crate) fn with_settings<S: Any + Send + Sync>(self, settings: S) -> Self {
        Self {
            settings: Some(Arc::new(settings)),
            ..self
        }
    }

    /// Returns the settings that it was created from, if they are of this type.
    #[cfg(all(feature = "aws", feature = "cli"))]
    pub(crate) fn settings<S: Any>(&self) -> Option<&S> {
        self.settings.as_ref()?.downcast_ref()
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Prepares the source for one load.
    pub(crate) fn open(&self, context: &OpenContext<'_>) -> Arc<dyn SecretSource> {
        let source = (self.open)(context);
        match self.timeout {
            Some(timeout) => Arc::new(TimeLimit { source, timeout }),
            None => source,
        }
    }
}

impl<S: SecretSource + 'static> From<S> for Source {
    fn from(source: S) -> Self {
        let label = format!("{:?}", source.name());
        let source = Arc::new(source);
        Self::new(label, Role::Secrets, move |_| Arc::clone(&source))
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({})", self.label)
    }
}
