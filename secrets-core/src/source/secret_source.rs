//! The trait of sources.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::request::{FetchContext, KeyedBy, SecretRequest};
use super::response::{FetchResult, MissingReason};

/// Future that [`SecretSource::fetch`] returns.
pub type FetchFuture<'a> = Pin<Box<dyn Future<Output = Vec<FetchResult>> + Send + 'a>>;

/// Future that [`SecretSource::ready`] returns.
pub type ReadyFuture<'a> = Pin<Box<dyn Future<Output = Result<(), FetchResult>> + Send + 'a>>;

/// A source of secrets.
///
/// # Contract
///
/// [`fetch`](Self::fetch) returns exactly one result per request, in the order of the requests. The list of requests is
/// not empty, and its requests are distinct. The load can drop the future at any `.await` when its deadline passes. A
/// secret that does not exist is [`Missing`](FetchResult::Missing), and so is a
/// [version](SecretRequest::version) that the source does not have.
/// Texts in results ([`SourceError`](super::SourceError), [`FetchResult::NotConfigured`]) must not contain a value.
///
/// A source does not fall back to another source; the load does, by the same rules for all sources.
///
/// The feature `testing` has tests for this contract.
///
/// # Examples
///
/// `examples/src/vault` in the repository queries a service, HashiCorp Vault. A minimal source:
///
/// ```
/// use std::collections::HashMap;
///
/// use from_secrets::source::{
///     FetchContext, FetchFuture, FetchResult, MissingReason, SecretRequest, SecretSource,
///     SecretValue, VersionSelector,
/// };
/// use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
///
/// struct Vault(HashMap<String, SecretString>);
///
/// impl SecretSource for Vault {
///     fn name(&self) -> &str {
///         "vault"
///     }
///
///     fn fetch<'a>(
///         &'a self,
///         requests: &'a [SecretRequest],
///         _: FetchContext,
///     ) -> FetchFuture<'a> {
///         Box::pin(async move {
///             let fetch = |request: &SecretRequest| {
///                 let text = self.0.get(request.id());
///                 match (text, request.version()) {
///                     (None, _) => FetchResult::Missing(MissingReason::Secret),
///                     (Some(text), VersionSelector::Current) => {
///                         FetchResult::Found(SecretValue::text(text.expose_secret()))
///                     }
///                     (Some(_), _) => FetchResult::Missing(MissingReason::Version),
///                 }
///             };
///             requests.iter().map(fetch).collect()
///         })
///     }
/// }
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: String,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let vault = Vault(HashMap::from([("API_TOKEN".to_owned(), "a token".into())]));
/// let config: Config = Loader::new().source(vault).load_blocking()?;
/// assert_eq!(config.api_token, "a token");
/// # Ok(())
/// # }
/// ```
pub trait SecretSource: Send + Sync {
    /// Returns the name of the source in reports and errors, such as `aws` or `env`.
    ///
    /// The name is also an attribute of events and a label of metrics, so it must be the same in all processes and must
    /// not contain a value. In events and metrics, it is `other` if it is longer than 64 characters or contains
    /// characters other than ASCII letters, digits, `_`, `.` and `-`.
    fn name(&self) -> &str;

