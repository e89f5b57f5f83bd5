//! File systems can block without a limit. Reads from them end at the load's deadline.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;
use std::time::{Duration, Instant};

use crate::per_process::PerProcess;
use crate::source::{SourceError, SourceErrorKind};

/// How many threads may be left behind that wait for a file system which does not answer. A struct that is refreshed
/// again and again does not collect more.
const MOST_LEFT_BEHIND: usize = 16;

/// The most by which a read ends before the deadline, so that its own error is reported, which names the path.
const MARGIN: Duration = Duration::from_millis(50);

/// How many threads are left behind. Those of a parent are not those of its child.
fn left_behind() -> Arc<AtomicUsize> {
    static COUNT: PerProcess<Arc<AtomicUsize>> = PerProcess::new();
    COUNT.with(|count| Arc::clone(count))
}

/// The path that is being read, for the error of a read that does not end.
#[derive(Clone, Debug, Default)]
pub(in crate::source) struct Reading(Arc<Mutex<PathBuf>>);

impl Reading {
    /// Records what is read from now on, as it may be shown.
    pub(in crate::source) fn begin(&self, shown: &Path) {
        shown.clone_into(&mut lock(&self.0));
    }

    fn failure(&self) -> SourceError {
        let shown = lock(&self.0);
        let message = format!("`{}` was not read within the load's time", shown.display());
        SourceError::new(SourceErrorKind::Unreachable, message)
            .with_hint("check the file system that it is on, or raise `Loader::timeout`")
    }
}

/// Reads files on a separate thread, and waits for it until the deadline, which is passed to `work`.
///
/// A runtime that shuts down waits for its blocking tasks. So such a task only waits, and ends with the deadline or
/// when the load is dropped. The thread that reads may stay behind; neither runtime nor process wait for it.
pub(in crate::source) async fn run<T: Send + 'static>(
    deadline: tokio::time::Instant,
    reading: &Reading,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, SourceError> {
    let left = deadline.saturating_duration_since(tokio::time::Instant::now());
    let slot = Arc::new(ResultSlot::new());
    let _until_dropped = Abandon(Arc::clone(&slot));
    let reading = reading.clone();
    // As a task of the runtime, so that a paused clock does not advance meanwhile.
    let waiting = tokio::task::spawn_blocking(move || wait(left, &slot, &reading, work));
    waiting.await.unwrap_or_else(|_| Err(broken_off()))
}

fn wait<T: Send + 'static>(
    left: Duration,
    slot: &Arc<ResultSlot<T>>,
    reading: &Reading,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, SourceError> {
    if left_behind().load(Ordering::Relaxed) >= MOST_LEFT_BEHIND {
        return Err(hanging());
    }
    let left = left.saturating_sub(MARGIN.min(left / 10));
    let now = Instant::now();
    let until = now.checked_add(left).unwrap_or(now);
    let Some(filler) = Filler::start(slot) else {
        return Err(broken_off());
    };
    let read = move || filler.fill(work(until));
    let thread = Builder::new().name("from-secrets-files".to_owned());
    thread.spawn(read).map_err(|error| no_thread(&error))?;
    match slot.take(left) {
        ReadState::Done(done) => Ok(done),
        ReadState::BrokenOff => Err(broken_off()),
        _ => Err(reading.failure()),
    }
}

/// Where the reading thread puts its result.
struct ResultSlot<T> {
    state: Mutex<ReadState<T>>,
    changed: Condvar,
}

enum ReadState<T> {
    /// No thread was started yet.
    Idle,
    Pending,
    Done(T),
    /// The read panicked.
    BrokenOff,
    Taken,
    /// The result is no longer needed.
    Abandoned,
}

impl<T> ResultSlot<T> {
    fn new() -> Self {
        Self {
            state: Mutex::new(ReadState::Idle),
            changed: Condvar::new(),
        }
    }

    /// Waits for the result, and abandons the read if it takes longer.
    fn take(&self, longest: Duration) -> ReadState<T> {
        let is_pending = |state: &mut ReadState<T>| matches!(state, ReadState::Pending);
        let state = lock(&self.state);
        let waited = self.changed.wait_timeout_while(state, longest, is_pending);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match *state {
            ReadState::Done(_) | ReadState::BrokenOff => {
                std::mem::replace(&mut *state, ReadState::Taken)
            }
            ReadState::Pending => {
                left_behind().fetch_add(1, Ordering::Relaxed);
                *state = ReadState::Abandoned;
                ReadState::Abandoned
            }
            _ => ReadState::Abandoned,
        }
    }
}

/// Ends the wait for a read when the load is dropped.
struct Abandon<T>(Arc<ResultSlot<T>>);

impl<T> Drop for Abandon<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        match *state {
            ReadState::Idle => *state = ReadState::Abandoned,
            ReadState::Pending => {
                left_behind().fetch_add(1, Ordering::Relaxed);
                *state = ReadState::Abandoned;
                self.0.changed.notify_all();
            }
            _ => {}
        }
    }
}

/// The reading thread's side of a slot, which is filled when this is dropped, also by a panic.
struct Filler<T> {
    slot: Arc<ResultSlot<T>>,
    done: Option<T>,
}

