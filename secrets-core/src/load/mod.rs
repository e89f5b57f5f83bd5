//! Loads a struct from its declaration.

#[cfg(feature = "aws")]
mod aws;
pub(crate) mod blocking;
mod build;
mod chain;
#[cfg(feature = "cli")]
mod cli;
mod consistency;
mod decoded;
mod defaults;
mod outcomes;
pub(crate) mod plan;
mod pointers;
mod prepare;
mod round;
mod settings;
pub(crate) mod state;
mod unknown_keys;
mod validate;
pub(crate) mod warnings;

use std::fmt::{self, Debug};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::decode::Recording;
use crate::error::Error;
use crate::report::LoadReport;
use crate::source::{Defaults, Env, FetchContext, Source, SourceErrorKind};
use crate::spec::Spec;
use crate::telemetry::{LoadSpan, record_secrets};
pub use build::Values;
pub use decoded::{Decoded, Validated};
use plan::Plan;
use state::LoadState;
pub use validate::{HiddenReason, Validity};

/// A struct that is loaded from secrets. Implement it with `#[derive(FromSecrets)]`.
///
/// ```
/// use from_secrets::source::Memory;
/// use from_secrets::{ExposeSecret, FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     /// The secret `API_TOKEN`, or the environment variable `API_TOKEN`.
///     api_token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// let config: Config = Loader::new().source(secrets).load_blocking()?;
/// assert_eq!(config.api_token.expose_secret(), "for tests");
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `FromSecrets`",
    label = "not a struct with `#[derive(FromSecrets)]`",
    note = "add `#[derive(FromSecrets)]` to a struct of your own, or a `name` to `#[secrets(transparent)]`; to load the field as one value, remove `flatten`"
)]
pub trait FromSecrets: Sized {
    /// Declaration of the struct.
    const SPEC: &'static Spec;

    /// Builds the struct from its values. Returns `None` if a value is missing or failed.
    #[doc(hidden)]
    fn from_values(values: &mut Values<'_>) -> Option<Self>;

    /// Returns the `Debug` of `#[secrets(debug)]`, which hides all secrets, if the struct has it.
    #[doc(hidden)]
    fn as_debug(&self) -> Option<&dyn Debug> {
        None
    }

    /// Decodes and validates the defaults of all fields. Call it in a unit test.
    ///
    /// A default that is text, such as `default = "127.0.0.1"`, is decoded by a load only if the value is missing. This
    /// function finds an invalid default without a load. It queries no source.
    ///
    /// ```
    /// use std::net::IpAddr;
    ///
    /// use from_secrets::FromSecrets;
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     token: String,
    ///     #[secret(default = "127.0.0.l")]
    ///     address: IpAddr,
    /// }
    ///
    /// let error = Config::check_defaults().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "cannot load `Config`: field `address` (default): malformed: \
    ///      expected IP address, found other text"
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a default does not fit its field or is not valid, or if the declaration is not valid.
    fn check_defaults() -> Result<(), Error> {
        defaults::check(Self::SPEC, Self::from_values)
    }

    /// Loads the struct with the default loader.
    ///
    /// It queries Secrets Manager, and environment variables for the fields that are missing there. Without the feature
    /// `aws`, another source takes the place of Secrets Manager: see [`Loader::sources`].
    ///
    /// ```no_run
    /// use from_secrets::{FromSecrets, SecretString};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: SecretString,
    /// }
    ///
    /// # async fn run() -> Result<(), from_secrets::Error> {
    /// let config = Config::load().await?;
    /// # let _ = config.api_token;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a required field is missing in all sources, a source fails, or a value does not fit its
    /// field or is not valid. The error contains all fields that failed.
    fn load() -> impl Future<Output = Result<Self, Error>> + Send {
        const { Self::SPEC.assert_no_well_known_variable() }
        async { Loader::new().load_boxed().await.map(|loaded| *loaded) }
    }

    /// Loads the struct like [`load`](Self::load), without `async`.
    ///
    /// It works in a plain `main`, and within a runtime, whose thread it blocks.
    ///
    /// # Errors
    ///
    /// Returns an error if [`load`](Self::load) does, or if its thread cannot be started.
    fn load_blocking() -> Result<Self, Error>
    where
        Self: Send,
    {
        const { Self::SPEC.assert_no_well_known_variable() }
        Loader::new().load_blocking()
    }
}

/// Loads structs with other settings than the default ones: sources, placeholders, timeout and fallback.
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
    /// Sources that `FROM_SECRETS_SOURCES` can name.
    registered: Vec<(String, Source)>,
    placeholders: Vec<(String, String)>,
    env: Env,
    fall_back_on: Vec<SourceErrorKind>,
    timeout: Duration,
    /// Settings of sources that have none of their own.
    defaults: Defaults,
}

