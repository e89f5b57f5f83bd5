//! A value that is created once, and shared by all loads that wait for it.

use std::future::Future;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use crate::source::FetchResult;
use crate::source::file_io::lock;

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
            let result = opening.await.map(Arc::new);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::source::{SourceError, SourceErrorKind};

    type Counted = Arc<SharedSlot<usize>>;

    async fn attempt(slot: &Counted, count: &Arc<AtomicUsize>, works: bool) -> Option<usize> {
        let count = Arc::clone(count);
        let open = || async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let attempt = count.fetch_add(1, Ordering::SeqCst) + 1;
            let failure =
                || FetchResult::Failed(SourceError::new(SourceErrorKind::Credentials, "no"));
            works.then_some(attempt).ok_or_else(failure)
        };
        slot.get_or_open(open).await.ok().map(|value| *value)
    }

    #[tokio::test(start_paused = true)]
    async fn failed_attempt_is_shared_once() {
        let (slot, count) = (Counted::default(), Arc::default());
        let many = (0..20).map(|_| attempt(&slot, &count, false));
        let many = futures_util::future::join_all(many).await;
        assert!(many.iter().all(Option::is_none));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert_eq!(attempt(&slot, &count, true).await, Some(2));
        assert_eq!(attempt(&slot, &count, true).await, Some(2));
    }

    #[tokio::test(start_paused = true)]
    async fn dropped_attempt_starts_again() {
        let (slot, count) = (Counted::default(), Arc::default());
        let dropped = tokio::time::timeout(Duration::from_millis(1), attempt(&slot, &count, true));
        assert!(dropped.await.is_err());
        let start = tokio::time::Instant::now();
        assert_eq!(attempt(&slot, &count, true).await, Some(1));
        assert_eq!(start.elapsed(), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn forgotten_value_is_opened_again() {
        let (slot, count) = (Counted::default(), Arc::default());
        assert_eq!(attempt(&slot, &count, true).await, Some(1));
        slot.forget_if(|value| *value == 1);
        assert_eq!(attempt(&slot, &count, true).await, Some(2));
        slot.forget_if(|value| *value == 1);
        assert_eq!(attempt(&slot, &count, true).await, Some(2));
    }
}
