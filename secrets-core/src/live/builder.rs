//! How a live struct is to be kept fresh.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::moment::Moment;
use super::policy::Policy;
use super::shared::Shared;
use super::{Live, OnAccess};
use crate::plan::Flaw;
use crate::source::Freshness;
use crate::{Error, FromSecrets, Loader, blocking};

/// Sets how a struct is loaded and kept fresh.
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
    subject: PhantomData<fn() -> T>,
}

impl<T: FromSecrets + Send + Sync + 'static> LiveBuilder<T> {
    pub(super) fn new() -> Self {
        Self {
            loader: Loader::new(),
            policy: Policy::default(),
            subject: PhantomData,
        }
    }

    /// What loads the struct, the first time and every time; by default [`Loader::new`].
    pub fn loader(self, loader: Loader) -> Self {
        Self { loader, ..self }
    }

    /// How old the struct may be before it is refreshed; by default 5 minutes.
    pub fn ttl(self, ttl: Duration) -> Self {
        self.with(|policy| policy.ttl = ttl)
    }

    /// How old the struct may be when it is given out, while refreshes fail; by default 24 hours, which is longer
    /// than outages last. `Duration::MAX` is without bound.
    pub fn max_stale(self, max_stale: Duration) -> Self {
        self.with(|policy| policy.max_stale = max_stale)
    }

    /// By how much chance shortens the time from refresh to refresh, as a part of the TTL from 0 to 0.9; by default
    /// 0.2. Instances that were started together part ways. With any jitter, a timer's first refresh is anywhere in
    /// the first TTL.
    pub fn jitter(self, jitter: f64) -> Self {
        self.with(|policy| policy.jitter = jitter)
    }

    /// The pause after a refresh that failed, doubled after each further one up to the longest, and each shortened by
    /// chance to no less than half; by default half the TTL, but a second at least, up to the TTL.
    pub fn back_off(self, first: Duration, longest: Duration) -> Self {
        self.with(|policy| policy.back_off = Some((first, longest)))
    }

    /// The time between refreshes on demand ([`Live::refresh`], [`Live::retry_on`]); by default one second. Who asks
    /// sooner waits for it.
    pub fn min_interval(self, min_interval: Duration) -> Self {
        self.with(|policy| policy.min_interval = min_interval)
    }

    /// How long [`Live::retry_on`] goes on asking for a new version, from the first time that this one was refused; by
    /// default zero: it asks once.
    ///
    /// When one user's password is rotated, the service refuses the old one some seconds before Secrets Manager gives
    /// out the new one. <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotation-strategy.html>
    pub fn rotation_window(self, rotation_window: Duration) -> Self {
        self.with(|policy| policy.rotation_window = rotation_window)
    }

    /// What [`Live::current`] does past the TTL.
    pub fn on_access(self, on_access: OnAccess) -> Self {
        self.with(|policy| policy.on_access = on_access)
    }

    /// Whether a background task refreshes the struct before it is older than the TTL. By default it does, but not on
    /// Lambda (`AWS_LAMBDA_FUNCTION_NAME`), which freezes such tasks between invocations, in the middle of a request if
    /// it comes to that. <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>
    ///
    /// Without a timer the struct is refreshed on access, once it is past the TTL. With one it is too, should the timer
    /// be late.
    pub fn timer(self, timer: bool) -> Self {
        self.with(|policy| policy.timer = timer)
    }

    /// Loads the struct, and keeps it fresh from then on.
    ///
    /// # Errors
    ///
    /// As for [`Loader::load`], and when a setting makes no sense.
    ///
    /// # Panics
    ///
    /// As for [`Loader::load`].
    pub async fn load(self) -> Result<Live<T>, Error> {
        if let Some(message) = self.nonsense() {
            let flaw = Flaw {
                path: String::new(),
                message: message.to_owned(),
            };
            return Err(Error::declaration(T::SPEC.name(), vec![flaw]));
        }
        let began = Moment::now();
        let loaded = self.loader.load_as(Freshness::Any).await?;
        let shared = Arc::new(Shared::new(self.loader, self.policy, began, loaded));
        shared.keep_fresh();
        Ok(Live { shared })
    }

    /// Loads the struct without `async`. It is then kept fresh on a thread of this library's own.
    ///
    /// # Errors
    ///
    /// As for [`load`](Self::load), and when the thread that it runs on cannot be started.
    pub fn load_blocking(self) -> Result<Live<T>, Error> {
        blocking::run(T::SPEC.name(), self.load())
    }

    fn with(mut self, set: impl FnOnce(&mut Policy)) -> Self {
        set(&mut self.policy);
        self
    }

    fn nonsense(&self) -> Option<&'static str> {
        let policy = &self.policy;
        let checks = [
            (
                policy.ttl.is_zero(),
                "`ttl` is zero, so refreshes would never end; set how old the struct may be",
            ),
            (
                policy.max_stale < policy.ttl,
                "`max_stale` is shorter than `ttl`, so the struct would be refused before it is refreshed; set it longer",
            ),
            (
                !(0.0..=0.9).contains(&policy.jitter),
                "`jitter` is not between 0 and 0.9; set the part of the TTL that chance may take away",
            ),
            (
                policy
                    .back_off
                    .is_some_and(|(first, longest)| first.is_zero() || first > longest),
                "`back_off` is zero, or its first pause is longer than the longest; set a first and a longest pause",
            ),
        ];
        checks
            .into_iter()
            .find_map(|(is_so, message)| is_so.then_some(message))
    }
}

impl<T> fmt::Debug for LiveBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveBuilder")
            .field("loader", &self.loader)
            .field("policy", &self.policy)
            .finish()
    }
}
