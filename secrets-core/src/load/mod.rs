//! Loading: from a declaration to a struct.

#[cfg(feature = "aws")]
mod aws;
pub(crate) mod blocking;
mod build;
mod chain;
mod consistency;
pub(crate) mod plan;
mod pointers;
pub(crate) mod state;
pub(crate) mod warnings;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::{self, Debug};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::decode::Recording;
use crate::error::{Error, Flaw};
use crate::report::LoadReport;
use crate::source::{
    DEFAULT_CHAIN, Defaults, Env, EnvSource, FetchContext, OpenContext, Role, SOURCES_VARIABLE,
    SecretSource, Source, SourceError, SourceErrorKind, arrange, from_words,
};
use crate::spec::Spec;
pub use build::{Decoded, Values};
use chain::Chain;
use plan::Plan;
use state::LoadState;

/// A struct that is loaded from secrets. Derive it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `FromSecrets`",
    label = "not a struct with `#[derive(FromSecrets)]`",
    note = "add `#[derive(FromSecrets)]` to a struct of your own; to load the field as one value, remove `flatten`"
)]
pub trait FromSecrets: Sized {
    /// The declaration.
    const SPEC: &'static Spec;

    /// Builds the struct from its values; `None` when some of them are missing or failed.
    #[doc(hidden)]
    fn from_values(values: &mut Values<'_>) -> Option<Self>;

    /// Returns the `Debug` of `#[secrets(debug)]`, which shows no secret, if the struct has it.
    #[doc(hidden)]
    fn as_debug(&self) -> Option<&dyn Debug> {
        None
    }

    /// Loads the struct with the default loader: from Secrets Manager, or the first other source that is compiled in
    /// ([`Loader::sources`]), and from the environment what is not there.
    ///
    /// # Errors
    ///
    /// Returns an error with all fields that failed: if no source has a required field, a source fails, or a value does
    /// not fit its field.
    fn load() -> impl Future<Output = Result<Self, Error>> + Send {
        const { Self::SPEC.assert_no_well_known_variable() }
        async { Loader::new().load_boxed().await.map(|loaded| *loaded) }
    }

    /// Loads the struct without `async`: from a plain `main`, or within a runtime, whose thread it blocks.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load), and when the thread that it runs on cannot be started.
    fn load_blocking() -> Result<Self, Error>
    where
        Self: Send,
    {
        const { Self::SPEC.assert_no_well_known_variable() }
        Loader::new().load_blocking()
    }
}

/// Loads structs with settings: sources, placeholders, timeout and fallback.
///
/// ```
/// use std::time::Duration;
/// use from_secrets::source::Env;
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("{stage}/api/token")]
///     token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let loader = Loader::new()
///     .placeholder("stage", "test")
///     .source(Env::new())
///     .env(Env::from_vars([("API_TOKEN", "only for this example")]))
///     .timeout(Duration::from_secs(3));
/// let config: Config = loader.load_blocking()?;
/// # let _ = config.token;
/// # Ok(())
/// # }
/// ```
///
/// Clones share the underlying clients and their state (for example, that batch calls are denied).
#[derive(Clone)]
#[must_use = "a loader does nothing until it loads"]
pub struct Loader {
    sources: Option<Vec<Source>>,
    placeholders: Vec<(String, String)>,
    env: Env,
    fall_back_on: Vec<SourceErrorKind>,
    timeout: Duration,
    /// Settings of sources that have none of their own.
    defaults: Defaults,
}

/// Returns the default timeout of a load. Lambda ends a function's initialization after 10
/// seconds without a word, so a load must give up before that for its error to be seen.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>
fn default_timeout() -> Duration {
    Duration::from_secs(if is_lambda() { 8 } else { 10 })
}

/// Returns whether this process is a Lambda function.
pub(crate) fn is_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some_and(|name| !name.is_empty())
}

impl Loader {
    /// A loader with the default [`sources`](Self::sources).
    pub fn new() -> Self {
        Self {
            sources: None,
            placeholders: Vec::new(),
            env: Env::new(),
            fall_back_on: Vec::new(),
            timeout: default_timeout(),
            defaults: Defaults::default(),
        }
    }

    /// Adds a source to the end of the chain. The first one replaces the default chain and `FROM_SECRETS_SOURCES`.
    ///
    /// ```
    /// # #[cfg(feature = "aws")]
    /// # {
    /// use from_secrets::Loader;
    /// use from_secrets::source::{Env, SecretsManager};
    ///
    /// let loader = Loader::new().source(Env::new()).source(SecretsManager::new().region("eu-central-1"));
    /// # }
    /// ```
    pub fn source(mut self, source: impl Into<Source>) -> Self {
        self.sources.get_or_insert_default().push(source.into());
        self
    }

