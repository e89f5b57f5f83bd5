//! Structs that follow rotation.
//!
//! Files import only files that precede them in this list:
//!
//! - `signals`, `clock`, `lease`, `executor`, `watchdog`: tasks, time and threads;
//! - `schedule`: when to refresh, as pure functions;
//! - `snapshot`, `follower`, `status`: the loaded struct, and what depends on it;
//! - `rejections`, `transition`, `running`, `state`: the transitions of a refresh, which return their effects as data;
//! - `shared`: the current struct and the locked state, which all handles share;
//! - `refresh`, `timer`, `retry`: they run loads and effects, and wait for them;
//! - `subscriber`, `derived`, `projection`, `builder`, [`Live`] in this file, and `changes`: the interface.

mod builder;
mod changes;
mod clock;
mod derived;
mod executor;
mod follower;
#[cfg(all(test, shuttle))]
mod interleavings;
mod lease;
mod projection;
mod random;
mod refresh;
mod rejections;
mod retry;
mod running;
mod schedule;
mod shared;
mod signals;
mod snapshot;
mod state;
mod status;
mod subscriber;
mod timer;
mod transition;
#[cfg(not(shuttle))]
mod watchdog;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

pub use builder::LiveBuilder;
use clock::Clock;
pub use clock::TestClock;
pub use derived::Derived;
use executor::{Executor, RunOn};
pub use projection::{Projection, ProjectionSnapshot, ProjectionSubscriber};
use schedule::RefreshPolicy;
pub use schedule::StalePolicy;
use shared::LiveShared;
use snapshot::FieldScope;
pub use snapshot::Snapshot;
pub use status::{LiveStatus, RefreshOutcome, StaleError};
pub use subscriber::Subscriber;
use transition::LiveSettings;

use crate::error::Error;
use crate::load::FromSecrets;
use crate::report::LoadReport;
use crate::sync::block_on;

/// A struct that follows rotation. It is loaded once, refreshed while it is used, and replaced as a whole.
///
/// ```no_run
/// use from_secrets::{FromSecrets, Live, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString,
/// }
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let live = Live::<Config>::load().await?;
/// loop {
///     let config = live.get()?; // lock-free
///     // …
/// #   let _ = &config.api_token;
/// }
/// # }
/// ```
///
/// Only one refresh runs at a time; concurrent callers share it. A refresh starts
///
/// - in the **background**, before the struct is older than the TTL;
/// - on **access** past the TTL. Lambda functions rely on this, with [`get_fresh`](Self::get_fresh), because background
///   tasks freeze between invocations;
/// - on **demand**: [`refresh`](Self::refresh), and [`retry_on`](Self::retry_on) if credentials are rejected.
///
/// If a refresh fails, or a field rejects a new value, the last good struct stays, and the refresh is retried after a
/// pause. If the struct is older than [`max_stale`](LiveBuilder::max_stale), access returns a [`StaleError`].
/// [`status`](Self::status) returns the details. Changes, failures and recoveries are logged through `tracing`.
///
/// # The bound
///
/// A struct older than `max_stale` is never returned without an error, even if threads are blocked or stopped: its
/// freshness ends at a point in time, which each access compares with a clock. That clock counts the time in which the
/// system is suspended, and a step of the wall clock does not affect it. After a suspend or a fork, access detects this
/// within one second of running time.
///
/// # Runtimes
///
/// Refreshes run on the Tokio runtime that loaded the struct. If that runtime is shut down or does not run tasks, or if
/// the struct was loaded by [`load_blocking`](Self::load_blocking), they run on threads of this library. Handles work
/// on any runtime and without one. Methods that wait have a variant without `async`.
///
/// A clone is another handle of the same struct. Refreshes end when the last handle is dropped.
pub struct Live<T> {
    shared: Arc<LiveShared<T>>,
    scope: FieldScope,
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Loads the struct with the default loader, and starts to refresh it.
    ///
    /// ```no_run
    /// use from_secrets::{FromSecrets, Live, SecretString};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: SecretString,
    /// }
    ///
    /// # async fn run() -> Result<(), from_secrets::Error> {
    /// let live = Live::<Config>::load().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if [`FromSecrets::load`] does.
    ///
    /// # Panics
    ///
    /// Panics if [`Loader::load`](crate::Loader::load) does.
    pub async fn load() -> Result<Self, Error> {
        Self::builder().load().await
    }

    /// Loads the struct like [`load`](Self::load), without `async`. Threads of this library refresh it.
    ///
    /// # Errors
    ///
    /// Returns an error if [`FromSecrets::load_blocking`] does.
    pub fn load_blocking() -> Result<Self, Error> {
        Self::builder().load_blocking()
    }

    /// Returns a builder, which sets the loader, the TTL and other options.
    pub fn builder() -> LiveBuilder<T> {
        LiveBuilder::new()
    }

    /// Returns a live struct for tests, whose value never changes and never becomes too old.
    ///
    /// ```
    /// use from_secrets::{FromSecrets, Live};
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     api_token: String,
    /// }
    ///
    /// let live = Live::fixed(Config { api_token: "for tests".to_owned() });
    /// assert_eq!(live.get().unwrap().api_token, "for tests");
    /// ```
    pub fn fixed(value: T) -> Self {
        let clock = Clock::System;
        let began = (clock.now(), SystemTime::now());
        let settings = LiveSettings {
            name: T::SPEC.name(),
            load_timeout: Duration::ZERO,
            policy: RefreshPolicy::fixed(),
            clock,
            executor: Arc::new(Executor::current()),
        };
        let loaded = (Box::new(value), LoadReport::new(Vec::new()));
        Self::new(Arc::new(LiveShared::new(settings, None, began, loaded)))
    }

