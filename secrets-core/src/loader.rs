//! The one place that puts a load together.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::chain::Chain;
use crate::clock::after;
use crate::decode::Recording;
use crate::plan::{Flaw, Plan};
use crate::progress::Progress;
use crate::source::{
    Cause, DEFAULT_CHAIN, Environment, Failure, Freshness, SOURCES_VARIABLE, SecretSource, Site,
    Source, from_words,
};
use crate::{Error, FromSecrets, Report, values, warnings};

#[cfg(all(feature = "cli", feature = "aws"))]
use crate::source::aws::Aws;
#[cfg(feature = "aws")]
use crate::source::aws::Settings;
#[cfg(feature = "dotenv")]
use crate::source::dotenv;

/// Loads structs, with more said than [`FromSecrets::load`] needs.
///
/// ```
/// use std::time::Duration;
/// use from_secrets::{Environment, FromSecrets, Loader, SecretString, Source};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("{stage}/api/token")]
///     token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let loader = Loader::new()
///     .parameter("stage", "test")
///     .sources([Source::environment()])
///     .environment(Environment::from_vars([("API_TOKEN", "only for this example")]))
///     .timeout(Duration::from_secs(3));
/// let config: Config = loader.load_blocking()?;
/// # let _ = config.token;
/// # Ok(())
/// # }
/// ```
///
/// A clone shares the client and what it has learned, as that batches are denied.
#[derive(Clone)]
#[must_use = "a loader does nothing until it loads"]
pub struct Loader {
    sources: Option<Vec<Source>>,
    parameters: Vec<(String, String)>,
    environment: Environment,
    fall_back_on: Vec<Cause>,
    timeout: Duration,
    #[cfg(feature = "aws")]
    pub(crate) aws: Arc<Settings>,
}