    /// Returns the kind of IDs in requests. Defaults to [`KeyedBy::SecretId`].
    ///
    /// A source that stores environment variables returns [`KeyedBy::EnvVar`], and is queried for the variable of each
    /// field:
    ///
    /// ```
    /// use from_secrets::source::{
    ///     FetchContext, FetchFuture, FetchResult, KeyedBy, SecretRequest, SecretSource, SecretValue,
    /// };
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// /// Returns the names of variables as their values.
    /// struct Echo;
    ///
    /// impl SecretSource for Echo {
    ///     fn name(&self) -> &str {
    ///         "echo"
    ///     }
    ///
    ///     fn keyed_by(&self) -> KeyedBy {
    ///         KeyedBy::EnvVar
    ///     }
    ///
    ///     fn fetch<'a>(
    ///         &'a self,
    ///         requests: &'a [SecretRequest],
    ///         _: FetchContext,
    ///     ) -> FetchFuture<'a> {
    ///         let fetch = |request: &SecretRequest| {
    ///             let name = SecretValue::text(request.id());
    ///             FetchResult::Found(name)
    ///         };
    ///         Box::pin(async move { requests.iter().map(fetch).collect() })
    ///     }
    /// }
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(name = "prod/api", json_key = "token")]
    ///     token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let config: Config = Loader::new().source(Echo).load_blocking()?;
    /// assert_eq!(config.token, "PROD_API_TOKEN");
    /// # Ok(())
    /// # }
    /// ```
    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::SecretId
    }

    /// Fetches all requested values.
    ///
    /// Results after the deadline are lost. A source that sends several requests returns the results that it has by
    /// then.
    fn fetch<'a>(&'a self, requests: &'a [SecretRequest], context: FetchContext)
    -> FetchFuture<'a>;

    /// Checks whether the source can be queried, without requesting a secret. Defaults to `Ok`.
    ///
    /// A load calls it only if it cannot call [`fetch`](Self::fetch), because names contain placeholders without a
    /// value. After `Ok`, the load fails, with an error that names these placeholders. An error is the result of every
    /// request, so after [`FetchResult::NotConfigured`], the next source is queried. It is never called for sources
    /// with [`KeyedBy::EnvVar`], which need no such names.
    ///
    /// Implement it if `fetch` can return [`FetchResult::NotConfigured`]:
    ///
    /// ```
    /// use from_secrets::source::{
    ///     Env, FetchContext, FetchFuture, FetchResult, MissingReason, ReadyFuture, SecretRequest,
    ///     SecretSource,
    /// };
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// /// A source without a token.
    /// struct Vault;
    ///
    /// impl Vault {
    ///     fn token(&self) -> Result<String, FetchResult> {
    ///         Err(FetchResult::NotConfigured("`VAULT_TOKEN` is not set".to_owned()))
    ///     }
    /// }
    ///
    /// impl SecretSource for Vault {
    ///     fn name(&self) -> &str {
    ///         "vault"
    ///     }
    ///
    ///     fn fetch<'a>(
    ///         &'a self,
    ///         requests: &'a [SecretRequest],
    ///         _: FetchContext,
    ///     ) -> FetchFuture<'a> {
    ///         let result = match self.token() {
    ///             Ok(_token) => FetchResult::Missing(MissingReason::Secret),
    ///             Err(result) => result,
    ///         };
    ///         Box::pin(async move { vec![result; requests.len()] })
    ///     }
    ///
    ///     fn ready(&self, _: FetchContext) -> ReadyFuture<'_> {
    ///         Box::pin(async { self.token().map(drop) })
    ///     }
    /// }
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret("{stage}/api/token")]
    ///     token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let env = Env::from_vars([("API_TOKEN", "from the environment")]);
    /// let loader = Loader::new().source(Vault).source(env);
    /// let config: Config = loader.load_blocking()?; // without a value for `stage`
    /// assert_eq!(config.token, "from the environment");
    /// # Ok(())
    /// # }
    /// ```
    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        let _ = context;
        Box::pin(std::future::ready(Ok(())))
    }

    /// Returns the URL or path of the source, for reports and errors. Defaults to `None`.
    fn endpoint(&self) -> Option<String> {
        None
    }

    /// Returns whether `fetch` can wait for I/O. A source without I/O does not get a share of a load's time. Defaults
    /// to `true`.
    fn does_io(&self) -> bool {
        true
    }

    /// Returns the hint for a result without a value, in the imperative. Defaults to a hint with the name of the
    /// source.
    ///
    /// In the hint, `{names}` is replaced with the IDs of all requests with the same hint, and `{s}` with `s` if there
    /// are several. Errors have a hint of their own: [`SourceError::with_hint`](super::SourceError::with_hint).
    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        let _ = request;
        general_hint(self.name(), result)
    }
}

/// Returns the default hint of a source.
pub(crate) fn general_hint(source: &str, result: &FetchResult<()>) -> Option<String> {
    match result {
        FetchResult::NotConfigured(_) => Some(format!("configure the source `{source}`")),
        FetchResult::Missing(MissingReason::Secret) => Some(format!(
            "create the secret{{s}} {{names}} in the source `{source}`"
        )),
        FetchResult::Missing(MissingReason::Name) => Some(format!(
            "rename {{names}} to a name that the source `{source}` can store, or add another source to the chain"
        )),
        FetchResult::Missing(MissingReason::Version) => {
            Some("store a value in the secret{s} {names}, or correct the version".to_owned())
        }
        _ => None,
    }
}

/// Shares a source, for example with a test that inspects it later:
///
/// ```
/// use std::sync::Arc;
///
/// use from_secrets::Loader;
/// use from_secrets::source::{Memory, SecretSource};
///
/// let source: Arc<dyn SecretSource> = Arc::new(Memory::new());
/// let loader = Loader::new().source(Arc::clone(&source));
/// assert_eq!(source.name(), "memory");
/// ```
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

    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        (**self).ready(context)
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
