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
mod shrink;
mod structs;
mod world;

use from_secrets_tests::{Random, seeds};

use structs::STRUCTS;
use world::World;

const SEEDS: u64 = 2500;

#[test]
fn the_loader_and_the_reference_agree() {
    seeds::each(SEEDS, |seed| {
        let mut random = Random::new(seed);
        let declared = &STRUCTS[random.below(STRUCTS.len())];
        let world = World::random(&mut random, declared);
        let Err(difference) = run::compared(declared, &world) else {
            return;
        };
        let (world, difference) = shrink::smallest(declared, world, difference);
        panic!("{difference}\n\n{world:#?}\n\n{}", declared.source);
    });
}

#[test]
fn layer_extracts_what_load_decodes() {
    seeds::each(SEEDS, |seed| {
        let mut random = Random::new(seed);
        let declared = &STRUCTS[random.below(STRUCTS.len())];
        let world = World::random(&mut random, declared);
        if let Err(difference) = layers::compared(declared, &world) {
            panic!("{difference}\n\n{world:#?}\n\n{}", declared.source);
        }
    });
}
