//! File reads that end at the load's deadline, even if the file system blocks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::permissions::{self, TooOpen};
use crate::per_process::PerProcess;
use crate::source::{SourceError, SourceErrorKind};
use crate::sync::blocking::{Receiver, Sender, channel, spawn_blocking};
use crate::sync::thread::Builder;
use crate::sync::time::recv_timeout;
use crate::sync::{AtomicBool, Mutex, Ordering, lock};

/// The most threads that may be blocked by a file system that does not respond. Without a limit, each refresh of a
/// struct would add one.
const MOST_LEFT_BEHIND: isize = 16;

/// The time before the deadline at which a read ends, so that its own error is reported, which contains the path.
const MARGIN: Duration = Duration::from_millis(50);

/// The number of blocked threads. A child process does not have the threads of its parent.
static LEFT_BEHIND: PerProcess<isize> = PerProcess::new();

/// The progress of a read, which its thread shares with the load.
#[derive(Clone, Debug, Default)]
pub(in crate::source) struct Reading(Arc<Mutex<ReadProgress>>);

#[derive(Debug, Default)]
struct ReadProgress {
    /// The path that is being read, for the error of a timeout.
    shown: PathBuf,
    too_open: Vec<TooOpen>,
}

impl Reading {
    /// Records the path that is read next, as errors show it.
    pub(in crate::source) fn begin(&self, shown: &Path) {
        shown.clone_into(&mut lock(&self.0).shown);
    }

    #[cfg(any(feature = "agent", feature = "dotenv", feature = "files"))]
    pub(super) fn warn_later(&self, too_open: Option<TooOpen>) {
        lock(&self.0).too_open.extend(too_open);
    }

    fn timed_out(&self) -> SourceError {
        let shown = lock(&self.0).shown.display().to_string();
        let message = format!("timed out while reading `{shown}`");
        SourceError::new(SourceErrorKind::Unreachable, message)
            .with_hint("check the file system of this path, or increase `Loader::timeout`")
    }
}

/// Reads files on a separate thread, and waits for it until the deadline, which is passed to `work`. Then logs files
/// with too many permissions.
pub(in crate::source) async fn run<T: Send + 'static>(
    deadline: tokio::time::Instant,
    reading: &Reading,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, SourceError> {
    let slot = Arc::new(Mutex::new(None));
    let filled = Arc::clone(&slot);
    // Only this function is compiled once per type.
    let work = Box::new(move |until| *lock(&filled) = Some(work(until)));
    run_boxed(deadline, reading, work).await?;
    let value = lock(&slot).take();
    value.ok_or_else(broken_off)
}

type BoxedRead = Box<dyn FnOnce(Instant) + Send>;

/// A runtime that shuts down waits for its blocking tasks, so such a task only waits, and ends at the deadline or when
/// the load is dropped. Neither runtime nor process wait for the thread that reads.
async fn run_boxed(
    deadline: tokio::time::Instant,
    reading: &Reading,
    work: BoxedRead,
) -> Result<(), SourceError> {
    let left = deadline.saturating_duration_since(tokio::time::Instant::now());
    let (sender, receiver) = channel();
    let _until_dropped = GiveUp(sender.clone());
    let in_task = reading.clone();
    // A task of the runtime, so that a paused clock does not advance.
    let waiting = spawn_blocking(move || wait(left, sender, &receiver, &in_task, work));
    let result = waiting.await.unwrap_or_else(|_| Err(broken_off()));
    permissions::warn(&std::mem::take(&mut lock(&reading.0).too_open));
    result
}

/// Ends the wait for a read when the load is dropped.
struct GiveUp(Sender<Result<(), SourceError>>);

impl Drop for GiveUp {
    fn drop(&mut self) {
        let _ = self.0.send(Err(broken_off()));
    }
}

fn wait(
    left: Duration,
    sender: Sender<Result<(), SourceError>>,
    receiver: &Receiver<Result<(), SourceError>>,
    reading: &Reading,
    work: BoxedRead,
) -> Result<(), SourceError> {
    if LEFT_BEHIND.with(|count| *count) >= MOST_LEFT_BEHIND {
        let message = "too many earlier file reads are still blocked";
        return Err(SourceError::new(SourceErrorKind::Unreachable, message)
            .with_hint("check the file systems of the files"));
    }
    if let Ok(given_up) = receiver.try_recv() {
        return given_up;
    }
    let left = left.saturating_sub(MARGIN.min(left / 10));
    let now = Instant::now();
    let until = now.checked_add(left).unwrap_or(now);
    // The side that ends first sets it, so the other side sees whether the thread was left behind.
    let is_over = Arc::new(AtomicBool::new(false));
    let in_thread = Arc::clone(&is_over);
    let read = move || {
        let done = catch_unwind(AssertUnwindSafe(|| work(until)));
        if in_thread.swap(true, Ordering::Relaxed) {
            LEFT_BEHIND.with(|count| *count -= 1);
        }
        let _ = sender.send(done.map_err(|_| broken_off()));
    };
    let thread = Builder::new().name("from-secrets-files".to_owned());
    thread.spawn(read).map_err(|error| {
        let message = format!("failed to start a thread for file reads: {error}");
        SourceError::new(SourceErrorKind::Internal, message).with_hint(OUT_OF_RESOURCES)
    })?;
    let result = recv_timeout(receiver, left);
    let result = result.unwrap_or_else(|| Err(reading.timed_out()));
    if result.is_err() && !is_over.swap(true, Ordering::Relaxed) {
        LEFT_BEHIND.with(|count| *count += 1);
    }
    result
}

const OUT_OF_RESOURCES: &str =
    "try again; if it persists, check the process's limits for threads and memory";

fn broken_off() -> SourceError {
    let message = "file read aborted";
    SourceError::new(SourceErrorKind::Internal, message).with_hint(OUT_OF_RESOURCES)
}

#[cfg(test)]
pub(super) fn left_behind() -> isize {
    LEFT_BEHIND.with(|count| *count)
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// The tests share the process's count of blocked threads, so they run one at a time.
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
            reading.begin(Path::new(PATH));
            let deadline = tokio::time::Instant::now() + limit;
            let work = move |_| lock(&self.0).recv().unwrap_or_default();
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

    fn wait_until_none_is_left_behind() {
        let start = Instant::now();
        while left_behind() != 0 {
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
            let error = runtime().block_on(gate.read(SHORTLY)).unwrap_err();
            assert_eq!(error.kind(), SourceErrorKind::Unreachable);
            assert!(error.message().contains(PATH), "{error}");
            assert!(start.elapsed() < LONG, "the runtime waited for the thread");
            drop(go);
            wait_until_none_is_left_behind();
        }
    }

    #[test]
    fn dropped_load_does_not_delay_shutdown() {
        let _alone = lock(&ONE_AT_A_TIME);
        for runtime in [current_thread, multi_thread] {
            let (go, gate) = Gate::new();
            let start = Instant::now();
            let abandoned = async { tokio::time::timeout(SHORTLY, gate.read(2 * LONG)).await };
            assert!(runtime().block_on(abandoned).is_err());
            assert!(
                start.elapsed() < LONG,
                "the runtime waited for the deadline"
            );
            drop(go);
            wait_until_none_is_left_behind();
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
        let rejected = read(LONG).unwrap_err();
        assert!(rejected.message().contains("earlier"), "{rejected}");
        assert_eq!(left_behind(), MOST_LEFT_BEHIND);
        drop(go);
        wait_until_none_is_left_behind();
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
        assert_eq!(left_behind(), 0);
    }
}
