//! The synchronization of [`Live`](crate::Live). Tests replace it with a scheduler that explores interleavings
//! (`--cfg shuttle`).

#[cfg(not(shuttle))]
use std::sync::Arc;
use std::sync::PoisonError;

#[cfg(shuttle)]
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
#[cfg(shuttle)]
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(shuttle))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
#[cfg(not(shuttle))]
pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use swap::{Guard, Swap, owned};

/// Locks a mutex whose holders never panic in the middle of a change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks a mutex that is not part of what a scheduler explores.
#[cfg(shuttle)]
pub(crate) fn plain<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(not(shuttle))]
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

#[cfg(shuttle)]
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

#[cfg(shuttle)]
pub(crate) use shuttle::future::block_on;

/// Runs a future that needs no runtime to its end on this thread.
#[cfg(not(shuttle))]
pub(crate) fn block_on<F: std::future::Future>(future: F) -> F::Output {
    use std::task::{Context, Poll, Wake, Waker};
    use std::thread::{Thread, current, park};

    /// Wakes the thread. The future's code could consume the thread's `unpark` token, so the flag decides.
    struct Alarm {
        thread: Thread,
        is_rung: AtomicBool,
    }

    impl Wake for Alarm {
        fn wake(self: Arc<Self>) {
            self.is_rung.store(true, Ordering::Release);
            self.thread.unpark();
        }
    }

    let alarm = Arc::new(Alarm {
        thread: current(),
        is_rung: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&alarm));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        while !alarm.is_rung.swap(false, Ordering::Acquire) {
            park();
        }
    }
}