    /// Sets all sources, in the order in which they are queried.
    ///
    /// The default chain is the first that is compiled in of Secrets Manager, the agent and mounted files; then the
    /// environment.
    pub fn sources<S: Into<Source>>(self, sources: impl IntoIterator<Item = S>) -> Self {
        Self {
            sources: Some(sources.into_iter().map(Into::into).collect()),
            ..self
        }
    }

    /// Sets the value of a `{name}` placeholder in names. Without one, the environment variable of exactly that name is
    /// used.
    pub fn placeholder(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.placeholders.push((name.into(), value.into()));
        self
    }

    /// Replaces the process's environment variables: for fields, placeholders and `FROM_SECRETS_SOURCES`. The AWS SDK
    /// continues to read the process's variables.
    pub fn env(self, env: Env) -> Self {
        Self { env, ..self }
    }

    /// How long the whole load may take; by default 10 seconds, and 8 on Lambda, which ends an initialization after
    /// 10 without a word. What is open then is an error.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Lets a failure of these causes lead to the next source, as a missing secret does. Each use is logged as a
    /// warning. Without this a failure is an error, so that an outage or a lost permission is never hidden by an old
    /// value in the environment.
    pub fn fall_back_on(mut self, causes: impl IntoIterator<Item = SourceErrorKind>) -> Self {
        self.fall_back_on.extend(causes);
        self
    }

    /// Loads a struct.
    ///
    /// # Errors
    ///
    /// When a required field is nowhere, a source fails, or a value is not what its field needs: all of them at once.
    ///
    /// # Panics
    ///
    /// Within a Tokio runtime that was built without its timers (`enable_time`).
    pub async fn load<T: FromSecrets>(&self) -> Result<T, Error> {
        self.load_boxed().await.map(|loaded| *loaded)
    }

    /// Loads a struct, and returns which source provided each field.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    ///
    /// # Panics
    ///
    /// As for [`load`](Self::load).
    pub async fn load_with_report<T: FromSecrets>(&self) -> Result<(T, LoadReport), Error> {
        let (loaded, report) = self.load_boxed_with_report().await?;
        Ok((*loaded, report))
    }

    /// Loads a struct into a box. A struct can be larger than a thread's stack bears copies of.
    pub(crate) async fn load_boxed<T: FromSecrets>(&self) -> Result<Box<T>, Error> {
        self.load_boxed_with_report()
            .await
            .map(|(loaded, _)| loaded)
    }

    /// Loads a struct into a box, and returns which source provided what.
    pub(crate) async fn load_boxed_with_report<T: FromSecrets>(
        &self,
    ) -> Result<(Box<T>, LoadReport), Error> {
        self.load_within(self.context()).await
    }

    /// Loads a struct past the caches of its sources.
    #[cfg(feature = "live")]
    pub(crate) async fn reload<T: FromSecrets>(&self) -> Result<(Box<T>, LoadReport), Error> {
        self.load_within(self.context().bypass_cache()).await
    }

    /// Returns the limits of a load that starts now.
    pub(crate) fn context(&self) -> FetchContext {
        FetchContext::new(self.timeout)
    }

    async fn load_within<T: FromSecrets>(
        &self,
        context: FetchContext,
    ) -> Result<(Box<T>, LoadReport), Error> {
        let (plan, state, loaded) = self.fetch(context, Recording::default()).await?;
        let report = state.into_report(&plan);
        match loaded {
            Some(loaded) => {
                warnings::log(T::SPEC.name(), &report);
                Ok((loaded, report))
            }
            None => Err(Error::fields_of(T::SPEC.name(), report)),
        }
    }

