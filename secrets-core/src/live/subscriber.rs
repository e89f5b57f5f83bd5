//! Waiting for changes.

use std::fmt;
use std::sync::{Arc, Weak};

use super::Snapshot;
use super::projection::Scope;
use super::signals::Signals;
use super::state::Shared;
use crate::Report;

/// Waits for changes of a live struct. From [`Live::subscribe`](super::Live::subscribe).
///
/// No change is missed: one that lands between two calls of [`changed`](Self::changed) is returned by the next. If
/// several do, the latest is returned.
pub struct Subscriber<T> {
    shared: Weak<Shared<T>>,
    signals: Arc<Signals>,
    scope: Scope,
    seen: Arc<Report>,
}

impl<T: Send + Sync + 'static> Subscriber<T> {
    pub(super) fn new(shared: &Arc<Shared<T>>, scope: Scope) -> Self {
        Self {
            seen: Arc::clone(&shared.current().origin.report),
            signals: Arc::clone(&shared.process().signals),
            shared: Arc::downgrade(shared),
            scope,
        }
    }

    /// Waits for a change, and returns the struct after it. Returns `None` once the last handle of the live struct is
    /// dropped: projections and derived values count as handles.
    ///
    /// This method is cancel safe: use it in `tokio::select!` without losing a change. It needs no Tokio runtime.
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
