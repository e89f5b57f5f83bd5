//! Where secrets come from.

#[cfg(feature = "agent")]
mod agent;
mod answer;
#[cfg(feature = "aws")]
pub(crate) mod aws;
#[cfg(any(
    feature = "agent",
    feature = "aws",
    feature = "dotenv",
    feature = "files"
))]
mod blocking_io;
mod chained;
mod chosen;
#[cfg(feature = "dotenv")]
pub(crate) mod dotenv;
mod environment;
#[cfg(feature = "files")]
mod files;
#[cfg(any(feature = "agent", feature = "aws"))]
mod host;
#[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
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
#[cfg(feature = "dotenv")]
pub(crate) use chained::Role;
pub(crate) use chained::Site;
pub use chained::Source;
pub(crate) use chosen::{DEFAULT_CHAIN, VARIABLE as SOURCES_VARIABLE, from_words};
#[cfg(feature = "dotenv")]
pub use dotenv::Dotenv;
pub use environment::Environment;
#[cfg(feature = "files")]
pub use files::Files;
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
