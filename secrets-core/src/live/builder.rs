//! The settings of a live struct.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::clock::{Clock, TestClock};
use super::home::Home;
use super::schedule::Policy;
use super::state::{Setup, Shared};
use super::{Live, StalePolicy};
use crate::plan::Flaw;
use crate::source::Freshness;
use crate::{Error, FromSecrets, Loader, blocking};

/// Sets how a struct is loaded and refreshed.
///
/// ```
/// use std::time::Duration;
/// use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().secret("API_TOKEN", "for tests");
/// let live = Live::<Config>::builder()
///     .loader(Loader::new().sources([secrets]))
///     .ttl(Duration::from_mins(1))
///     .max_stale(Duration::from_hours(1))
///     .load()
///     .await?;
/// let config = live.get()?;
/// # let _ = &config.api_token;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is loaded before `load`"]
pub struct LiveBuilder<T> {
    loader: Loader,
    policy: Policy,
    max_stale: Option<Duration>,
    clock: Clock,
    subject: PhantomData<fn() -> T>,
}

impl<T: FromSecrets + Send + Sync + 'static> LiveBuilder<T> {
    pub(super) fn new() -> Self {
        Self {
            loader: Loader::new(),
            policy: Policy::default(),
            max_stale: None,
            clock: Clock::System,
            subject: PhantomData,
        }
    }

    /// Sets the loader of every load. Defaults to [`Loader::new`].
    pub fn loader(self, loader: Loader) -> Self {
        Self { loader, ..self }
    }

    /// Sets how old the struct may be before it is refreshed. Defaults to 5 minutes.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.with(|policy| policy.ttl = ttl)
    }

    /// Sets how old the struct may be while refreshes fail. Older than that, access is an error, and refreshes are
    /// tried at least every 30 seconds. Defaults to 24 hours, which is longer than outages last, or to the shortest
    /// possible time if that is longer. `Duration::MAX` is without bound.
    ///
    /// It must be at least the TTL plus twice the loader's timeout: otherwise a healthy service would return errors
    /// while it refreshes.
    pub fn max_stale(self, max_stale: Duration) -> Self {
        Self {
            max_stale: Some(max_stale),
            ..self
        }
    }

    /// Sets the jitter as a fraction of the TTL, from 0 to 0.9. Defaults to 0.2. It shortens the time between refreshes
    /// at random, so that instances which started together do not refresh together. With any jitter, the first
    /// background refresh comes at a random time within the first TTL.
    pub fn jitter(self, jitter: f64) -> Self {
        self.with(|policy| policy.jitter = jitter)
    }

    /// Sets the first and the longest pause after refreshes that fail. The pause is doubled after each failure, and
    /// shortened at random by up to half. Defaults to half the TTL (at least a second) and the TTL.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.with(|policy| policy.backoff = Some((first, longest)))
    }

    /// Sets the shortest time between refreshes on demand ([`Live::refresh`], [`Live::retry_on`]). Earlier callers
    /// wait. Defaults to one second.
    pub fn min_refresh_interval(self, interval: Duration) -> Self {
        self.with(|policy| policy.min_refresh_interval = interval)
    }

    /// Sets how long [`Live::retry_on`] requests a new version, from the first time that the current one is rejected.
    /// Defaults to 10 seconds. With zero it requests one once.
    ///
    /// While the password of a single user is rotated, the database rejects the old one for a few seconds before
    /// Secrets Manager returns the new one.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
    ///
    /// A version whose credentials are rejected after its window is not waited for. A rejection is forgotten when an
    /// operation with that version succeeds, or after a window without a rejection.
    pub fn rotation_window(self, window: Duration) -> Self {
        self.with(|policy| policy.rotation_window = window)
    }

    /// Sets what [`Live::get_fresh`] does past the TTL.
    pub fn stale_policy(self, stale_policy: StalePolicy) -> Self {
        self.with(|policy| policy.when_stale = stale_policy)
    }

    /// Sets whether the struct is refreshed in the background before it is older than the TTL. By default it is, except
    /// on Lambda (`AWS_LAMBDA_FUNCTION_NAME`), which freezes background tasks between invocations.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>
    ///
    /// Without it, access past the TTL refreshes the struct. With it, access does so only if the refresh is late.
    pub fn background_refresh(self, background_refresh: bool) -> Self {
        self.with(|policy| policy.background_refresh = background_refresh)
    }

    /// Replaces the clock, for tests.
    pub fn clock(self, clock: &TestClock) -> Self {
        Self {
            clock: Clock::Test(clock.clone()),
            ..self
        }
    }

    /// Loads the struct, and refreshes it from then on.
    ///
    /// # Errors
    ///
    /// Returns an error if the load fails, as for [`Loader::load`], or if the settings contradict each other.
    ///
    /// # Panics
    ///
    /// Panics if [`Loader::load`] does.
    pub async fn load(self) -> Result<Live<T>, Error> {
        let mut policy = self.policy;
        let load_timeout = self.loader.longest();
        policy.max_stale = self.max_stale.unwrap_or_else(|| {
            policy
                .max_stale
                .max(policy.shortest_max_stale(load_timeout))
        });
        if let Some(message) = policy.contradiction(load_timeout) {
            let flaw = Flaw {
                path: String::new(),
                message,
            };
            return Err(Error::declaration(T::SPEC.name(), vec![flaw]));
        }
        let (began, began_at) = (self.clock.now(), SystemTime::now());
        let first = self.loader.load_as(Freshness::Any).await?;
        let loader = self.loader;
        let setup = Setup {
            name: T::SPEC.name(),
            load_timeout,
            load: Some(Arc::new(move || {
                let loader = loader.clone();
                Box::pin(async move { loader.reload().await })
            })),
            policy,
            clock: self.clock,
            home: Home::current(),
        };
        let shared = Arc::new(Shared::new(setup, began, began_at, first));
        shared.refresh_in_background();
        Ok(Live::new(shared))
    }

    /// Loads the struct without `async`. Threads of this library then refresh it.
    ///
    /// # Errors
    ///
    /// Returns an error if [`load`](Self::load) does, or if no thread can be started.
    pub fn load_blocking(self) -> Result<Live<T>, Error> {
        blocking::run(T::SPEC.name(), self.load())
    }

    fn with(mut self, set: impl FnOnce(&mut Policy)) -> Self {
        set(&mut self.policy);
        self
    }
}

impl<T> fmt::Debug for LiveBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveBuilder")
            .field("loader", &self.loader)
            .field("policy", &self.policy)
            .field("max_stale", &self.max_stale)
            .finish_non_exhaustive()
    }
}
