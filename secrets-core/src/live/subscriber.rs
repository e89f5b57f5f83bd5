//! Waits for changes of a live struct.

use std::fmt;
use std::sync::{Arc, Weak};

use super::shared::LiveShared;
use super::signals::Signals;
use super::snapshot::{FieldScope, Snapshot};
use crate::report::LoadReport;

/// Waits for changes of a live struct. [`Live::subscribe`](super::Live::subscribe) returns it.
///
/// It misses no change: after a change between two calls of [`changed`](Self::changed), the next call returns at once.
/// After several, it returns the latest struct.
pub struct Subscriber<T> {
    shared: Weak<LiveShared<T>>,
    signals: Arc<Signals>,
    scope: FieldScope,
    seen: Arc<LoadReport>,
}

impl<T: Send + Sync + 'static> Subscriber<T> {
    pub(super) fn new(shared: &Arc<LiveShared<T>>, scope: FieldScope) -> Self {
        Self {
            seen: shared.report(),
            signals: Arc::clone(&shared.process().signals),
            shared: Arc::downgrade(shared),
            scope,
        }
    }

    /// Waits for a change, and returns the struct after it.
    ///
    /// Returns `None` after the last handle of the live struct is dropped. Projections and derived values are handles,
    /// too.
    ///
    /// This method is cancel safe: `tokio::select!` does not lose a change. It works without a Tokio runtime.
    pub async fn changed(&mut self) -> Option<Snapshot<T>> {
        loop {
            if let Some(shared) = self.shared.upgrade() {
                self.signals = Arc::clone(&shared.process().signals);
            }
            let signals = Arc::clone(&self.signals);
            let ended = signals.ended.listen();
            {
                let loaded = self.shared.upgrade()?.current_full();
                let seen = std::mem::replace(&mut self.seen, Arc::clone(&loaded.origin.report));
                if !self.scope.is_same(&seen, &self.seen) {
                    return Some(Snapshot::of(&loaded));
                }
            }
            if signals.is_closed() {
                return None;
            }
            ended.await;
        }
    }

    /// Waits for a change like [`changed`](Self::changed), without `async`.
    pub fn changed_blocking(&mut self) -> Option<Snapshot<T>> {
        crate::sync::block_on(self.changed())
    }
}

impl<T> fmt::Debug for Subscriber<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscriber").finish_non_exhaustive()
    }
}
