//! Compares the loader with a reference that is slow and obviously correct: it queries each source for each field, one
//! secret at a time, without batches, deduplication or concurrency.
//!
//! The structs are random declarations (`build/`) with the real derive macro. Stores, sources and faults are random,
//! too. Both must have the same results: the values, the source of each field, and the failed fields with their causes.
//! Without faults, the loader sends exactly the documented requests. With faults, it sends at most the requests of the
//! reference, in addition to the batches.
//!
//! `FROM_SECRETS_SEEDS` sets the number of seeds, and `FROM_SECRETS_SEED` runs one seed alone.

mod content;
mod decode;
mod disk;
mod layers;
mod reference;
mod requests;
mod run;
mod scenario;
mod shrink;
mod structs;
mod unknown_keys;

use from_secrets_tests::{Random, seeds};

use scenario::Scenario;
use structs::STRUCTS;

const SEEDS: u64 = 2500;

#[test]
fn loader_matches_reference_model() {
    seeds::each(SEEDS, |seed| {
        let mut random = Random::new(seed);
        let declared = &STRUCTS[random.below(STRUCTS.len())];
        let scenario = Scenario::random(&mut random, declared);
        let Err(difference) = run::compared(declared, &scenario) else {
            return;
        };
        let (scenario, difference) = shrink::smallest(declared, scenario, difference);
        panic!("{difference}\n\n{scenario:#?}\n\n{}", declared.source);
    });
}

#[test]
fn layer_matches_load() {
    seeds::each(SEEDS, |seed| {
        let mut random = Random::new(seed);
        let declared = &STRUCTS[random.below(STRUCTS.len())];
        let scenario = Scenario::random(&mut random, declared);
        if let Err(difference) = layers::compared(declared, &scenario) {
            panic!("{difference}\n\n{scenario:#?}\n\n{}", declared.source);
        }
    });
}
