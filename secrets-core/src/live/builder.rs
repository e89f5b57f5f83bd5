//! The settings of a live struct.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::clock::{Clock, TestClock};
use super::executor::Executor;
use super::schedule::{RefreshPolicy, StalePolicy};
use super::shared::LiveShared;
use super::signals::BoxFuture;
use super::timer;
use super::transition::LiveSettings;
use crate::error::Error;
use crate::error::Flaw;
use crate::load::{FromSecrets, Loader};

/// A builder of [`Live`](super::Live), which sets how the struct is loaded and refreshed.
///
/// ```
/// use std::time::Duration;
/// use from_secrets::source::Memory;
/// use from_secrets::{FromSecrets, Live, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
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
    policy: RefreshPolicy,
    max_stale: Option<Duration>,
    clock: Clock,
    subject: PhantomData<fn() -> T>,
}

impl<T: FromSecrets + Send + Sync + 'static> LiveBuilder<T> {
    pub(super) fn new() -> Self {
        Self {
            loader: Loader::new(),
            policy: RefreshPolicy::default(),
            max_stale: None,
            clock: Clock::System,
            subject: PhantomData,
        }
    }

    /// Sets the loader of every load. Defaults to [`Loader::new`].
    pub fn loader(self, loader: Loader) -> Self {
        Self { loader, ..self }
    }

    /// Sets the age at which the struct is refreshed. Defaults to 5 minutes.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.with(|policy| policy.ttl = ttl)
    }

    /// Sets the maximum age of the struct while refreshes fail. Defaults to 24 hours, or to the minimum if that is
    /// longer.
    ///
    /// Access to an older struct is an error, and refreshes are then retried at least every 30 seconds. `Duration::MAX`
    /// disables the bound.
    ///
    /// The minimum is the TTL plus twice the loader's timeout. Otherwise a healthy service would return errors while
    /// it refreshes.
    pub fn max_stale(self, max_stale: Duration) -> Self {
        Self {
            max_stale: Some(max_stale),
            ..self
        }
    }

    /// Sets the jitter as a fraction of the TTL, from 0 to 0.9. Defaults to 0.2.
    ///
    /// It shortens the time between refreshes at random, so that instances that started together do not refresh
    /// together. With any jitter, the first background refresh starts at a random time within the first TTL.
    pub fn jitter(self, jitter: f64) -> Self {
        self.with(|policy| policy.jitter = jitter)
    }

    /// Sets the first and the longest pause after a failed refresh.
    ///
    /// Defaults to half the TTL (at least a second) and the TTL.
    /// The pause doubles after each failure. Jitter shortens it by up to half.
    /// Past [`max_stale`](Self::max_stale), it is at most 30 seconds.
    pub fn backoff(self, first: Duration, longest: Duration) -> Self {
        self.with(|policy| policy.backoff = Some((first, longest)))
    }

    /// Sets the shortest time between refreshes on demand. Defaults to one second.
    ///
    /// It applies to [`Live::refresh`](super::Live::refresh) and [`Live::retry_on`](super::Live::retry_on). Earlier
    /// callers wait.
    pub fn min_refresh_interval(self, interval: Duration) -> Self {
        self.with(|policy| policy.min_refresh_interval = interval)
    }

    /// Sets how long [`Live::retry_on`](super::Live::retry_on) requests a new version after a rejection. Defaults to 10
    /// seconds.
    ///
    /// The window begins when the credentials of a version are first rejected. If it is zero, a new version is
    /// requested once.
    ///
    /// While the password of a single user is rotated, the database rejects the old one for a few seconds before
    /// Secrets Manager returns the new one.
    /// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
    ///
    /// If the credentials of a version are rejected after its window, callers do not wait for another one. A rejection
    /// is forgotten when an operation with that version succeeds, or after a window without a rejection.
    pub fn rotation_window(self, window: Duration) -> Self {
        self.with(|policy| policy.rotation_window = window)
    }

    /// Sets the behavior of [`Live::get_fresh`](super::Live::get_fresh) past the TTL.
    pub fn stale_policy(self, stale_policy: StalePolicy) -> Self {
        self.with(|policy| policy.stale_policy = stale_policy)
    }

    /// Sets whether the struct is refreshed in the background. Defaults to `true`, and to `false` on Lambda.
    ///
    /// Lambda (`AWS_LAMBDA_FUNCTION_NAME`) freezes background tasks between invocations.
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

    /// Loads the struct, and starts its background refresh.
    pub(super) async fn start(self) -> Result<Arc<LiveShared<T>>, Error> {
        let mut policy = self.policy;
        let load_timeout = self.loader.longest();
        let shortest = policy.shortest_max_stale(load_timeout);
        policy.max_stale = self.max_stale.unwrap_or(policy.max_stale.max(shortest));
        if let Some(message) = policy.contradiction(load_timeout) {
            let flaw = Flaw {
                path: String::new(),
                message,
            };
            return Err(Error::declaration(T::SPEC.name(), vec![flaw]));
        }
        let began = (self.clock.now(), SystemTime::now());
        let first = self.loader.load_boxed_with_report().await?;
        let settings = LiveSettings {
            name: T::SPEC.name(),
            load_timeout,
            policy,
            clock: self.clock,
            executor: Arc::new(Executor::current()),
        };
        let loader = self.loader;
        let load = Arc::new(move |on_demand| -> BoxFuture<'static, _> {
            let loader = loader.clone();
            Box::pin(async move { loader.reload(on_demand).await })
        });
        let shared = Arc::new(LiveShared::new(settings, Some(load), began, first));
        shared.begin_gauges();
        timer::start(&shared);
        Ok(shared)
    }

    fn with(mut self, set: impl FnOnce(&mut RefreshPolicy)) -> Self {
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
