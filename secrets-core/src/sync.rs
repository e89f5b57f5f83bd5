//! Locks, atomics, threads and time. With `--cfg shuttle`, they are replaced by those of a scheduler that explores
//! interleavings.

#[cfg(all(feature = "live", not(shuttle)))]
use std::sync::Arc;
use std::sync::PoisonError;

pub(crate) use global::Global;
#[cfg(all(feature = "live", shuttle))]
pub(crate) use shuttle::sync::atomic::AtomicU8;
#[cfg(shuttle)]
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(shuttle)]
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
#[cfg(shuttle)]
pub(crate) use shuttle::{thread, thread_local};
#[cfg(all(feature = "live", not(shuttle)))]
pub(crate) use std::sync::atomic::AtomicU8;
#[cfg(not(shuttle))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(not(shuttle))]
pub(crate) use std::sync::{Mutex, MutexGuard};
#[cfg(not(shuttle))]
pub(crate) use std::{thread, thread_local};
#[cfg(feature = "live")]
pub(crate) use swap::{Guard, Swap, owned};

/// Locks a mutex. No code that changes its value panics.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a thread with a name in a scope.
#[cfg(not(shuttle))]
pub(crate) fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    name: &str,
    code: impl FnOnce() -> T + Send + 'scope,
) -> std::io::Result<thread::ScopedJoinHandle<'scope, T>> {
    let thread = thread::Builder::new().name(name.to_owned());
    thread.spawn_scoped(scope, code)
}

/// The scheduler cannot fail to start a thread.
#[cfg(shuttle)]
pub(crate) fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    _: &str,
    code: impl FnOnce() -> T + Send + 'scope,
) -> std::io::Result<thread::ScopedJoinHandle<'scope, T>> {
    Ok(scope.spawn(code))
}

/// Waits that end after a time.
#[cfg(not(shuttle))]
pub(crate) mod time {
    pub(crate) use std::thread::park_timeout;
    pub(crate) use std::time::Instant;

    #[cfg(any(
        feature = "agent",
        feature = "aws",
        feature = "dotenv",
        feature = "files"
    ))]
    pub(crate) fn recv_timeout<T>(
        receiver: &std::sync::mpsc::Receiver<T>,
        longest: std::time::Duration,
    ) -> Option<T> {
        receiver.recv_timeout(longest).ok()
    }
}

/// Waits that end at any time in tests that let time pass, and never in other tests.
#[cfg(shuttle)]
pub(crate) mod time {
    use std::cell::Cell;
    use std::time::Duration;

    use shuttle::rand::{Rng, thread_rng};
    use shuttle::sync::mpsc::{Receiver, TryRecvError};

    use super::thread::{park, yield_now};

    // The threads of a schedule share one thread of the system.
    std::thread_local! {
        static PASSES: Cell<bool> = const { Cell::new(false) };
    }

    /// Sets whether time passes in this schedule.
    #[cfg(test)]
    pub(crate) fn pass(passes: bool) {
        PASSES.set(passes);
    }

    /// A time long ago, if time passes.
    pub(crate) struct Instant;

    impl Instant {
        pub(crate) fn now() -> Self {
            Self
        }

        #[expect(clippy::unused_self, reason = "the method of the real type")]
        pub(crate) fn elapsed(&self) -> Duration {
            if PASSES.get() {
                Duration::from_hours(1)
            } else {
                Duration::ZERO
            }
        }
    }

    pub(crate) fn park_timeout(_: Duration) {
        if PASSES.get() {
            yield_now();
        } else {
            park();
        }
    }

    pub(crate) fn recv_timeout<T>(receiver: &Receiver<T>, _: Duration) -> Option<T> {
        if !PASSES.get() {
            return receiver.recv().ok();
        }
        loop {
            match receiver.try_recv() {
                Ok(value) => return Some(value),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if thread_rng().gen_bool(0.2) => return None,
                Err(TryRecvError::Empty) => yield_now(),
            }
        }
    }
}

/// Channels, and tasks that can block their threads.
#[cfg(any(
    feature = "agent",
    feature = "aws",
    feature = "dotenv",
    feature = "files"
))]
pub(crate) mod blocking {
    #[cfg(not(shuttle))]
    pub(crate) use std::sync::mpsc::{Receiver, Sender, channel};

    #[cfg(shuttle)]
    pub(crate) use shuttle::sync::mpsc::{Receiver, Sender, channel};
    #[cfg(not(shuttle))]
    pub(crate) use tokio::task::spawn_blocking;

    #[cfg(shuttle)]
    pub(crate) fn spawn_blocking<T: Send + 'static>(
        code: impl FnOnce() -> T + Send + 'static,
    ) -> shuttle::future::JoinHandle<T> {
        shuttle::future::spawn(async move { code() })
    }
}