impl<T> Filler<T> {
    /// Returns `None` if the load was dropped already.
    fn start(slot: &Arc<ResultSlot<T>>) -> Option<Self> {
        let mut state = lock(&slot.state);
        matches!(*state, ReadState::Idle).then(|| {
            *state = ReadState::Pending;
            Self {
                slot: Arc::clone(slot),
                done: None,
            }
        })
    }

    fn fill(mut self, done: T) {
        self.done = Some(done);
    }
}

impl<T> Drop for Filler<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.slot.state);
        match *state {
            ReadState::Pending => {
                *state = self
                    .done
                    .take()
                    .map_or(ReadState::BrokenOff, ReadState::Done);
                self.slot.changed.notify_all();
            }
            ReadState::Abandoned => drop(left_behind().fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The hint if the process itself is out of resources.
const SHORT: &str = "try again; if it lasts, look at the process's bounds for threads and memory";

fn hanging() -> SourceError {
    let message = "earlier reads of files have not come back yet";
    SourceError::new(SourceErrorKind::Unreachable, message)
        .with_hint("check the file systems that the files are on")
}

fn broken_off() -> SourceError {
    SourceError::new(
        SourceErrorKind::Internal,
        "the reading of files was broken off",
    )
    .with_hint(SHORT)
}

fn no_thread(error: &io::Error) -> SourceError {
    let message = format!("no thread can be started to read files: {error}");
    SourceError::new(SourceErrorKind::Internal, message).with_hint(SHORT)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// The count of threads that are left behind is the process's, so these tests run one after the other.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    const PATH: &str = "/hung/file";

    /// A read that hangs until the sender is dropped.
    #[derive(Clone)]
    struct Gate(Arc<Mutex<Receiver<()>>>);

    impl Gate {
        fn new() -> (Sender<()>, Self) {
            let (go, gate) = channel();
            (go, Self(Arc::new(Mutex::new(gate))))
        }

        async fn read(self, limit: Duration) -> Result<(), SourceError> {
            let reading = Reading::default();
            let begin = reading.clone();
            let deadline = tokio::time::Instant::now() + limit;
            let work = move |_| {
                begin.begin(Path::new(PATH));
                let _ = lock(&self.0).recv();
            };
            run(deadline, &reading, work).await
        }
    }

    const SHORTLY: Duration = Duration::from_millis(5);
    const LONG: Duration = Duration::from_mins(1);

    fn current_thread() -> Runtime {
        Builder::new_current_thread().enable_time().build().unwrap()
    }

    fn multi_thread() -> Runtime {
        Builder::new_multi_thread().enable_time().build().unwrap()
    }

    fn until_none_is_left_behind() {
        let start = Instant::now();
        while left_behind().load(Ordering::Relaxed) > 0 {
            assert!(
                start.elapsed() < LONG,
                "a thread that came back is still counted"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn hung_read_fails_at_the_deadline() {
        let _alone = lock(&ONE_AT_A_TIME);
        for runtime in [current_thread, multi_thread] {
            let (go, gate) = Gate::new();
            let start = Instant::now();
            let failure = runtime().block_on(gate.read(SHORTLY)).unwrap_err();
            assert_eq!(failure.kind(), SourceErrorKind::Unreachable);
            assert!(failure.message().contains(PATH), "{failure}");
            assert!(start.elapsed() < LONG, "the runtime waited for the thread");
            drop(go);
            until_none_is_left_behind();
        }
    }

    #[test]
    fn dropped_load_does_not_delay_shutdown() {
        let _alone = lock(&ONE_AT_A_TIME);
        for runtime in [current_thread, multi_thread] {
            let (go, gate) = Gate::new();
            let start = Instant::now();
            let given_up = async { tokio::time::timeout(SHORTLY, gate.read(2 * LONG)).await };
            assert!(runtime().block_on(given_up).is_err());
            assert!(
                start.elapsed() < LONG,
                "the runtime waited for the deadline"
            );
            drop(go);
            until_none_is_left_behind();
        }
    }

    #[test]
    fn hung_threads_are_bounded() {
        let _alone = lock(&ONE_AT_A_TIME);
        let (go, gate) = Gate::new();
        let read = |limit| current_thread().block_on(gate.clone().read(limit));
        for _ in 0..MOST_LEFT_BEHIND {
            assert_eq!(
                read(SHORTLY).unwrap_err().kind(),
                SourceErrorKind::Unreachable
            );
        }
        let refused = read(LONG).unwrap_err();
        assert!(refused.message().contains("earlier"), "{refused}");
        assert_eq!(left_behind().load(Ordering::Relaxed), MOST_LEFT_BEHIND);
        drop(go);
        until_none_is_left_behind();
        assert!(read(LONG).is_ok());
    }

    #[test]
    fn panic_of_read_is_a_failure() {
        let _alone = lock(&ONE_AT_A_TIME);
        let deadline = tokio::time::Instant::now() + LONG;
        let reading = Reading::default();
        let work = |_| std::panic::resume_unwind(Box::new(()));
        let read = current_thread().block_on(run::<()>(deadline, &reading, work));
        assert_eq!(read.unwrap_err().kind(), SourceErrorKind::Internal);
        assert_eq!(left_behind().load(Ordering::Relaxed), 0);
    }
}
