//! What follows the changes of a live struct: derived values and functions.

use std::any::type_name;
use std::future::Future;
use std::sync::{Arc, Weak};

use super::home::BoxFuture;
use super::loaded::{Loaded, Snapshot};
use super::projection::Scope;
use super::race::{all, caught, first};
use super::state::Shared;
use crate::Report;
use crate::sync::{Mutex, Swap, lock};

/// Something that follows the changes of a struct. It runs as part of a refresh, one change at a time.
pub(super) trait Follower<T>: Send + Sync {
    /// Catches up with the struct, and returns whether it could.
    fn follow(&self, loaded: Arc<Loaded<T>>) -> BoxFuture<'_, bool>;

    /// Returns whether nothing uses it any more.
    fn is_gone(&self) -> bool {
        false
    }

    /// Returns the name of its type, for the log.
    fn name(&self) -> &'static str {
        type_name::<Self>()
    }
}

type List<T> = Vec<Arc<dyn Follower<T>>>;

/// The followers of a struct, in the order in which they were added.
pub(super) struct Followers<T> {
    list: Swap<List<T>>,
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

    /// Drops followers that nothing uses any more.
    pub(super) fn purge(&self) {
        self.replace(None);
    }

    fn replace(&self, added: Option<Arc<dyn Follower<T>>>) {
        let old = {
            let _adding = lock(&self.adding);
            let mut list = List::clone(&self.list.load_full());
            list.retain(|follower| !follower.is_gone());
            list.extend(added);
            self.list.swap(Arc::new(list))
        };
        // Followers that are gone are dropped without the lock.
        drop(old);
    }
}

/// Lets every follower catch up, and returns whether all could. Each has as much time as a load.
pub(super) async fn follow<T: Send + Sync + 'static>(
    shared: &Weak<Shared<T>>,
    loaded: Arc<Loaded<T>>,
) -> bool {
    let Some((list, name, clock, longest)) = shared.upgrade().map(|shared| {
        let list = shared.followers.list.load_full();
        (list, shared.name, shared.clock.clone(), shared.load_timeout)
    }) else {
        return true;
    };
    if list.is_empty() {
        return true;
    }
    let follow = |follower: &Arc<dyn Follower<T>>| -> BoxFuture<'static, bool> {
        let (follower, loaded) = (Arc::clone(follower), Arc::clone(&loaded));
        let clock = clock.clone();
        Box::pin(async move {
            let following = caught(follower.follow(loaded));
            let reason = match first(following, clock.run_out(longest)).await {
                Some(Ok(has_followed)) => return has_followed,
                Some(Err(_)) => "it panicked",
                None => "it took longer than a load may take",
            };
            tracing::warn!(
                config = name,
                follower = follower.name(),
                reason,
                "a change was not followed; it is tried again"
            );
            false
        })
    };
    let following = list
        .iter()
        .filter(|follower| !follower.is_gone())
        .map(follow);
    all(following.collect())
        .await
        .into_iter()
        .all(|followed| followed)
}

/// A function that is called for each change.
pub(super) struct OnChange<T, F> {
    call: F,
    scope: Scope,
    /// The load that was last handled.
    seen: Mutex<Arc<Report>>,
    _struct: std::marker::PhantomData<fn(T)>,
}

impl<T, F> OnChange<T, F> {
    pub(super) fn new(scope: Scope, seen: Arc<Report>, call: F) -> Self {
        Self {
            call,
            scope,
            seen: Mutex::new(seen),
            _struct: std::marker::PhantomData,
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
