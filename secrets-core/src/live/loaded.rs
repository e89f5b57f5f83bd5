//! A loaded struct, and the handle through which callers read it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::SystemTime;

use super::clock::Timestamp;
use crate::Report;
use crate::sync::{Guard, owned};

/// A value and the load that it comes from. It never changes; the next load makes another one.
pub(super) struct Loaded<T> {
    pub(super) value: Arc<T>,
    pub(super) origin: Origin,
}

/// The load that a value comes from.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) report: Arc<Report>,
    /// Counts the changes.
    pub(super) generation: u64,
    /// When the load began: the values may be as old as that.
    pub(super) since: Timestamp,
    pub(super) began_at: SystemTime,
    /// When an access refreshes the struct.
    pub(super) fresh_until: Timestamp,
    /// After that, access is an error.
    pub(super) usable_until: Timestamp,
}

/// A struct as it was at one point in time. A refresh does not change it; drop it and take another.
///
/// It is cheap to take and may be held across an `.await`. To keep a struct for long, take an `Arc`:
/// [`to_arc`](Self::to_arc).
pub struct Snapshot<T>(Guard<Loaded<T>>);

impl<T> Snapshot<T> {
    pub(super) fn new(loaded: Guard<Loaded<T>>) -> Self {
        Self(loaded)
    }

    pub(super) fn of(loaded: &Arc<Loaded<T>>) -> Self {
        Self(owned(Arc::clone(loaded)))
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Returns the struct to keep.
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
