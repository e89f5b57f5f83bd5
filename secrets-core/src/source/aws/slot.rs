//! The place of what is configured once, and shared by all loads that wait for it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use crate::source::FetchResult;

/// Holds a value from its first successful attempt on. A failed attempt is shared by the loads that waited for it, and
/// the next load tries again.
pub(super) struct SharedSlot<T>(Mutex<SlotState<T>>);

type OpenAttempt<T> = BoxFuture<'static, Result<Arc<T>, FetchResult>>;

enum SlotState<T> {
    Empty,
    /// Ends when no load waits for it any longer: its deadline is that of the load that began it.
    Opening(WeakShared<OpenAttempt<T>>),
    Open(Arc<T>),
}

impl<T> Default for SharedSlot<T> {
    fn default() -> Self {
        Self(Mutex::new(SlotState::Empty))
    }
}

impl<T: Send + Sync + 'static> SharedSlot<T> {
    /// Returns the value, or what the attempt that is under way, or a new one, results in.
    pub(super) async fn get_or_open<F>(
        self: &Arc<Self>,
        open: impl FnOnce() -> F,
    ) -> Result<Arc<T>, FetchResult>
    where
        F: Future<Output = Result<T, FetchResult>> + Send + 'static,
    {
        match self.join(open) {
            Ok(open) => Ok(open),
            Err(attempt) => attempt.await,
        }
    }

    fn join<F>(self: &Arc<Self>, open: impl FnOnce() -> F) -> Result<Arc<T>, Shared<OpenAttempt<T>>>
    where
        F: Future<Output = Result<T, FetchResult>> + Send + 'static,
    {
        let mut state = self.lock();
        let under_way = match &*state {
            SlotState::Open(value) => return Ok(Arc::clone(value)),
            SlotState::Opening(attempt) => attempt.upgrade(),
            SlotState::Empty => None,
        };
        if let Some(attempt) = under_way {
            return Err(attempt);
        }
        let (slot, opening) = (Arc::downgrade(self), open());
        let attempt = async move {
            let result = opening.await.map(Arc::new);
            if let Some(slot) = slot.upgrade() {
                *slot.lock() = match &result {
                    Ok(value) => SlotState::Open(Arc::clone(value)),
                    Err(_) => SlotState::Empty,
                };
            }
            result
        };
        let attempt = attempt.boxed().shared();
        if let Some(weak) = attempt.downgrade() {
            *state = SlotState::Opening(weak);
        }
        Err(attempt)
    }

    /// Empties the slot if it contains that value, so that the next load opens it again.
    pub(super) fn forget_if(&self, is_it: impl Fn(&T) -> bool) {
        let mut state = self.lock();
        if matches!(&*state, SlotState::Open(value) if is_it(value)) {
            *state = SlotState::Empty;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, SlotState<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
