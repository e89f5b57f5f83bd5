//! Structs that follow rotation.

mod attempts;
mod builder;
mod demand;
mod flight;
mod landing;
mod loaded;
mod moment;
mod part;
mod policy;
mod retry;
mod shared;
mod stale;
mod status;
mod tasks;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use crate::{Error, FromSecrets};
pub use builder::LiveBuilder;
pub use demand::Refreshed;
use flight::Joined;
pub use loaded::Snapshot;
use moment::Moment;
pub use part::{Mapped, Part, PartSnapshot};
use shared::Shared;
pub use stale::Stale;
pub use status::Status;

/// A struct that follows rotation: loaded once, refreshed while it is used, swapped as a whole.
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
///     let config = live.get()?; // a few nanoseconds
///     // …
/// #   let _ = &config.api_token;
/// }
/// # }
/// ```
///
/// It is refreshed in three ways, by one request at a time whoever asks:
///
/// - by a **timer**, before it is older than the TTL;
/// - on **access** past the TTL: this is what a Lambda function relies on, where timers freeze, with
///   [`current`](Self::current);
/// - on **demand**: [`refresh`](Self::refresh), and [`retry_on`](Self::retry_on) when credentials are refused.
///
/// A refresh that fails, or brings a value that its field refuses, leaves the last good struct in place and is tried
/// again after a pause. A struct that is older than [`max_stale`](LiveBuilder::max_stale) is not given out any more:
/// access is then a [`Stale`] error. [`status`](Self::status) tells how things are; each change, failure and recovery
/// is logged through `tracing`.
///
/// A clone is another handle of the same struct. When the last one is dropped, the timer ends. Handles may outlive the
/// runtime that loaded them: whoever comes from another runtime takes the timer there.
pub struct Live<T> {
    shared: Arc<Shared<T>>,
}

/// What [`Live::current`] does with a struct that is past its TTL and not too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnAccess {
    /// Waits for the refresh, but no longer than this; then gives out the old struct while the refresh goes on. The
    /// default, with one second: where a timer runs nobody comes here, and where none does, as on Lambda, a refresh in
    /// the background would be frozen when the invocation ends.
    Wait(Duration),
    /// Gives out the old struct at once, while the refresh runs in the background.
    Serve,
}

impl Default for OnAccess {
    fn default() -> Self {
        Self::Wait(Duration::from_secs(1))
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Live<T> {
    /// Loads the struct with the default loader, and keeps it fresh from then on.
    ///
    /// # Errors
    ///
    /// As for [`FromSecrets::load`].
    ///
    /// # Panics
    ///
    /// As for [`Loader::load`](crate::Loader::load).
    pub async fn load() -> Result<Self, Error> {
        Self::builder().load().await
    }

    /// The same, with more said.
    pub fn builder() -> LiveBuilder<T> {
        LiveBuilder::new()
    }

    /// The struct as it is. Lock-free, and never waits: past the TTL it starts a refresh and gives out what there is.
    ///
    /// Where a timer keeps the struct fresh, no clock is read, and it costs a few nanoseconds.
    ///
    /// # Errors
    ///
    /// When the struct is older than [`max_stale`](LiveBuilder::max_stale).
    pub fn get(&self) -> Result<Snapshot<T>, Stale> {
        if self.shared.is_vouched() {
            return Ok(self.last());
        }
        self.get_by_the_clock()
    }

    #[cold]
    fn get_by_the_clock(&self) -> Result<Snapshot<T>, Stale> {
        self.shared.keep_fresh();
        let (loaded, now) = (self.shared.current(), Moment::now());
        if !loaded.is_fresh(&now) {
            drop(self.shared.join_on_access(&now));
        }
        self.shared.judged(loaded, &now)
    }

    /// The last good struct, however old it is. For those who would rather go on with it than not at all.
    pub fn last(&self) -> Snapshot<T> {
        Snapshot(self.shared.current())
    }

    /// The struct, refreshed before if it is past its TTL, as [`on_access`](LiveBuilder::on_access) says. This is what
    /// a Lambda function calls in each invocation.
    ///
    /// Within the TTL it never waits. When the last refresh failed, it does not wait for the next one either, until the
    /// pause between refreshes is over.
    ///
    /// # Errors
    ///
    /// When the struct is older than [`max_stale`](LiveBuilder::max_stale), and cannot be refreshed.
    pub async fn current(&self) -> Result<Snapshot<T>, Stale> {
        if self.shared.is_vouched() {
            return Ok(self.last());
        }
        self.shared.keep_fresh();
        let (loaded, now) = (self.shared.current(), Moment::now());
        if loaded.is_fresh(&now) {
            return Ok(Snapshot(loaded));
        }
        if let Some(refresh) = self.shared.join_on_access(&now) {
            self.wait_as_set(refresh, self.shared.judged(loaded, &now).is_ok())
                .await;
        }
        self.shared.judged(self.shared.current(), &Moment::now())
    }

    /// Without a struct that may be given out, a caller waits to the end.
    async fn wait_as_set(&self, refresh: Joined, usable: bool) {
        match self.shared.policy.on_access {
            OnAccess::Serve if usable => {}
            OnAccess::Wait(longest) if usable => drop(timeout(longest, refresh.landed()).await),
            _ => drop(refresh.landed().await),
        }
    }

    /// How things are, for a health page. Holds no value.
    pub fn status(&self) -> Status {
        let now = Moment::now();
        let attempts = self.shared.lock().attempts.clone();
        let loaded = self.shared.current();
        Status {
            report: Arc::clone(&loaded.report),
            last_success: loaded.since.wall,
            last_attempt: attempts.last.wall,
            last_error: attempts.last_error,
            failures: attempts.failures,
            age: now.since(&loaded.since),
            max_stale: self.shared.policy.max_stale,
        }
    }

    /// Waits for the next change, and gives the struct after it. Changes between two calls are not seen: to see each,
    /// keep a receiver ([`watch`](Self::watch)) or a [`part!`](crate::part).
    pub async fn changed(&self) -> Arc<T> {
        let mut receiver = self.watch();
        // The sender lives as long as `self` does, so this ends with a change.
        if receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
        let changed = receiver.borrow_and_update();
        Arc::clone(&changed)
    }

    /// A receiver that is notified of each change: of a version, not of a refresh that brought what was there. It is
    /// closed when the last handle is dropped.
    pub fn watch(&self) -> watch::Receiver<Arc<T>> {
        self.shared.changes.subscribe()
    }

    /// What [`part!`](crate::part) is written against.
    #[doc(hidden)]
    pub fn part_at<U: 'static>(&self, fields: &[&str], project: fn(&T) -> &U) -> Part<T, U> {
        Part::new(self.clone(), fields, project)
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<T> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}
