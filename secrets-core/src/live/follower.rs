//! Values and functions that follow the changes of a live struct.

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use super::signals::{BoxFuture, all, caught, first};
use super::snapshot::{FieldScope, Loaded, Snapshot};
use crate::report::LoadReport;
use crate::sync::{Mutex, Swap, lock};

/// A derived value, or a function of `on_change`. It runs as part of a refresh, one change at a time.
pub(super) trait Follower<T>: Send + Sync {
    /// Follows the struct to its current load, and returns whether this succeeded.
    fn follow(&self, loaded: Arc<Loaded<T>>) -> BoxFuture<'_, bool>;

    /// Returns whether the follower is no longer used.
    fn is_unused(&self) -> bool {
        false
    }

    /// Returns the name of its type, for the log.
    fn name(&self) -> &'static str {
        type_name::<Self>()
    }
}

pub(super) type FollowerList<T> = Vec<Arc<dyn Follower<T>>>;

/// The followers of a struct, in the order in which they were added.
pub(super) struct Followers<T> {
    list: Swap<FollowerList<T>>,
    adding: Mutex<()>,
}

impl<T> Default for Followers<T> {
    fn default() -> Self {
        Self {
            list: Swap::new(Arc::default()),
            adding: Mutex::new(()),
        }
    }
}

impl<T> Followers<T> {
    pub(super) fn add(&self, follower: Arc<dyn Follower<T>>) {
        self.replace(Some(follower));
    }

    /// Drops followers that are no longer used.
    pub(super) fn purge(&self) {
        self.replace(None);
    }

    fn replace(&self, added: Option<Arc<dyn Follower<T>>>) {
        let old = {
            let _adding = lock(&self.adding);
            let mut list = FollowerList::clone(&self.list.load_full());
            list.retain(|follower| !follower.is_unused());
            list.extend(added);
            self.list.swap(Arc::new(list))
        };
        // Unused followers are dropped after the lock is released.
        drop(old);
    }

    /// Returns whether a follower is still used.
    pub(super) fn are_used(&self) -> bool {
        self.current().iter().any(|follower| !follower.is_unused())
    }

    pub(super) fn current(&self) -> Arc<FollowerList<T>> {
        self.list.load_full()
    }
}

/// Runs all followers concurrently, and returns whether all succeeded. Each has as much time as a load.
pub(super) async fn follow<T: Send + Sync + 'static>(
    followers: &FollowerList<T>,
    loaded: &Arc<Loaded<T>>,
    (config, clock, load_timeout): (&'static str, Clock, Duration),
) -> bool {
    let follow = |follower: &Arc<dyn Follower<T>>| -> BoxFuture<'static, bool> {
        let (follower, loaded) = (Arc::clone(follower), Arc::clone(loaded));
        let clock = clock.clone();
        Box::pin(async move {
            let following = caught(follower.follow(loaded));
            let reason = match first(following, clock.sleep(load_timeout)).await {
                Some(Some(has_followed)) => return has_followed,
                Some(None) => "a panic occurred",
                None => "it exceeded the timeout of a load",
            };
            tracing::warn!(
                config,
                follower = follower.name(),
                reason,
                "a derived value or a function of `on_change` failed; it runs again after a pause"
            );
            false
        })
    };
    let used = followers.iter().filter(|follower| !follower.is_unused());
    all(used.map(follow).collect()).await
}

/// A function that is called for each change.
pub(super) struct OnChange<T, F> {
    call: F,
    scope: FieldScope,
    /// The report of the last load that was followed.
    seen: Mutex<Arc<LoadReport>>,
    subject: PhantomData<fn(T)>,
}

impl<T, F> OnChange<T, F> {
    pub(super) fn new(scope: FieldScope, seen: Arc<LoadReport>, call: F) -> Self {
        Self {
            call,
            scope,
            seen: Mutex::new(seen),
            subject: PhantomData,
        }
    }
}

impl<T, F, Fut> Follower<T> for OnChange<T, F>
where
    T: Send + Sync + 'static,
    F: Fn(Snapshot<T>) -> Fut + Send + Sync,
    Fut: Future<Output = ()> + Send,
{
    fn follow(&self, loaded: Arc<Loaded<T>>) -> BoxFuture<'_, bool> {
        Box::pin(async move {
            let seen = Arc::clone(&lock(&self.seen));
            let report = &loaded.origin.report;
            if !self.scope.is_same(&seen, report) {
                (self.call)(Snapshot::of(&loaded)).await;
            }
            *lock(&self.seen) = Arc::clone(report);
            true
        })
    }
}
