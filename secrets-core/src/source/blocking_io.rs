//! File systems block for as long as they like. What is waited for here is waited for until a deadline.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::{Cause, Failure};

/// How many threads may be left behind that wait for a file system which does not answer. A struct that is refreshed
/// again and again does not collect more.
const MOST_LEFT_BEHIND: usize = 16;

static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);

/// Runs what reads files on a thread of its own, and waits for it until the deadline, which `work` is told.
///
/// A runtime waits for its blocking tasks when it ends, however long they take. So such a task does the waiting, and
/// ends with the deadline, and the reading is done on a thread that nobody waits for.
pub(in crate::source) async fn run<T: Send + 'static>(
    deadline: tokio::time::Instant,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, Failure> {
    let left = deadline.saturating_duration_since(tokio::time::Instant::now());
    let waiting = tokio::task::spawn_blocking(move || wait(left, work));
    waiting.await.unwrap_or_else(|_| Err(broken_off()))
}

fn wait<T: Send + 'static>(
    left: Duration,
    work: impl FnOnce(Instant) -> T + Send + 'static,
) -> Result<T, Failure> {
    if LEFT_BEHIND.load(Ordering::Relaxed) >= MOST_LEFT_BEHIND {
        return Err(hanging("earlier reads of files have not come back yet"));
    }
    let now = Instant::now();
    let until = now.checked_add(left).unwrap_or(now);
    // Without a buffer: what is not taken is not sent, so that either side knows whether the other one has left.
    let (sender, receiver) = sync_channel(0);
    let read = move || {
        if sender.send(work(until)).is_err() {
            LEFT_BEHIND.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let thread = Builder::new().name("from-secrets-files".to_owned());
    thread.spawn(read).map_err(|error| no_thread(&error))?;
    match receiver.recv_timeout(left) {
        Ok(done) => Ok(done),
        Err(RecvTimeoutError::Disconnected) => Err(broken_off()),
        Err(RecvTimeoutError::Timeout) => {
            LEFT_BEHIND.fetch_add(1, Ordering::Relaxed);
            Err(hanging("the files were not read within the load's time"))
        }
    }
}

/// What helps where the process itself gives out.
const SHORT: &str = "try again; if it lasts, look at the process's bounds for threads and memory";

fn hanging(message: &str) -> Failure {
    Failure::new(Cause::Unreachable, message)
        .with_hint("check the file system that they are on, or raise `Loader::timeout`")
}

fn broken_off() -> Failure {
    Failure::new(Cause::Internal, "the reading of files was broken off").with_hint(SHORT)
}

fn no_thread(error: &io::Error) -> Failure {
    Failure::new(
        Cause::Internal,
        format!("no thread can be started to read files: {error}"),
    )
    .with_hint(SHORT)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// In one test, because the count of what is left behind is the process's.
    #[test]
    fn what_hangs_is_left_behind_until_it_comes_back_and_never_too_often() {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
        };
        let breaks_off = || {
            let deadline = tokio::time::Instant::now() + Duration::from_mins(1);
            let work = |_| std::panic::resume_unwind(Box::new(()));
            runtime().unwrap().block_on(run::<()>(deadline, work))
        };
        let (go, gate) = channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let start = Instant::now();
        let hang = |limit: u64| {
            let gate = Arc::clone(&gate);
            let deadline = tokio::time::Instant::now() + Duration::from_millis(limit);
            // The runtime ends with each, and does not wait for what hangs.
            runtime().unwrap().block_on(run(deadline, move |_| {
                let _ = gate.lock().unwrap().recv();
            }))
        };
        for _ in 0..MOST_LEFT_BEHIND {
            assert_eq!(hang(5).unwrap_err().cause(), Cause::Unreachable);
        }
        let refused = hang(60_000).unwrap_err();
        assert!(refused.message().contains("earlier"), "{refused}");
        assert!(start.elapsed() < Duration::from_secs(30));

        drop(go);
        while LEFT_BEHIND.load(Ordering::Relaxed) > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(hang(60_000).is_ok());
        assert_eq!(breaks_off().unwrap_err().cause(), Cause::Internal);
    }
}
