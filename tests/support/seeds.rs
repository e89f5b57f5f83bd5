//! Tests a property with many seeds, and reports the seed that violates it.
//!
//! `FROM_SECRETS_SEEDS=100000` runs that many of each property, `FROM_SECRETS_SEED=4711` runs one alone.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{available_parallelism, scope};

use tokio::runtime::Builder;

/// How many seeds are run.
const COUNT: &str = "FROM_SECRETS_SEEDS";
/// The only seed that is run.
const ALONE: &str = "FROM_SECRETS_SEED";

/// Tests the property with this number of seeds on all cores. The environment can override the number.
///
/// # Panics
///
/// With the first seed that breaks the property.
pub fn each(count: u64, property: impl Fn(u64) + Sync) {
    if let Some(seed) = number(ALONE) {
        return property(seed);
    }
    let count = number(COUNT).unwrap_or(count);
    let (next, broken) = (AtomicU64::new(0), OnceLock::new());
    let work = || {
        while broken.get().is_none() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= count {
                return;
            }
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| property(seed))) {
                let text = format!(
                    "seed {seed} (to run it alone: {ALONE}={seed}): {}",
                    message_of(&*panic)
                );
                let _ = broken.set(text);
            }
        }
    };
    scope(|scope| {
        for _ in 0..available_parallelism().map_or(1, Into::into) {
            scope.spawn(work);
        }
    });
    if let Some(text) = broken.get() {
        panic!("{text}");
    }
}

/// Returns this number of seeds, or those that the environment selects.
pub fn selected(count: u64) -> Vec<u64> {
    match number(ALONE) {
        Some(seed) => vec![seed],
        None => (0..number(COUNT).unwrap_or(count)).collect(),
    }
}

/// The same for a property that waits, in [`paused_time`].
///
/// # Panics
///
/// With the first seed that breaks the property.
pub fn each_in_paused_time<F: Future<Output = ()>>(count: u64, property: impl Fn(u64) -> F + Sync) {
    each(count, |seed| paused_time(property(seed)));
}

/// Runs a future on a runtime of one thread whose time passes when all else waits.
pub fn paused_time<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} is not a number")),
    )
}

fn message_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failing_seed_is_named() {
        let broken = catch_unwind(|| each(100, |seed| assert!(seed != 7, "seven")));
        let panic = broken.unwrap_err();
        assert!(
            message_of(&*panic).contains("FROM_SECRETS_SEED=7): seven"),
            "{}",
            message_of(&*panic)
        );
    }
}
