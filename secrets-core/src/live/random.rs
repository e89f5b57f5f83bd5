//! Random numbers for jitter.

/// Returns a random number from 0 to 1 that a forked child does not share with its parent.
#[cfg(not(shuttle))]
pub(super) fn random() -> f64 {
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
pub(super) fn random() -> f64 {
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