/// How long a whole load may take where nobody says otherwise. Lambda ends a function's initialization after 10
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
            parameters: Vec::new(),
            environment: Environment::process(),
            fall_back_on: Vec::new(),
            timeout: default_timeout(),
            #[cfg(feature = "aws")]
            aws: Arc::default(),
        }
    }

    /// The sources, in the order in which they are asked. Wins over `FROM_SECRETS_SOURCES`. By default, the first that is
    /// compiled in of Secrets Manager, the agent and mounted files; then the environment.
    pub fn sources<S: Into<Source>>(self, sources: impl IntoIterator<Item = S>) -> Self {
        Self {
            sources: Some(sources.into_iter().map(Into::into).collect()),
            ..self
        }
    }

    /// A value for `{name}` in names. Without one, the environment variable of exactly that name is read.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Reads these variables in place of the process's own: for fields, parameters and `FROM_SECRETS_SOURCES`.
    /// The AWS SDK goes on reading the process's.
    pub fn environment(self, environment: Environment) -> Self {
        Self {
            environment,
            ..self
        }
    }

    /// How long the whole load may take; by default 10 seconds, and 8 on Lambda, which ends an initialization after
    /// 10 without a word. What is open then is an error.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Lets a failure of these causes lead to the next source, as a missing secret does. Each use is logged as a
    /// warning. Without this a failure is an error, so that an outage or a lost permission is never hidden by an old
    /// value in the environment.
    pub fn fall_back_on(mut self, causes: impl IntoIterator<Item = Cause>) -> Self {
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

    /// Loads a struct, and tells which source answered what.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load).
    ///
    /// # Panics
    ///
    /// As for [`load`](Self::load).
    pub async fn load_with_report<T: FromSecrets>(&self) -> Result<(T, Report), Error> {
        let (loaded, report) = self.load_as(Freshness::Any).await?;
        Ok((*loaded, report))
    }

    /// Loads a struct into a box. A struct can be larger than a thread's stack bears copies of.
    pub(crate) async fn load_boxed<T: FromSecrets>(&self) -> Result<Box<T>, Error> {
        let (loaded, _) = self.load_as(Freshness::Any).await?;
        Ok(loaded)
    }

    /// Loads a struct past the caches of its sources.
    #[cfg(feature = "live")]
    pub(crate) async fn reload<T: FromSecrets>(&self) -> Result<(Box<T>, Report), Error> {
        self.load_as(Freshness::Fresh).await
    }

    pub(crate) async fn load_as<T: FromSecrets>(
        &self,
        freshness: Freshness,
    ) -> Result<(Box<T>, Report), Error> {
        let (plan, progress, loaded) = self.ask(freshness).await?;
        let report = progress.into_report(&plan);
        match loaded {
            Some(loaded) => {
                warnings::log(T::SPEC.name(), &report);
                Ok((loaded, report))
            }
            None => Err(Error::fields_of(T::SPEC.name(), report)),
        }
    }

    /// Asks for every value, and builds the struct where none has failed.
    pub(crate) async fn ask<T: FromSecrets>(
        &self,
        freshness: Freshness,
    ) -> Result<(Plan, Progress, Option<Box<T>>), Error> {
        self.ask_and_record(freshness, Recording::default()).await
    }

    /// Loads, and records the accepted form of each value if requested.
    pub(crate) async fn ask_and_record<T: FromSecrets>(
        &self,
        freshness: Freshness,
        recording: Recording,
    ) -> Result<(Plan, Progress, Option<Box<T>>), Error> {
        let subject = T::SPEC.name();
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::runtime(
                subject,
                "there is no Tokio runtime here; call `load_blocking`, or `load` within one",
            ));
        }
        let chain = self
            .chain(freshness)
            .map_err(|message| Error::declaration(subject, vec![flaw(message)]))?;
        let plan = self.plan::<T>()?;
        let mut progress = Progress::new(&plan);
        progress.recording = recording;
        loop {
            chain.ask(&plan, &mut progress).await;
            let loaded = values::build(&plan, &mut progress);
            if loaded.is_some() || !chain.reopen_refused(&plan, &mut progress) {
                return Ok((plan, progress, loaded));
            }
        }
    }

    /// Loads a struct without `async`: from a plain `main`, or from within a runtime of either flavour, whose thread
    /// it blocks. A client of your own (`Loader::client`) that has open connections on that very runtime can then not
    /// be used: they wait for the thread that waits for them, until the deadline.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load), and when the thread that it runs on cannot be started.
    pub fn load_blocking<T: FromSecrets + Send>(&self) -> Result<T, Error> {
        crate::blocking::run(T::SPEC.name(), self.load_boxed()).map(|loaded| *loaded)
    }

    /// How long a load can take.
    #[cfg(any(feature = "live", all(feature = "cli", feature = "aws")))]
    pub(crate) fn longest(&self) -> Duration {
        self.timeout
    }

    /// The parameters that were given, and not those that the environment has.
    #[cfg(feature = "cli")]
    pub(crate) fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// Where variables are read.
    #[cfg(all(feature = "cli", feature = "aws"))]
    pub(crate) fn variables(&self) -> &Environment {
        &self.environment
    }

    /// Secrets Manager, as this loader asks it.
    #[cfg(all(feature = "cli", feature = "aws"))]
    pub(crate) fn secrets_manager(&self) -> Aws {
        Aws::new(Arc::clone(&self.aws), self.timeout)
    }

    pub(crate) fn plan<T: FromSecrets>(&self) -> Result<Plan, Error> {
        // The last word on a parameter holds.
        let said = |name: &str| self.parameters.iter().rfind(|(known, _)| known == name);
        let unreadable = RefCell::new(BTreeSet::new());
        let parameter = |name: &str| match said(name) {
            Some((_, value)) => Some(value.clone()),
            None => match self.environment.text(name) {
                Ok(text) => text.map(|text| text.to_string()),
                Err(failure) => {
                    unreadable.borrow_mut().insert(with_hint(&failure));
                    None
                }
            },
        };
        Plan::new(T::SPEC, &parameter).map_err(|mut flaws| {
            flaws.extend(unreadable.take().into_iter().map(flaw));
            Error::declaration(T::SPEC.name(), flaws)
        })
    }

    fn sources_of_variable(&self) -> Result<Vec<Source>, String> {
        let words = self.environment.text(SOURCES_VARIABLE);
        match words.map_err(|failure| with_hint(&failure))? {
            Some(words) => {
                from_words(&words).map_err(|error| format!("{SOURCES_VARIABLE}: {error}"))
            }
            None => from_words(DEFAULT_CHAIN),
        }
    }

    fn chain(&self, freshness: Freshness) -> Result<Chain, String> {
        let sources = match &self.sources {
            Some(sources) => sources.clone(),
            None => self.sources_of_variable()?,
        };
        #[cfg(feature = "dotenv")]
        let sources = dotenv::behind_environment(sources);
        let mut settings: Vec<Arc<dyn SecretSource>> = vec![Arc::new(self.environment.clone())];
        let mut chain = Vec::with_capacity(sources.len());
        let site = Site {
            environment: &self.environment,
            #[cfg(any(feature = "agent", feature = "aws"))]
            timeout: self.timeout,
            #[cfg(feature = "aws")]
            aws: &self.aws,
        };
        for source in sources {
            let opened = source.open(&site);
            settings.extend(source.holds_settings().then(|| Arc::clone(&opened)));
            chain.push(opened);
        }
        Ok(Chain {
            sources: chain,
            settings,
            fall_back_on: self.fall_back_on.clone(),
            freshness,
            timeout: self.timeout,
            deadline: after(Instant::now(), self.timeout),
        })
    }
}

/// A flaw of the settings, and not of a field.
fn flaw(message: String) -> Flaw {
    Flaw {
        path: String::new(),
        message,
    }
}

/// The failure of a setting, with its hint.
fn with_hint(failure: &Failure) -> String {
    match failure.hint() {
        Some(hint) => format!("{}; {hint}", failure.message()),
        None => failure.message().to_owned(),
    }
}

/// Names of parameters, and not their values: by mistake they may hold what nobody should read.
impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader")
            .field("sources", &self.sources)
            .field(
                "parameters",
                &self
                    .parameters
                    .iter()
                    .map(|(name, _)| name)
                    .collect::<Vec<_>>(),
            )
            .field("environment", &self.environment)
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
