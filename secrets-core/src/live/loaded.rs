//! What a load gave, and how a caller holds it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;

use super::moment::Moment;
use crate::Report;

/// A struct and what is known of its load. Never changed: the next load makes another.
pub(super) struct Loaded<T> {
    pub(super) value: Arc<T>,
    pub(super) report: Arc<Report>,
    /// Counts the changes.
    pub(super) generation: u64,
    /// When its load began: the values may be as old as that.
    pub(super) since: Moment,
    /// How long it counts as fresh.
    pub(super) fresh_for: Duration,
}

impl<T> Loaded<T> {
    pub(super) fn is_fresh(&self, now: &Moment) -> bool {
        now.since(&self.since) < self.fresh_for
    }
}

/// The struct as it was at one moment. A refresh does not change it; drop it and take another.
///
/// Cheap to take, and may be held across an `.await`. What is kept for long is better an `Arc`:
/// [`to_arc`](Self::to_arc).
pub struct Snapshot<T>(pub(super) Guard<Arc<Loaded<T>>>);

impl<T> Snapshot<T> {
    /// The struct to keep.
    pub fn to_arc(this: &Self) -> Arc<T> {
        Arc::clone(&this.0.value)
    }
}

impl<T> Deref for Snapshot<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Snapshot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
