//! The loader against a reference that is slow and obviously right: it goes from field to field and from source to
//! source, one secret at a time, without batches, sharing or concurrency.
//!
//! Structs are random declarations (`build/`), made by the real derive; stores, sources and faults are random, too. Both
//! must come to the same: the values, who answered which field, which fields failed for which cause. Where nothing
//! fails, the loader makes exactly the requests that are documented; where something does, never more than the
//! reference and the batches that were tried.
//!
//! `FROM_SECRETS_SEEDS` and `FROM_SECRETS_SEED` say how many seeds are run, or which one alone.

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