/// Runs a test under random schedules, and under schedules with few switches at random points.
#[cfg(all(test, shuttle))]
pub(crate) fn explore(test: impl Fn() + Send + Sync + 'static) {
    let schedules = std::env::var("SHUTTLE_SCHEDULES")
        .map_or(200, |count| count.parse().expect("a number of schedules"));
    let test = std::sync::Arc::new(test);
    let again = std::sync::Arc::clone(&test);
    shuttle::check_random(move || test(), schedules);
    shuttle::check_pct(move || again(), schedules, 3);
}

/// Locks a mutex that the scheduler does not explore.
#[cfg(all(feature = "live", shuttle))]
pub(crate) fn plain<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(not(shuttle))]
mod global {
    use super::Mutex;

    /// The mutex of a static, which contains no value at first.
    pub(crate) struct Global<T>(Mutex<Option<T>>);

    impl<T> Global<T> {
        pub(crate) const fn new() -> Self {
            Self(Mutex::new(None))
        }

        pub(crate) fn get(&'static self) -> &'static Mutex<Option<T>> {
            &self.0
        }
    }
}

/// Each schedule has statics of its own.
#[cfg(shuttle)]
mod global {
    use std::marker::PhantomData;

    use shuttle::lazy_static::Lazy;
    use shuttle::sync::Once;

    use super::Mutex;

    pub(crate) struct Global<T: Send>(Lazy<Mutex<Option<T>>>);

    impl<T: Send> Global<T> {
        pub(crate) const fn new() -> Self {
            Self(Lazy {
                cell: Once::new(),
                init: || Mutex::new(None),
                _p: PhantomData,
            })
        }

        pub(crate) fn get(&'static self) -> &'static Mutex<Option<T>> {
            self.0.get()
        }
    }
}

#[cfg(all(feature = "live", not(shuttle)))]
mod swap {
    use std::fmt;
    use std::sync::Arc;

    use arc_swap::ArcSwap;

    /// A shared value that is read without a lock and replaced as a whole.
    pub(crate) struct Swap<T>(ArcSwap<T>);

    /// A borrowed value of a [`Swap`].
    pub(crate) type Guard<T> = arc_swap::Guard<Arc<T>>;

    impl<T> Swap<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(ArcSwap::new(value))
        }

        #[inline]
        pub(crate) fn load(&self) -> Guard<T> {
            self.0.load()
        }

        pub(crate) fn load_full(&self) -> Arc<T> {
            self.0.load_full()
        }

        /// Replaces the value and returns the old one.
        pub(crate) fn swap(&self, value: Arc<T>) -> Arc<T> {
            self.0.swap(value)
        }
    }

    /// Returns a guard that owns its value.
    pub(crate) fn owned<T>(value: Arc<T>) -> Guard<T> {
        arc_swap::Guard::from_inner(value)
    }

    impl<T> fmt::Debug for Swap<T> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("Swap")
        }
    }
}

#[cfg(all(feature = "live", shuttle))]
mod swap {
    use std::sync::Arc;

    use super::{Mutex, lock};

    pub(crate) struct Swap<T>(Mutex<Arc<T>>);

    pub(crate) type Guard<T> = Arc<T>;

    impl<T> Swap<T> {
        pub(crate) fn new(value: Arc<T>) -> Self {
            Self(Mutex::new(value))
        }

        pub(crate) fn load(&self) -> Guard<T> {
            self.load_full()
        }

        pub(crate) fn load_full(&self) -> Arc<T> {
            Arc::clone(&lock(&self.0))
        }

        pub(crate) fn swap(&self, value: Arc<T>) -> Arc<T> {
            std::mem::replace(&mut lock(&self.0), value)
        }
    }

    pub(crate) fn owned<T>(value: Arc<T>) -> Guard<T> {
        value
    }
}

#[cfg(all(feature = "live", shuttle))]
pub(crate) use shuttle::future::block_on;

/// Runs a future that needs no runtime to its end on this thread.
#[cfg(all(feature = "live", not(shuttle)))]
pub(crate) fn block_on<F: std::future::Future>(future: F) -> F::Output {
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{Thread, current, park};

    /// Wakes the thread. The future's code can consume the thread's `unpark` token, so the flag decides.
    struct ThreadWaker {
        thread: Thread,
        is_woken: AtomicBool,
    }

    impl Wake for ThreadWaker {
        fn wake(self: Arc<Self>) {
            self.is_woken.store(true, Ordering::Release);
            self.thread.unpark();
        }
    }

    let thread = Arc::new(ThreadWaker {
        thread: current(),
        is_woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&thread));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !thread.is_woken.swap(false, Ordering::Acquire) {
            park();
        }
    }
}
