//! The task that refreshes a struct in the background.

use std::sync::{Arc, Weak};

use super::clock::Clock;
use super::race::first;
use super::state::Shared;

/// Starts the task where the application's runtime can run it. Elsewhere the watchdog takes its place.
pub(super) fn start<T: Send + Sync + 'static>(shared: &Arc<Shared<T>>) {
    let task = refresh_when_due(Arc::downgrade(shared));
    if shared.home.has_runtime() {
        shared.home.spawn_task(task);
    } else if matches!(shared.clock, Clock::Test(_)) {
        #[cfg(not(shuttle))]
        if let Ok(runtime) = crate::blocking::background() {
            drop(runtime.spawn(task));
        }
    }
}

async fn refresh_when_due<T: Send + Sync + 'static>(shared: Weak<Shared<T>>) {
    while let Some(now) = shared.upgrade() {
        let signals = Arc::clone(&now.process().signals);
        let clock = now.clock.clone();
        let ended = signals.ended.listen();
        // This runs, so its runtime does.
        now.home.suspect(false);
        let next = now.tick();
        drop(now);
        if signals.is_closed() {
            return;
        }
        first(ended, clock.sleep_until(next)).await;
    }
}
