//! Structs that follow rotation.

mod builder;
mod clock;
mod derived;
mod effects;
mod follower;
mod home;
#[cfg(all(test, shuttle))]
mod interleavings;
mod loaded;
mod projection;
mod race;
mod random;
mod refresh;
mod retry;
mod schedule;
mod signals;
mod stale;
mod state;
mod status;
mod subscriber;
mod timer;
#[cfg(not(shuttle))]
mod watchdog;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::sync::block_on;
use crate::{Error, FromSecrets, Report};
pub use builder::LiveBuilder;
pub use clock::TestClock;
use clock::{Clock, Timestamp};
pub use derived::Derived;
use follower::OnChange;
use home::{Home, Place};
pub use loaded::Snapshot;
use projection::Scope;
pub use projection::{Projection, ProjectionSnapshot, ProjectionSubscriber};
use race::first;
use schedule::Policy;
pub use stale::StaleError;
use state::{Process, Setup, Shared};
pub use status::LiveStatus;
pub use subscriber::Subscriber;

/// A struct that follows rotation: loaded once, refreshed while it is used, and replaced as a whole.
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
/// Only one refresh runs at a time; concurrent callers share it. It starts
///
/// - in the **background**, before the struct is older than the TTL;
/// - on **access** past the TTL. Lambda functions rely on this, with [`get_fresh`](Self::get_fresh), because background
///   tasks freeze between invocations;
/// - on **demand**: [`refresh`](Self::refresh), and [`retry_on`](Self::retry_on) if credentials are rejected.
///
/// If a refresh fails, or a new value is rejected by its field, the last good struct stays, and the refresh is tried
/// again after a pause. If the struct is older than [`max_stale`](LiveBuilder::max_stale), access returns a
/// [`StaleError`]. [`status`](Self::status) returns the details. Changes, failures and recoveries are logged through
/// `tracing`.
///
/// # The bound
///
/// No struct older than `max_stale` is returned without an error, whatever blocks or is stopped: freshness ends at a
/// time, and each access compares it with a clock. That clock counts the time in which the system is suspended, and a
/// step of the wall clock does not affect it. After a suspend or a fork, an access notices within one second of running
/// time.
///
/// # Runtimes
///
/// Refreshes run on the Tokio runtime that loaded the struct. If that runtime is shut down or does not run tasks, or if
/// the struct was loaded by [`load_blocking`](Self::load_blocking), they run on threads of this library. Handles can be
/// used on any runtime and without one; methods that wait have a twin without `async`.
///
/// A clone is another handle of the same struct. When the last one is dropped, refreshes end.
pub struct Live<T> {
    shared: Arc<Shared<T>>,
    scope: Scope,
}

/// What [`Live::get_fresh`] does with a struct that is past its TTL and not too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StalePolicy {
    /// Waits for the refresh up to this long, then returns the old struct while the refresh continues. The default, with
    /// one second: on Lambda, a refresh in the background would freeze at the end of the invocation.
    Wait(Duration),
    /// Returns the old struct at once while the refresh runs in the background.
    ServeStale,
}

impl Default for StalePolicy {
    fn default() -> Self {
        Self::Wait(Duration::from_secs(1))
    }
}

