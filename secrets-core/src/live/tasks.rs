//! The tasks behind a live struct.

use std::sync::{Arc, Weak};

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::moment::Moment;
use super::shared::Shared;
use crate::{FromSecrets, blocking};

/// What runs for a live struct until its last handle is dropped.
#[derive(Debug, Default)]
pub(super) struct Tasks {
    timer: Option<AbortHandle>,
    watchman: Option<AbortHandle>,
}

impl Tasks {
    /// Whether readers may do without the clock: a timer refreshes, and if nobody drives the timer, that is noticed.
    pub(super) fn keep_it_fresh(&self) -> bool {
        runs(self.timer.as_ref()) && runs(self.watchman.as_ref())
    }
}

fn runs(task: Option<&AbortHandle>) -> bool {
    task.is_some_and(|task| !task.is_finished())
}

impl Drop for Tasks {
    fn drop(&mut self) {
        let tasks = [self.timer.take(), self.watchman.take()];
        tasks.iter().flatten().for_each(AbortHandle::abort);
    }
}

impl<T: FromSecrets + Send + Sync + 'static> Shared<T> {
    /// Starts the timer on the runtime of the caller, unless there is one. A timer ends with its runtime, and whoever
    /// comes next from another one starts it again.
    pub(super) fn keep_fresh(self: &Arc<Self>) {
        if !self.policy.timer {
            return;
        }
        let mut state = self.lock();
        if !runs(state.tasks.watchman.as_ref()) {
            let background = blocking::background().ok();
            let watchman = background.map(|runtime| runtime.spawn(watch(Arc::downgrade(self))));
            state.tasks.watchman = watchman.map(|task| task.abort_handle());
        }
        if let Ok(runtime) = Handle::try_current()
            && !runs(state.tasks.timer.as_ref())
        {
            let timer = runtime.spawn(refresh_when_due(Arc::downgrade(self)));
            state.tasks.timer = Some(timer.abort_handle());
        }
    }
}

/// The timer.
async fn refresh_when_due<T>(shared: Weak<Shared<T>>)
where
    T: FromSecrets + Send + Sync + 'static,
{
    let Some(_vouching) = Vouching::start(&shared) else {
        return;
    };
    while let Some(due) = shared.upgrade().map(|shared| shared.lock().attempts.due) {
        sleep_until(due).await;
        let refresh = shared.upgrade().and_then(|shared| {
            // A refresh on demand may have come before.
            let is_due = shared.lock().attempts.due <= Instant::now();
            is_due.then(|| shared.join()).flatten()
        });
        if let Some(refresh) = refresh {
            refresh.landed().await;
        }
    }
}

/// A timer vouches for the struct as long as it runs.
struct Vouching<'a, T>(&'a Weak<Shared<T>>);

impl<'a, T> Vouching<'a, T> {
    fn start(shared: &'a Weak<Shared<T>>) -> Option<Self> {
        let shared_now = shared.upgrade()?;
        let state = shared_now.lock();
        let fresh = shared_now.current().is_fresh(&Moment::now());
        let vouched = fresh && state.attempts.failures == 0 && state.tasks.keep_it_fresh();
        shared_now.vouch(&state, vouched);
        Some(Self(shared))
    }
}

impl<T> Drop for Vouching<'_, T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.vouch(&shared.lock(), false);
        }
    }
}

/// Sees to it that no struct counts as fresh beyond its TTL because the timer's runtime is busy, or driven by nobody.
/// It runs on a thread of this library's own.
async fn watch<T>(shared: Weak<Shared<T>>) {
    while let Some(until) = shared.upgrade().map(|shared| shared.fresh_until()) {
        sleep_until(until).await;
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let ttl = shared.policy.ttl;
        if shared.fresh_until() <= Instant::now() {
            shared.vouch(&shared.lock(), false);
            drop(shared);
            tokio::time::sleep(ttl).await;
        }
    }
}
