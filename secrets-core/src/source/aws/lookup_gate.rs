//! The error of a lookup, shared by the calls that wait for it.

use std::future::Future;

use crate::source::SourceError;
use crate::sync::{AtomicU64, Ordering};

/// Orders the calls that wait for one provider.
#[derive(Debug, Default)]
pub(super) struct LookupGate {
    /// The number of lookups that failed.
    failures: AtomicU64,
    last: tokio::sync::Mutex<Option<SourceError>>,
}

impl LookupGate {
    /// Runs a lookup when no other one runs. If one fails while this call waits, returns its error instead.
    pub(super) async fn run<T>(
        &self,
        lookup: impl Future<Output = Result<T, SourceError>>,
    ) -> Result<T, SourceError> {
        let arrived = self.failures.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if self.failures.load(Ordering::Acquire) > arrived
            && let Some(error) = &*last
        {
            return Err(error.clone());
        }
        let result = lookup.await;
        if let Err(error) = &result {
            *last = Some(error.clone());
            self.failures.fetch_add(1, Ordering::Release);
        }
        result
    }
}
