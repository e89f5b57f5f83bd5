//! Global values that a forked child does not share with its parent. After `fork()`, threads and connections do not
//! exist, and a lock that another thread had locked stays locked.

use std::mem::forget;
use std::sync::{PoisonError, TryLockError};
use std::time::Duration;

use crate::sync::thread::{sleep, yield_now};
use crate::sync::{Global, MutexGuard};

/// A global value of which each process has its own.
pub(crate) struct PerProcess<T: Send + 'static>(Global<(u32, T)>);

impl<T: Default + Send> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(Global::new())
    }

    /// Runs code with this process's value.
    pub(crate) fn with<R>(&'static self, code: impl FnOnce(&mut T) -> R) -> R {
        let Some(mut guard) = self.lock() else {
            return code(&mut T::default());
        };
        let process = std::process::id();
        if guard.as_ref().is_some_and(|(owner, _)| *owner != process)
            && let Some(inherited) = guard.take()
        {
            // To drop it could wait for threads that this process does not have.
            forget(inherited);
        }
        let (_, value) = guard.get_or_insert_with(|| (process, T::default()));
        code(value)
    }

    /// Locks the value. Returns `None` after much more time than any use of the value needs: then a thread of the
    /// parent had locked it.
    fn lock(&'static self) -> Option<MutexGuard<'static, Option<(u32, T)>>> {
        const ATTEMPTS: u32 = 2_000;
        for attempt in 0..ATTEMPTS {
            match self.0.get().try_lock() {
                Ok(guard) => return Some(guard),
                Err(TryLockError::Poisoned(poisoned)) => {
                    return Some(PoisonError::into_inner(poisoned));
                }
                Err(TryLockError::WouldBlock) if attempt < 100 => yield_now(),
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(1)),
            }
        }
        None
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests {
    use super::*;
    use crate::sync::lock;

    #[test]
    fn value_lasts_for_the_process() {
        static COUNT: PerProcess<u32> = PerProcess::new();
        let next = || {
            COUNT.with(|count| {
                *count += 1;
                *count
            })
        };
        assert_eq!((next(), next()), (1, 2));
    }

    #[test]
    fn value_of_another_process_is_left() {
        static INHERITED: PerProcess<u32> = PerProcess::new();
        *lock(INHERITED.0.get()) = Some((u32::MAX, 7));
        assert_eq!(INHERITED.with(|value| *value), 0);
    }

    #[test]
    fn unreleased_lock_is_abandoned() {
        static LOCKED: PerProcess<u32> = PerProcess::new();
        let _guard = LOCKED.0.get().lock();
        assert_eq!(LOCKED.with(|value| *value), 0);
    }
}