/// A struct that was loaded. Most loads do not need the report.
struct FinishedLoad<T> {
    value: Box<T>,
    plan: Arc<Plan>,
    state: LoadState,
}

impl<T> FinishedLoad<T> {
    fn into_value_and_report(self) -> (Box<T>, LoadReport) {
        (self.value, self.state.into_report(&self.plan))
    }
}

/// Returns whether this process is a Lambda function.
pub(crate) fn is_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_FUNCTION_NAME").is_some_and(|name| !name.is_empty())
}

impl Loader {
    /// Loads a struct.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), from_secrets::Error> {
    /// let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
    /// let config: Config = Loader::new().source(secrets).load().await?;
    /// assert_eq!(config.api_token, "for tests");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a required field is missing in all sources, a source fails, or a value does not fit its
    /// field or is not valid. The error contains all fields that failed.
    ///
    /// # Panics
    ///
    /// Panics within a Tokio runtime without timers (`enable_time`).
    pub async fn load<T: FromSecrets>(&self) -> Result<T, Error> {
        self.load_boxed().await.map(|loaded| *loaded)
    }

    /// Loads a struct, and returns a report of the source that provided each field.
    ///
    /// ```
    /// # use from_secrets::source::{Env, Memory};
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String, api_user: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), from_secrets::Error> {
    /// let loader = Loader::new()
    ///     .source(Memory::new().with_secret("API_TOKEN", "for tests"))
    ///     .source(Env::from_vars([("API_USER", "app")]));
    /// let (config, report) = loader.load_with_report::<Config>().await?;
    /// assert_eq!(config.api_user, "app");
    /// println!("{report}"); // a table of fields, sources and versions, without values
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if [`load`](Self::load) does.
    ///
    /// # Panics
    ///
    /// Panics if [`load`](Self::load) does.
    pub async fn load_with_report<T: FromSecrets>(&self) -> Result<(T, LoadReport), Error> {
        let (loaded, report) = self.load_boxed_with_report().await?;
        Ok((*loaded, report))
    }

    /// Loads a struct into a box, because copies of a large struct could overflow the stack.
    pub(crate) async fn load_boxed<T: FromSecrets>(&self) -> Result<Box<T>, Error> {
        let load = self.load_within(self.context());
        in_span(T::SPEC.name(), load)
            .await
            .map(|loaded| loaded.value)
    }

    /// Loads a struct into a box, and returns the report.
    pub(crate) async fn load_boxed_with_report<T: FromSecrets>(
        &self,
    ) -> Result<(Box<T>, LoadReport), Error> {
        let load = async {
            Ok(self
                .load_within(self.context())
                .await?
                .into_value_and_report())
        };
        in_span(T::SPEC.name(), load).await
    }

    /// Loads a struct for a refresh, which the application may have requested. The load is within the span of the
    /// refresh.
    #[cfg(feature = "live")]
    pub(crate) async fn reload<T: FromSecrets>(
        &self,
        on_demand: bool,
    ) -> Result<(Box<T>, LoadReport), Error> {
        let context = self.context();
        let context = if on_demand {
            context.on_demand()
        } else {
            context.bypass_cache()
        };
        Ok(self.load_within(context).await?.into_value_and_report())
    }

    /// Returns the limits of a load that starts now.
    pub(crate) fn context(&self) -> FetchContext {
        FetchContext::new(self.timeout)
    }

    async fn load_within<T: FromSecrets>(
        &self,
        context: FetchContext,
    ) -> Result<FinishedLoad<T>, Error> {
        let (plan, state, loaded) = self.fetch(context, Recording::default()).await?;
        match loaded {
            Some(value) => {
                warnings::log(&plan, &state);
                Ok(FinishedLoad { value, plan, state })
            }
            None => Err(Error::fields_of(T::SPEC.name(), state.into_report(&plan))),
        }
    }

    /// Fetches and decodes all values, and builds the struct if none failed. Records the accepted form of each value if
    /// requested.
    async fn fetch<T: FromSecrets>(
        &self,
        context: FetchContext,
        recording: Recording,
    ) -> Result<(Arc<Plan>, LoadState, Option<Box<T>>), Error> {
        let subject = T::SPEC.name();
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::runtime(
                subject,
                "`load` was called outside a Tokio runtime; call it within one, or call `load_blocking`",
            ));
        }
        let chain = self.chain(subject, context)?;
        let planned = self.plan::<T>(&chain).await?;
        let plan = Arc::clone(&planned.plan);
        record_secrets(|| plan.secrets());
        let mut state = LoadState::new(&plan);
        state.recording = recording;
        loop {
            let fetched = chain.fetch(&plan, &mut state).await;
            fetched.map_err(|unfilled| planned.unfilled(unfilled))?;
            let loaded = T::from_values(&mut Values::new(&plan, &mut state)).map(Box::new);
            if loaded.is_some() || !chain.reopen_rejected(&plan, &mut state) {
                let has_unknown_keys = !state.unknown_keys.is_empty();
                state.rejected.append(&mut state.unknown_keys);
                let loaded = loaded.filter(|_| !has_unknown_keys);
                outcomes::log(subject, &plan, &state);
                return Ok((plan, state, loaded));
            }
        }
    }

    /// Fetches and decodes all values, and returns them in the forms that the types of the fields accepted.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(crate) async fn fetch_recorded<T: FromSecrets>(
        &self,
    ) -> Result<(Arc<Plan>, LoadState), Error> {
        let subject = T::SPEC.name();
        let load = async {
            let (plan, state, loaded) = self.fetch::<T>(self.context(), Recording::On).await?;
            if loaded.is_some() {
                return Ok((plan, state));
            }
            Err(Error::fields_of(subject, state.into_report(&plan)))
        };
        in_span(subject, load).await
    }

    /// Loads a struct like [`load`](Self::load), without `async`.
    ///
    /// It works in a plain `main`, and within a runtime of any flavor, whose thread it blocks. If you set a client of
    /// your own (`Loader::client`) that has open connections on that runtime, the load fails at its deadline, because
    /// these connections need the blocked thread.
    ///
    /// ```
    /// # use from_secrets::source::Env;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let loader = Loader::new().source(Env::from_vars([("API_TOKEN", "for tests")]));
    /// let config: Config = loader.load_blocking()?;
    /// assert_eq!(config.api_token, "for tests");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if [`load`](Self::load) does, or if its thread cannot be started.
    pub fn load_blocking<T: FromSecrets + Send>(&self) -> Result<T, Error> {
        blocking::run(T::SPEC.name(), self.load_boxed()).map(|loaded| *loaded)
    }

    /// Returns the timeout of a load.
    #[cfg(feature = "live")]
    pub(crate) fn longest(&self) -> Duration {
        self.timeout
    }
}

/// Runs a load within a span of its own.
async fn in_span<T>(
    subject: &'static str,
    load: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let span = LoadSpan::new(subject);
    let loaded = span.run(load).await;
    span.end(loaded.as_ref().err().map(Error::cause));
    loaded
}

/// Shows the names of placeholders without their values, which could contain a secret by mistake.
impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let placeholders: Vec<&String> = self.placeholders.iter().map(|(name, _)| name).collect();
        f.debug_struct("Loader")
            .field("sources", &self.sources)
            .field("registered", &self.registered)
            .field("placeholders", &placeholders)
            .field("env", &self.env)
            .field("fall_back_on", &self.fall_back_on)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
