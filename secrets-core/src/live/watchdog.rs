//! A plain thread that starts refreshes where nothing else does: without a runtime, on one that nothing drives, and
//! after a suspend. No code of the application runs on it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::Builder;
use std::time::Duration;

use super::clock::{Reading, Timestamp, nanos};
use super::effects::Effects;
use super::home::Place;
use super::state::{GRACE, Shared, Trigger};
use crate::per_process::PerProcess;

/// What the watchdog looks at.
pub(super) trait Watched: Send + Sync {
    /// Does what is due, on other threads, and returns the time to the next look.
    fn look(self: Arc<Self>) -> Duration;
}

/// The longest time between two looks: a suspend makes sleeps longer than they should be.
const LONGEST_SLEEP: Duration = Duration::from_secs(5);

/// The time after which a failed start of a thread is tried again.
const SHORTEST_SLEEP: Duration = Duration::from_millis(1);

#[derive(Default)]
struct Watchdog {
    watched: Mutex<List>,
    changed: Condvar,
}

#[derive(Default)]
struct List {
    watched: Vec<Weak<dyn Watched>>,
    /// Something may be due sooner than at the last look.
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

/// Watches it until it is dropped. Without a thread to do it, accesses still refresh.
pub(super) fn watch(watched: Weak<dyn Watched>) {
    change(|list| list.push(watched));
}

/// Looks now.
pub(super) fn look() {
    change(|_| {});
}

fn change(change: impl FnOnce(&mut Vec<Weak<dyn Watched>>)) {
    if let Some(watchdog) = watchdog() {
        let mut list = watchdog.lock();
        change(&mut list.watched);
        list.has_changed = true;
        watchdog.changed.notify_one();
    }
}

impl Watchdog {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let watched = {
                let mut list = self.lock();
                list.has_changed = false;
                list.watched.retain(|watched| watched.strong_count() > 0);
                list.watched.clone()
            };
            let looks = watched.iter().filter_map(Weak::upgrade).map(Watched::look);
            let sleep = looks.min().unwrap_or(LONGEST_SLEEP);
            let sleep = sleep.clamp(SHORTEST_SLEEP, LONGEST_SLEEP);
            let is_unchanged = |list: &mut List| !list.has_changed;
            let list = self.lock();
            drop(self.changed.wait_timeout_while(list, sleep, is_unchanged));
        }
    }
}

impl<T: Send + Sync + 'static> Watched for Shared<T> {
    fn look(self: Arc<Self>) -> Duration {
        let process = self.process();
        let reading = self.clock.read();
        let is_at_home = self.home.has_runtime() && !self.home.is_suspect();
        // The runtime's own timer comes first.
        let late = if is_at_home { GRACE } else { Duration::ZERO };
        let earlier = Reading {
            now: Timestamp(reading.now.0.saturating_sub(nanos(late))),
            ..reading
        };
        let mut effects = Effects::default();
        self.supervise(&mut process.lock(), reading, &mut effects);
        if effects.is_empty() {
            effects = self.start_due(&process, Trigger::Timer, Place::Own, earlier);
            if is_at_home && effects.start.is_some() {
                self.home.suspect(true);
            }
        }
        let next = {
            let state = process.lock();
            let next = match &state.running {
                Some(running) => self.next_check(running, reading),
                None => state.next_due().after(late),
            };
            next.since(reading.now)
        };
        if effects.is_empty() {
            // If the last handle was dropped since, the struct's own code would run here.
            if let Some(last) = Arc::into_inner(self) {
                drop(crate::blocking::spawn(async move { drop(last) }));
            }
        } else {
            drop(crate::blocking::spawn(async move { effects.run(&self) }));
        }
        next
    }
}
