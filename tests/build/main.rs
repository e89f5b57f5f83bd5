//! Generates the structs of the model tests: random declarations, each with its expected properties as data. The
//! properties are derived from the generated parts, independently of the library.

#![allow(
    clippy::print_stdout,
    reason = "build scripts print instructions for Cargo"
)]

mod declare;
mod describe;
mod kinds;
mod naming;
#[path = "../support/random.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with the tests, which use all of it"
)]
mod random;
mod snippets;
mod write;

use std::path::PathBuf;

use declare::Declared;
use random::Random;

/// The number of structs.
const STRUCTS: u64 = 96;

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=support/random.rs");
    let directory = std::env::var_os("OUT_DIR").map(PathBuf::from);
    let directory = directory.expect("Cargo sets OUT_DIR");
    let snippets = directory.join("snippets.rs");
    std::fs::write(snippets, snippets::declared()).expect("the output directory can be written");
    let file = directory.join("structs.rs");
    let structs: Vec<Declared> = (0..STRUCTS).map(valid_declaration).collect();
    std::fs::write(file, write::all(&structs)).expect("the output directory can be written");
}

/// Returns the first valid declaration of a seed.
fn valid_declaration(seed: u64) -> Declared {
    let mut random = Random::new(seed);
    loop {
        let declared = match seed % 8 {
            0 => Declared::large(&mut random),
            _ => Declared::random(&mut random, 0),
        };
        if describe::is_valid(&declared) {
            return declared;
        }
    }
}
