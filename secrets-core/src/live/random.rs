//! Random numbers for jitter.

#[cfg(not(shuttle))]
use std::time::SystemTime;

#[cfg(not(shuttle))]
use crate::per_process::PerProcess;

/// Returns a random number from 0 to 1 that a forked child does not share with its parent.
#[cfg(not(shuttle))]
pub(super) fn random() -> f64 {
    static RANDOM: PerProcess<Option<fastrand::Rng>> = PerProcess::new();
    let seed = || {
        use std::hash::{BuildHasher, RandomState};

        let unique = (std::process::id(), SystemTime::now());
        fastrand::Rng::with_seed(RandomState::new().hash_one(unique))
    };
    RANDOM.with(|random| random.get_or_insert_with(seed).f64())
}

/// Schedules are replayed with the same random numbers.
#[cfg(shuttle)]
pub(super) fn random() -> f64 {
    use shuttle::rand::Rng;

    shuttle::rand::thread_rng().r#gen()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(not(shuttle))]
    fn numbers_differ_within_range() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        assert!(
            numbers
                .windows(2)
                .any(|pair| pair[0].to_bits() != pair[1].to_bits())
        );
    }
}
