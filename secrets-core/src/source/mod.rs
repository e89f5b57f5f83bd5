//! Sources of secrets, and how to write one.
//!
//! A [`Loader`](crate::Loader) queries a chain of sources in order. Each source is a value with its own settings:
//! `SecretsManager`, `ParameterStore`, `Agent`, `Files`, `EnvFiles`, `Dotenv`, [`Env`], [`Memory`] for tests, or your own
//! type that implements [`SecretSource`].

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "aws")]
pub(crate) mod aws;
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
mod registry;
mod request;
mod response;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

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
pub(crate) use registry::{DEFAULT_CHAIN, VARIABLE as SOURCES_VARIABLE, arrange, from_words};
pub(crate) use request::after;
pub use request::{FetchContext, KeyedBy, SecretRequest, VersionSelector};
pub(crate) use response::RawValue;
pub use response::{FetchResult, MissingReason, SecretValue};

/// The future that [`SecretSource::fetch`] returns.
pub type FetchFuture<'a> = Pin<Box<dyn Future<Output = Vec<FetchResult>> + Send + 'a>>;

/// A store of secrets.
///
/// # Contract
///
/// `fetch` returns exactly one result per request, in the order of the requests. The requests are distinct, never empty,
/// and only for fields that earlier sources did not provide. The future may be dropped at any `.await` when the load's
/// deadline passes. Texts in results (in [`SourceError`], [`FetchResult::NotConfigured`]) must not contain a value.
///
/// Fallback is the same for every source and decided by the chain: a source never falls back itself.
///
/// The repository has an example that queries a service, HashiCorp Vault, in `examples/src/vault`.
///
/// ```
/// use std::collections::HashMap;
///
/// use from_secrets::source::{FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource, SecretValue};
/// use from_secrets::{ExposeSecret, SecretString};
///
/// struct Vault(HashMap<String, SecretString>);
///
/// impl SecretSource for Vault {
///     fn name(&self) -> &str {
///         "vault"
///     }
///
///     fn fetch<'a>(&'a self, requests: &'a [SecretRequest], _: FetchContext) -> FetchFuture<'a> {
///         Box::pin(async move {
///             let fetch = |request: &SecretRequest| match self.0.get(request.id()) {
///                 Some(text) => FetchResult::Found(SecretValue::text(text.expose_secret())),
///                 None => FetchResult::Missing(MissingReason::Secret),
///             };
///             requests.iter().map(fetch).collect()
///         })
///     }
/// }
/// ```
pub trait SecretSource: Send + Sync {
    /// Returns the name for reports and errors, such as `aws` or `env`.
    fn name(&self) -> &str;

    /// Returns what the ids of requests are. Defaults to [`KeyedBy::SecretId`].
    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::SecretId
    }

    /// Fetches all requested values. Results that arrive after the deadline are lost, so a source that sends several
    /// requests returns the results that it has by then.
    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], context: FetchContext)
    -> FetchFuture<'a>;

    /// Returns the URL or path that results come from, for reports and errors. Defaults to `None`.
    fn endpoint(&self) -> Option<String> {
        None
    }

    /// Returns whether `fetch` can wait for I/O. If it cannot, the source needs no share of a load's time. Defaults to
    /// `true`.
    fn does_io(&self) -> bool {
        true
    }

    /// Returns how to fix a result without a value. In the text, `{names}` stands for the ids of all requests with the
    /// same hint, and `{s}` for the plural `s` if there are several.
    ///
    /// The default names the source. Errors bring their own hint, see [`SourceError::with_hint`].
    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        let _ = request;
        general_hint(self.name(), result)
    }
}

/// The hint of a source about which only its name is known.
pub(crate) fn general_hint(source: &str, result: &FetchResult<()>) -> Option<String> {
    match result {
        FetchResult::NotConfigured(_) => Some(format!("set up the source `{source}`")),
        FetchResult::Missing(MissingReason::Secret) => Some(format!(
            "create the secret{{s}} {{names}} in the source `{source}`"
        )),
        FetchResult::Missing(MissingReason::Name) => Some(format!(
            "rename {{names}} to what the source `{source}` can store, or add another source to the chain"
        )),
        FetchResult::Missing(MissingReason::Version) => {
            Some("put a value into the secret{s} {names}, or correct the version".to_owned())
        }
        _ => None,
    }
}

/// Shares a source, for example with a test that inspects it later.
impl<S: SecretSource + ?Sized> SecretSource for Arc<S> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn keyed_by(&self) -> KeyedBy {
        (**self).keyed_by()
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        (**self).fetch(requests, context)
    }

    fn endpoint(&self) -> Option<String> {
        (**self).endpoint()
    }

    fn does_io(&self) -> bool {
        (**self).does_io()
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        (**self).hint(request, result)
    }
}

/// A source in the chain of a [`Loader`](crate::Loader), with its settings.
///
/// Every source of this crate converts into it, and every [`SecretSource`]. `Debug` shows the settings and no value.
#[derive(Clone)]
pub struct Source {
    label: Arc<str>,
    role: Role,
    open: Arc<Open>,
}

/// Prepares a source for one load.
type Open = dyn Fn(&OpenContext<'_>) -> Arc<dyn SecretSource> + Send + Sync;

/// What a loader provides to its sources.
pub(crate) struct OpenContext<'a> {
    pub(crate) env: &'a Env,
    #[cfg_attr(
        not(feature = "aws"),
        expect(dead_code, reason = "no source has defaults")
    )]
    pub(crate) defaults: &'a Defaults,
}

/// The place of a source among the others of its chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Secrets,
    /// The loader's environment variables.
    Env,
    /// Variables that the environment overrides, and settings among them.
    EnvFallback,
}

impl Source {
    /// Creates a source that each load opens. The label is its `Debug`.
    pub(crate) fn new<S: SecretSource + 'static>(
        label: impl Into<Arc<str>>,
        role: Role,
        open: impl Fn(&OpenContext<'_>) -> S + Send + Sync + 'static,
    ) -> Self {
        Self {
            label: label.into(),
            role,
            open: Arc::new(move |context| Arc::new(open(context))),
        }
    }

    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Prepares the source for one load.
    pub(crate) fn open(&self, context: &OpenContext<'_>) -> Arc<dyn SecretSource> {
        (self.open)(context)
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