    fn new(shared: Arc<LiveShared<T>>) -> Self {
        Self {
            shared,
            scope: FieldScope::all(),
        }
    }

    /// Returns the struct.
    ///
    /// This is lock-free and never waits. Past the TTL, it starts a refresh and returns the old struct.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let config = live.get()?;
    /// assert_eq!(config.api_token, "old");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the struct is older than [`max_stale`](LiveBuilder::max_stale).
    #[inline]
    pub fn get(&self) -> Result<Snapshot<T>, StaleError> {
        self.shared.get()
    }

    /// Returns the last good struct, regardless of its age.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// // Prefer an old token to an outage.
    /// let config = live.get().unwrap_or_else(|stale| {
    ///     eprintln!("{stale}");
    ///     live.last_good()
    /// });
    /// assert_eq!(config.api_token, "old");
    /// # Ok(())
    /// # }
    /// ```
    pub fn last_good(&self) -> Snapshot<T> {
        Snapshot::new(self.shared.current())
    }

    /// Returns the struct, and refreshes it first if it is past its TTL. Lambda functions call this in each invocation.
    ///
    /// Within the TTL, this never waits. Past the TTL, [`stale_policy`](LiveBuilder::stale_policy) limits the wait. If
    /// the last refresh failed, this does not wait for another one until the pause after it is over.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let config = live.get_fresh().await?;
    /// assert_eq!(config.api_token, "old");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the struct is older than [`max_stale`](LiveBuilder::max_stale) and cannot be refreshed.
    pub async fn get_fresh(&self) -> Result<Snapshot<T>, StaleError> {
        self.shared.get_fresh(RunOn::Runtime).await
    }

    /// Returns the struct like [`get_fresh`](Self::get_fresh), without `async`.
    ///
    /// # Errors
    ///
    /// Returns an error if [`get_fresh`](Self::get_fresh) does.
    pub fn get_fresh_blocking(&self) -> Result<Snapshot<T>, StaleError> {
        block_on(self.shared.get_fresh(RunOn::OwnThread))
    }

    /// Refreshes the struct, and waits until it has the values that the sources have after this call.
    ///
    /// If a refresh has already sent its requests, another one follows it. There is at most one per
    /// [`min_refresh_interval`](LiveBuilder::min_refresh_interval); earlier callers wait and share it. It continues if
    /// a caller stops waiting.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// use from_secrets::live::RefreshOutcome;
    ///
    /// secrets.set_secret("API_TOKEN", "new");
    /// assert_eq!(live.refresh().await?, RefreshOutcome::Changed);
    /// assert_eq!(live.get()?.api_token, "new");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the load fails, as for [`Loader::load`](crate::Loader::load). The last good struct stays.
    pub async fn refresh(&self) -> Result<RefreshOutcome, Error> {
        self.shared.refresh(RunOn::Runtime).await
    }

    /// Refreshes the struct like [`refresh`](Self::refresh), without `async`.
    ///
    /// # Errors
    ///
    /// Returns an error if [`refresh`](Self::refresh) does.
    pub fn refresh_blocking(&self) -> Result<RefreshOutcome, Error> {
        block_on(self.shared.refresh(RunOn::OwnThread))
    }

    /// Returns the status, for a health page. It never contains a value.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Live, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "old");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let status = live.status();
    /// assert_eq!(status.failures(), 0);
    /// assert!(!status.is_stale());
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> LiveStatus {
        let process = self.shared.process();
        let now = self.shared.settings.clock.now();
        let origin = self.last_good().origin().clone();
        let state = process.lock();
        LiveStatus {
            last_success: origin.began_at,
            last_attempt: state.attempted_at,
            last_error: state.schedule.last_error.clone(),
            failures: state.schedule.failures,
            derived_failures: state.follow_failures,
            age: now.since(origin.lifetime.since),
            is_stale: now > origin.lifetime.usable_until,
            report: origin.report,
        }
    }
}

// These methods create a `Live`, which `builder` cannot import.
impl<T: FromSecrets + Send + Sync + 'static> LiveBuilder<T> {
    /// Loads the struct, and starts to refresh it.
    ///
    /// # Errors
    ///
    /// Returns an error if the load fails, as for [`Loader::load`](crate::Loader::load), or if the settings contradict
    /// each other.
    ///
    /// # Panics
    ///
    /// Panics if [`Loader::load`](crate::Loader::load) does.
    pub async fn load(self) -> Result<Live<T>, Error> {
        self.start().await.map(Live::new)
    }

    /// Loads the struct like [`load`](Self::load), without `async`. Threads of this library refresh it.
    ///
    /// # Errors
    ///
    /// Returns an error if [`load`](Self::load) does, or if no thread can be started.
    pub fn load_blocking(self) -> Result<Live<T>, Error> {
        crate::load::blocking::run(T::SPEC.name(), self.load())
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            scope: self.scope.clone(),
        }
    }
}

impl<T> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
