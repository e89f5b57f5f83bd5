//! The settings of a loader.

use std::time::Duration;

use super::{Loader, is_lambda};
use crate::source::{Defaults, Env, Source, SourceErrorKind};

/// Returns the default timeout of a load. Lambda ends the initialization of a function after 10 seconds without an
/// error message, so a load must fail before that.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>
fn default_timeout() -> Duration {
    Duration::from_secs(if is_lambda() { 8 } else { 10 })
}

impl Loader {
    /// Returns a loader with the default [`sources`](Self::sources).
    pub fn new() -> Self {
        Self {
            sources: None,
            registered: Vec::new(),
            placeholders: Vec::new(),
            env: Env::new(),
            fall_back_on: Vec::new(),
            timeout: default_timeout(),
            defaults: Defaults::default(),
        }
    }

    /// Adds a source to the end of the chain. The first one replaces the default chain and `FROM_SECRETS_SOURCES`.
    ///
    /// Sources are queried in order, each only for the fields that earlier sources did not provide.
    ///
    /// ```
    /// # #[cfg(feature = "aws")]
    /// # {
    /// use from_secrets::Loader;
    /// use from_secrets::source::{Env, SecretsManager};
    ///
    /// let secrets_manager = SecretsManager::new().region("eu-central-1");
    /// let loader = Loader::new().source(Env::new()).source(secrets_manager);
    /// # }
    /// ```
    pub fn source(mut self, source: impl Into<Source>) -> Self {
        self.sources.get_or_insert_default().push(source.into());
        self
    }

    /// Sets all sources, in the order in which they are queried.
    ///
    /// The default chain consists of two sources. The first is Secrets Manager, the agent or mounted files, depending
    /// on the enabled features. The second is the environment.
    ///
    /// ```
    /// use from_secrets::source::{Env, Memory, Source};
    /// use from_secrets::Loader;
    ///
    /// let is_test = true;
    /// let sources: Vec<Source> = if is_test {
    ///     vec![Memory::new().with_secret("API_TOKEN", "for tests").into()]
    /// } else {
    ///     vec![Env::new().into()]
    /// };
    /// let loader = Loader::new().sources(sources);
    /// ```
    pub fn sources<S: Into<Source>>(self, sources: impl IntoIterator<Item = S>) -> Self {
        Self {
            sources: Some(sources.into_iter().map(Into::into).collect()),
            ..self
        }
    }

    /// Registers a source under a name, for `FROM_SECRETS_SOURCES` and the option `--source` of the command line.
    ///
    /// The chain does not change until one of them contains the name. A registered source takes precedence over the
    /// source of this crate with the same name, so that `register("aws", …)` sets the settings of `aws`, also in the
    /// default chain. The name consists of ASCII letters, digits, `-`, `_` and `.`; with another name, every load that
    /// uses the variable or the default chain fails.
    ///
    /// ```
    /// use from_secrets::source::{Env, Memory};
    /// use from_secrets::{FromSecrets, Loader};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let vault = Memory::new().with_secret("API_TOKEN", "for tests"); // a custom source
    /// let loader = Loader::new().register("vault", vault);
    /// # let loader = loader.env(Env::from_vars([("FROM_SECRETS_SOURCES", "vault,env")]));
    /// // With FROM_SECRETS_SOURCES=vault,env
    /// let config: Config = loader.load_blocking()?;
    /// assert_eq!(config.api_token, "for tests");
    /// # Ok(())
    /// # }
    /// ```
    pub fn register(mut self, name: impl Into<String>, source: impl Into<Source>) -> Self {
        self.registered.push((name.into(), source.into()));
        self
    }

    /// Sets the value of a `{name}` placeholder in secret names.
    ///
    /// Defaults to the environment variable of that name, or else to that variable in a `.env` file in the chain.
    ///
    /// Without a value, the load fails if a source that needs the name would be queried, before it requests a secret.
    /// Environment variables and sources that are not configured do not need the name. A value that is not valid always
    /// fails the load.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret("{stage}/api/token")]
    ///     token: String,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let secrets = Memory::new().with_secret("prod/api/token", "for tests");
    /// let config: Config = Loader::new()
    ///     .source(secrets)
    ///     .placeholder("stage", "prod")
    ///     .load_blocking()?;
    /// assert_eq!(config.token, "for tests");
    /// # Ok(())
    /// # }
    /// ```
    pub fn placeholder(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.placeholders.push((name.into(), value.into()));
        self
    }

    /// Replaces the process's environment variables for fields, placeholders and `FROM_SECRETS_SOURCES`.
    ///
    /// The AWS SDK continues to read the process's variables.
    ///
    /// ```
    /// # use from_secrets::source::{Env, Memory};
    /// # use from_secrets::{FromSecrets, Loader};
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(env_only)]
    ///     port: u16,
    /// }
    ///
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let loader = Loader::new().env(Env::from_vars([("PORT", "8080")]));
    /// # let loader = loader.source(Memory::new());
    /// let config: Config = loader.load_blocking()?;
    /// assert_eq!(config.port, 8080);
    /// # Ok(())
    /// # }
    /// ```
    pub fn env(self, env: Env) -> Self {
        Self { env, ..self }
    }

    /// Sets the timeout of a load, including all retries. Defaults to 10 seconds, and to 8 seconds on Lambda.
    ///
    /// Lambda ends the initialization of a function after 10 seconds. A field without a value at the deadline is an
    /// error.
    ///
    /// ```
    /// use std::time::Duration;
    /// use from_secrets::Loader;
    ///
    /// let loader = Loader::new().timeout(Duration::from_secs(3));
    /// ```
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets the kinds of errors after which the next source is queried, as after a missing secret.
    ///
    /// Each fallback is logged as a warning. By default, every error of a source fails the load, so that an old value
    /// in the environment never hides an outage or a missing permission.
    ///
    /// ```
    /// # use from_secrets::source::{Env, Memory, SourceErrorKind};
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let loader = Loader::new()
    ///     .source(Memory::new().with_outage(SourceErrorKind::Unreachable))
    ///     .source(Env::from_vars([("API_TOKEN", "for tests")]))
    ///     .fall_back_on([SourceErrorKind::Unreachable]);
    /// let config: Config = loader.load_blocking()?;
    /// assert_eq!(config.api_token, "for tests");
    /// # Ok(())
    /// # }
    /// ```
    pub fn fall_back_on(mut self, kinds: impl IntoIterator<Item = SourceErrorKind>) -> Self {
        self.fall_back_on.extend(kinds);
        self
    }
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}
