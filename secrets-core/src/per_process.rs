//! Global values that a forked child does not share with its parent. After `fork()`, threads and connections do not
//! exist, and a lock that another thread had locked stays locked.

use std::mem::forget;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::sleep;
use std::time::Duration;

/// A global value of which each process has its own.
pub(crate) struct PerProcess<T>(Mutex<Option<(u32, T)>>);

impl<T: Default> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Runs code with this process's value.
    pub(crate) fn with<R>(&self, code: impl FnOnce(&mut T) -> R) -> R {
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
    fn lock(&self) -> Option<MutexGuard<'_, Option<(u32, T)>>> {
        const ATTEMPTS: u32 = 2_000;
        for attempt in 0..ATTEMPTS {
            match self.0.try_lock() {
                Ok(guard) => return Some(guard),
                Err(TryLockError::Poisoned(poisoned)) => {
                    return Some(PoisonError::into_inner(poisoned));
                }
                Err(TryLockError::WouldBlock) if attempt < 100 => std::thread::yield_now(),
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(1)),
            }
        }
        None
    }
}

#[cfg(feature = "aws")]
impl<K: PartialEq, V: Default> PerProcess<Vec<(K, std::sync::Arc<V>)>> {
    /// Returns the value of a key. Creates it on first use, and removes the oldest value if there are more than `most`.
    pub(crate) fn entry(&self, key: K, most: usize) -> std::sync::Arc<V> {
        self.with(|entries| {
            if let Some((_, value)) = entries.iter().find(|(known, _)| *known == key) {
                return value.clone();
            }
            if entries.len() >= most {
                entries.remove(0);
            }
            let value = std::sync::Arc::<V>::default();
            entries.push((key, value.clone()));
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        static INHERITED: PerProcess<u32> = PerProcess(Mutex::new(Some((u32::MAX, 7))));
        assert_eq!(INHERITED.with(|value| *value), 0);
    }

    #[test]
    fn unreleased_lock_is_abandoned() {
        static LOCKED: PerProcess<u32> = PerProcess::new();
        let _guard = LOCKED.0.lock();
        assert_eq!(LOCKED.with(|value| *value), 0);
    }
}
