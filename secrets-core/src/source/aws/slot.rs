//! A value that is created once, and shared by all loads that wait for it.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::panics;
use crate::source::FetchResult;
use crate::sync::{Mutex, lock};

/// Contains a value after the first successful attempt to create it. Loads that wait for a failed attempt share its
/// error, and the next load tries again.
pub(super) struct SharedSlot<T>(Mutex<SlotState<T>>);

type OpenAttempt<T> = BoxFuture<'static, Result<Arc<T>, FetchResult>>;

enum SlotState<T> {
    Empty,
    /// The attempt ends when no load waits for it: it has the deadline of the load that started it.
    Opening(WeakShared<OpenAttempt<T>>),
    Open(Arc<T>),
}

impl<T> Default for SharedSlot<T> {
    fn default() -> Self {
        Self(Mutex::new(SlotState::Empty))
    }
}

impl<T: Send + Sync + 'static> SharedSlot<T> {
    /// Returns the value, or the result of the attempt that is in progress or that this call starts.
    pub(super) async fn get_or_open<F>(
        self: &Arc<Self>,
        open: impl FnOnce() -> F,
    ) -> Result<Arc<T>, FetchResult>
    where
        F: Future<Output = Result<T, FetchResult>> + Send + 'static,
    {
        let attempt = {
            let mut state = lock(&self.0);
            let in_progress = match &*state {
                SlotState::Open(value) => return Ok(Arc::clone(value)),
                SlotState::Opening(attempt) => attempt.upgrade(),
                SlotState::Empty => None,
            };
            let attempt = in_progress.unwrap_or_else(|| self.open(open()));
            if let Some(weak) = attempt.downgrade() {
                *state = SlotState::Opening(weak);
            }
            attempt
        };
        attempt.await
    }

    fn open(
        self: &Arc<Self>,
        opening: impl Future<Output = Result<T, FetchResult>> + Send + 'static,
    ) -> Shared<OpenAttempt<T>> {
        let slot = Arc::downgrade(self);
        let attempt = async move {
            // Loads that wait for a panicked attempt would not be woken.
            let opened = panics::caught_async(opening).await;
            let result = opened.unwrap_or_else(|panic| Err(FetchResult::Failed(panic)));
            let result = result.map(Arc::new);
            if let Some(slot) = slot.upgrade() {
                *lock(&slot.0) = match &result {
                    Ok(value) => SlotState::Open(Arc::clone(value)),
                    Err(_) => SlotState::Empty,
                };
            }
            result
        };
        attempt.boxed().shared()
    }

    /// Empties the slot if it contains a value that matches, so that the next load opens it again.
    pub(super) fn forget_if(&self, matches: impl Fn(&T) -> bool) {
        let mut state = lock(&self.0);
        if matches!(&*state, SlotState::Open(value) if matches(value)) {
            *state = SlotState::Empty;
        }
    }
}