    /// Fetches and decodes all values, and builds the struct if none failed. Records the accepted form of each value if
    /// requested.
    async fn fetch<T: FromSecrets>(
        &self,
        context: FetchContext,
        recording: Recording,
    ) -> Result<(Plan, LoadState, Option<Box<T>>), Error> {
        let subject = T::SPEC.name();
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::runtime(
                subject,
                "there is no Tokio runtime here; call `load_blocking`, or `load` within one",
            ));
        }
        let chain = self
            .chain(context)
            .map_err(|message| Error::declaration(subject, vec![flaw(message)]))?;
        let plan = self.plan::<T>()?;
        let mut state = LoadState::new(&plan);
        state.recording = recording;
        loop {
            chain.fetch(&plan, &mut state).await;
            let loaded = T::from_values(&mut Values::new(&plan, &mut state)).map(Box::new);
            if loaded.is_some() || !chain.reopen_rejected(&plan, &mut state) {
                return Ok((plan, state, loaded));
            }
        }
    }

    /// Fetches and decodes all values, and returns them in the forms in which the field's types accepted them.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(crate) async fn fetch_recorded<T: FromSecrets>(&self) -> Result<(Plan, LoadState), Error> {
        let (plan, state, loaded) = self.fetch::<T>(self.context(), Recording::On).await?;
        if loaded.is_some() {
            return Ok((plan, state));
        }
        Err(Error::fields_of(T::SPEC.name(), state.into_report(&plan)))
    }

    /// Fetches and decodes all values, whether or not a struct results.
    #[cfg(feature = "cli")]
    pub(crate) async fn fetch_values<T: FromSecrets>(&self) -> Result<(Plan, LoadState), Error> {
        let fetched = self.fetch::<T>(self.context(), Recording::Off).await;
        fetched.map(|(plan, state, _)| (plan, state))
    }

    /// Loads a struct without `async`: from a plain `main`, or from within a runtime of either flavour, whose thread
    /// it blocks. A client of your own (`Loader::client`) that has open connections on that very runtime can then not
    /// be used: they wait for the thread that waits for them, until the deadline.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load), and when the thread that it runs on cannot be started.
    pub fn load_blocking<T: FromSecrets + Send>(&self) -> Result<T, Error> {
        crate::load::blocking::run(T::SPEC.name(), self.load_boxed()).map(|loaded| *loaded)
    }

    /// Returns the timeout of a load.
    #[cfg(feature = "live")]
    pub(crate) fn longest(&self) -> Duration {
        self.timeout
    }

    /// Returns the placeholders that were set, without those from environment variables.
    #[cfg(feature = "cli")]
    pub(crate) fn placeholders(&self) -> &[(String, String)] {
        &self.placeholders
    }

    /// Returns the environment variables of this loader.
    #[cfg(all(feature = "cli", feature = "aws"))]
    pub(crate) fn variables(&self) -> &Env {
        &self.env
    }

    pub(crate) fn plan<T: FromSecrets>(&self) -> Result<Plan, Error> {
        // The last value of a placeholder wins.
        let set = |name: &str| self.placeholders.iter().rfind(|(known, _)| known == name);
        let unreadable = RefCell::new(BTreeSet::new());
        let placeholder = |name: &str| match set(name) {
            Some((_, value)) => Some(value.clone()),
            None => match self.env.text(name) {
                Ok(text) => text.map(|text| text.to_string()),
                Err(error) => {
                    unreadable.borrow_mut().insert(with_hint(&error));
                    None
                }
            },
        };
        Plan::new(T::SPEC, &placeholder).map_err(|mut flaws| {
            flaws.extend(unreadable.take().into_iter().map(flaw));
            Error::declaration(T::SPEC.name(), flaws)
        })
    }

    fn default_sources(&self) -> Result<Vec<Source>, String> {
        let names = self.env.text(SOURCES_VARIABLE);
        match names.map_err(|error| with_hint(&error))? {
            Some(names) => {
                from_words(&names).map_err(|error| format!("{SOURCES_VARIABLE}: {error}"))
            }
            None => from_words(DEFAULT_CHAIN),
        }
    }

    fn chain(&self, context: FetchContext) -> Result<Chain, String> {
        let sources = match &self.sources {
            Some(sources) => sources.clone(),
            None => self.default_sources()?,
        };
        let mut settings: Vec<Arc<dyn SecretSource>> = vec![Arc::new(EnvSource(self.env.clone()))];
        let open_context = OpenContext {
            env: &self.env,
            defaults: &self.defaults,
        };
        let mut opened = Vec::with_capacity(sources.len());
        for source in arrange(sources) {
            let open = source.open(&open_context);
            settings.extend((source.role() == Role::EnvFallback).then(|| Arc::clone(&open)));
            opened.push(open);
        }
        Ok(Chain {
            sources: opened,
            settings,
            fall_back_on: self.fall_back_on.clone(),
            context,
        })
    }
}

/// A flaw of the settings rather than of a field.
fn flaw(message: String) -> Flaw {
    Flaw {
        path: String::new(),
        message,
    }
}

/// Formats the error of a setting with its hint.
fn with_hint(error: &SourceError) -> String {
    match error.hint() {
        Some(hint) => format!("{}; {hint}", error.message()),
        None => error.message().to_owned(),
    }
}

/// Shows the names of placeholders without their values, which could be secret by mistake.
impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let placeholders: Vec<&String> = self.placeholders.iter().map(|(name, _)| name).collect();
        f.debug_struct("Loader")
            .field("sources", &self.sources)
            .field("placeholders", &placeholders)
            .field("env", &self.env)
            .field("fall_back_on", &self.fall_back_on)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl Default for Loader {
    fn default() -> Self {
        Self::new()
    }
}