/// The outcome of a successful refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshOutcome {
    /// A field has another version than before.
    Changed,
    /// All versions are the same.
    Unchanged,
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Loads the struct with the default loader, and refreshes it from then on.
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

    /// Loads the struct without `async`. Threads of this library then refresh it.
    ///
    /// # Errors
    ///
    /// Returns an error if [`FromSecrets::load_blocking`] does.
    pub fn load_blocking() -> Result<Self, Error> {
        Self::builder().load_blocking()
    }

    /// Returns a builder.
    pub fn builder() -> LiveBuilder<T> {
        LiveBuilder::new()
    }

    /// Returns a live struct with a value that never changes and never becomes too old, for tests.
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
        let setup = Setup {
            name: T::SPEC.name(),
            load: None,
            load_timeout: Duration::ZERO,
            policy: Policy::fixed(),
            clock: Clock::System,
            home: Home::current(),
        };
        let report = Report::new(Vec::new());
        let now = (Timestamp(0), SystemTime::now());
        let shared = Shared::new(setup, now.0, now.1, (Box::new(value), report));
        Self::new(Arc::new(shared))
    }

    fn new(shared: Arc<Shared<T>>) -> Self {
        Self {
            shared,
            scope: Scope::whole(),
        }
    }

    /// Returns the struct. It is lock-free and never waits: past the TTL it starts a refresh and returns the old struct.
    ///
    /// # Errors
    ///
    /// Returns an error if the struct is older than [`max_stale`](LiveBuilder::max_stale).
    #[inline]
    pub fn get(&self) -> Result<Snapshot<T>, StaleError> {
        self.shared.get()
    }

    /// Returns the last good struct, no matter how old it is.
    pub fn last_good(&self) -> Snapshot<T> {
        Snapshot::new(self.shared.current())
    }

    /// Returns the struct, after a refresh if it is past its TTL, as set by
    /// [`stale_policy`](LiveBuilder::stale_policy). Lambda functions call this in each invocation.
    ///
    /// Within the TTL it never waits. If the last refresh failed, it does not wait for another one until the pause
    /// between refreshes is over.
    ///
    /// # Errors
    ///
    /// Returns an error if the struct is older than [`max_stale`](LiveBuilder::max_stale) and cannot be refreshed.
    pub async fn get_fresh(&self) -> Result<Snapshot<T>, StaleError> {
        self.get_fresh_at(Place::Home).await
    }

    /// Returns the struct like [`get_fresh`](Self::get_fresh), without `async`.
    ///
    /// # Errors
    ///
    /// Returns an error if [`get_fresh`](Self::get_fresh) does.
    pub fn get_fresh_blocking(&self) -> Result<Snapshot<T>, StaleError> {
        block_on(self.get_fresh_at(Place::Own))
    }

    async fn get_fresh_at(&self, place: Place) -> Result<Snapshot<T>, StaleError> {
        let shared = &self.shared;
        if shared.is_leased_as_fresh() {
            return Ok(self.last_good());
        }
        let process = shared.process();
        let reading = shared.read_clock();
        if reading.now < shared.current().origin.fresh_until {
            return Ok(self.last_good());
        }
        if let Some(number) = shared.demand_on_access(&process, reading, place) {
            let is_usable = shared.judge(&process, reading.now).is_ok();
            self.wait_for(number, is_usable, place).await;
        }
        shared.judge(&process, shared.clock.now())?;
        Ok(self.last_good())
    }

    /// Waits for a refresh. Without a usable struct, waits until it ends.
    async fn wait_for(&self, number: u64, is_usable: bool, place: Place) {
        let shared = &self.shared;
        let refresh = shared.freshen(number, place);
        match shared.policy.when_stale {
            StalePolicy::ServeStale if is_usable => {}
            StalePolicy::Wait(longest) if is_usable => {
                let until = shared.clock.now().after(longest);
                first(refresh, shared.clock.sleep_until(until)).await;
            }
            _ => drop(refresh.await),
        }
    }

    /// Refreshes the struct. Afterwards it is the one that the sources had after this call: a refresh that had already
    /// sent its requests is waited for, and another one follows.
    ///
    /// At most one per [`min_refresh_interval`](LiveBuilder::min_refresh_interval): earlier callers wait and share one
    /// refresh. It continues if a caller stops waiting.
    ///
    /// # Errors
    ///
    /// Returns an error if the load fails, as for [`Loader::load`](crate::Loader::load). The last good struct stays.
    pub async fn refresh(&self) -> Result<RefreshOutcome, Error> {
        self.refresh_at(Place::Home).await
    }

    /// Refreshes the struct like [`refresh`](Self::refresh), without `async`.
    ///
    /// # Errors
    ///
    /// Returns an error if [`refresh`](Self::refresh) does.
    pub fn refresh_blocking(&self) -> Result<RefreshOutcome, Error> {
        block_on(self.refresh_at(Place::Own))
    }

    async fn refresh_at(&self, place: Place) -> Result<RefreshOutcome, Error> {
        if self.shared.load.is_none() {
            return Ok(RefreshOutcome::Unchanged);
        }
        let before = self.generation();
        let next = self.shared.process().lock().next();
        self.shared.refresh_by(next, place).await?;
        Ok(if self.generation() == before {
            RefreshOutcome::Unchanged
        } else {
            RefreshOutcome::Changed
        })
    }

    fn generation(&self) -> u64 {
        self.last_good().origin().generation
    }

    /// Returns the status, for a health page. It contains no value.
    pub fn status(&self) -> LiveStatus {
        let process: Arc<Process> = self.shared.process();
        let now = self.shared.clock.now();
        let origin = self.last_good().origin().clone();
        let state = process.lock();
        LiveStatus {
            last_success: origin.began_at,
            last_attempt: state.attempted_at,
            last_error: state.schedule.last_error.clone(),
            failures: state.schedule.failures,
            derived_failures: state.follow_failures,
            age: now.since(origin.since),
            is_stale: now > origin.usable_until,
            report: origin.report,
        }
    }

    /// Returns a subscriber that waits for changes from now on: of a version, and not refreshes that bring the same one.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, Live, Loader, Memory, SecretString};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: SecretString }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let secrets = Memory::new().secret("API_TOKEN", "for tests");
    /// # let loader = Loader::new().sources([secrets.clone()]);
    /// # let live = Live::<Config>::builder().loader(loader).load().await?;
    /// let mut changes = live.subscribe();
    /// # let _secrets = secrets.secret("API_TOKEN", "another");
    /// # live.refresh().await?;
    /// # drop(live);
    /// while let Some(config) = changes.changed().await {
    ///     println!("the token has changed");
    /// #   let _ = &config.api_token;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn subscribe(&self) -> Subscriber<T> {
        Subscriber::new(&self.shared, self.scope.clone())
    }

    /// Calls an async function after each change, one change at a time, until the last handle of the struct is dropped.
    ///
    /// It runs as part of the refresh: [`refresh`](Self::refresh) and [`retry_on`](Self::retry_on) wait for it. Each
    /// call has as much time as a load. A call that panics or takes longer is logged, and repeated after a pause with the
    /// struct as it is then.
    ///
    /// A handle that the function contains keeps the struct alive for good; use the snapshot that it is called with.
    pub fn on_change<Fut>(&self, call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static)
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.on_change_since(&self.last_good(), call);
    }

    /// Calls an async function after each change since a snapshot was taken, like [`on_change`](Self::on_change): a
    /// change that landed between the two calls is not missed.
    pub fn on_change_since<Fut>(
        &self,
        snapshot: &Snapshot<T>,
        call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.follow(&self.scope, snapshot, call);
    }

    fn follow<Fut>(
        &self,
        scope: &Scope,
        snapshot: &Snapshot<T>,
        call: impl Fn(Snapshot<T>) -> Fut + Send + Sync + 'static,
    ) where
        Fut: Future<Output = ()> + Send + 'static,
    {
        let seen = Arc::clone(&snapshot.origin().report);
        let follower = OnChange::new(scope.clone(), Arc::clone(&seen), call);
        self.shared.add_follower(Arc::new(follower), scope, &seen);
    }

    /// Creates the projection of [`project!`](crate::project).
    #[doc(hidden)]
    pub fn project_to<U: 'static>(
        &self,
        fields: &[&[&str]],
        project: fn(&T) -> &U,
    ) -> Projection<T, U> {
        Projection::new(self.clone(), fields, project)
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
