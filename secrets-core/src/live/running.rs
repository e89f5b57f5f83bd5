//! A refresh that has not ended, and its progress.

use std::sync::Arc;

use super::clock::Timestamp;
use super::executor::{GRACE, Task};
use super::transition::TransitionContext;

/// A refresh that has not ended.
pub(super) struct Running {
    pub(super) task: Arc<Task>,
    pub(super) began: Timestamp,
    pub(super) progress: RefreshProgress,
}

/// The progress of a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefreshProgress {
    Started,
    /// The load may have sent requests.
    Requested,
    /// The load has ended, so that only followers run.
    Loaded,
    /// The refresh was counted as a failure, although it still blocks a thread.
    GivenUp,
}

impl Running {
    /// Returns when to check whether the refresh makes progress.
    pub(super) fn next_check(&self, cx: &TransitionContext<'_>) -> Timestamp {
        if cx.settings.clock.is_moved() {
            Timestamp::NEVER
        } else if self.progress == RefreshProgress::GivenUp {
            cx.reading.now.after(GRACE)
        } else if self.task.waits_for_runtime() && !cx.reading.is_simulated {
            self.began.after(GRACE)
        } else {
            self.began.after(cx.settings.longest_refresh())
        }
    }
}
