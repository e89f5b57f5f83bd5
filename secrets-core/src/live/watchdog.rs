//! A thread that starts refreshes if no task does so: without a runtime, with one that does not run tasks, and after a
//! suspend. No code of the application runs on it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::Builder;
use std::time::Duration;

use crate::per_process::PerProcess;

/// A subject of the watchdog.
pub(super) trait Watched: Send + Sync {
    /// Starts work that is due on other threads, and returns the time until the next check.
    fn check(self: Arc<Self>) -> Duration;
}

/// The longest time between two checks. A suspend makes a sleep longer than requested.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// The shortest time between two checks, for example if no thread can be started.
const SHORTEST_SLEEP: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Watchdog {
    subjects: Mutex<Subjects>,
    changed: Condvar,
}

#[derive(Default)]
struct Subjects {
    watched: Vec<Weak<dyn Watched>>,
    /// Whether work can be due sooner than the last check returned.
    has_changed: bool,
}

fn watchdog() -> Option<Arc<Watchdog>> {
    static WATCHDOG: PerProcess<Option<Arc<Watchdog>>> = PerProcess::new();
    WATCHDOG.with(|watchdog| {
        if let Some(watchdog) = watchdog {
            return Some(Arc::clone(watchdog));
        }
        let new = Arc::new(Watchdog::default());
        let thread = Builder::new().name("from-secrets-watchdog".to_owned());
        let run = Arc::clone(&new);
        thread.spawn(move || run.run()).ok()?;
        Some(Arc::clone(watchdog.insert(new)))
    })
}

/// Checks a subject until it is dropped. If no thread can be started, access still refreshes the struct.
pub(super) fn watch(watched: Weak<dyn Watched>) {
    change(|subjects| subjects.push(watched));
}

/// Checks all subjects now.
pub(super) fn wake() {
    change(|_| {});
}

fn change(change: impl FnOnce(&mut Vec<Weak<dyn Watched>>)) {
    if let Some(watchdog) = watchdog() {
        let mut subjects = watchdog.lock();
        change(&mut subjects.watched);
        subjects.has_changed = true;
        watchdog.changed.notify_one();
    }
}

impl Watchdog {
    fn lock(&self) -> MutexGuard<'_, Subjects> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let watched = {
                let mut subjects = self.lock();
                subjects.has_changed = false;
                subjects
                    .watched
                    .retain(|watched| watched.strong_count() > 0);
                subjects.watched.clone()
            };
            let checks = watched.iter().filter_map(Weak::upgrade).map(Watched::check);
            let sleep = checks.min().unwrap_or(LONGEST_SLEEP);
            let sleep = sleep.clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
            let is_unchanged = |subjects: &mut Subjects| !subjects.has_changed;
            drop(
                self.changed
                    .wait_timeout_while(self.lock(), sleep, is_unchanged),
            );
        }
    }
}
