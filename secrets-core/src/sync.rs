//! The synchronization of [`Live`](crate::Live), and random numbers for its jitter. With `--cfg shuttle`, they are
//! replaced by those of a scheduler that explores interleavings.

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

/// Locks a mutex. No code that changes its value panics.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Locks a mutex that the scheduler does not explore.
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

/// Returns a random number from 0 to 1 that a forked child does not share with its parent.
#[cfg(not(shuttle))]
pub(crate) fn random() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    use std::time::SystemTime;

    use crate::per_process::PerProcess;

    static RANDOM: PerProcess<Option<fastrand::Rng>> = PerProcess::new();
    let seed = || {
        let unique = (std::process::id(), SystemTime::now());
        fastrand::Rng::with_seed(RandomState::new().hash_one(unique))
    };
    RANDOM.with(|random| random.get_or_insert_with(seed).f64())
}

/// Returns a random number from 0 to 1 that is the same when a schedule is replayed.
#[cfg(shuttle)]
pub(crate) fn random() -> f64 {
    use shuttle::rand::Rng;

    shuttle::rand::thread_rng().r#gen()
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_differ_within_range() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mut pairs = numbers.windows(2);
        assert!(pairs.any(|pair| pair[0].to_bits() != pair[1].to_bits()));
    }
}
