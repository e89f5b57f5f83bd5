//! Writes the structs of the model tests: random declarations, each with a description that says in data what the
//! declaration means. The description is made here from how the declaration was put together, and not with the
//! library's own reading of it.

#![allow(
    clippy::print_stdout,
    reason = "this is how a build script speaks to cargo"
)]

mod declare;
mod describe;
mod kinds;
mod naming;
#[path = "../support/random.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "it is the tests' own, which use more of it"
)]
mod random;
mod write;

use std::path::PathBuf;

use declare::Declared;
use random::Random;

/// How many structs there are.
const STRUCTS: u64 = 48;

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=support/random.rs");
    let directory = std::env::var_os("OUT_DIR").map(PathBuf::from);
    let file = directory.expect("cargo says where").join("structs.rs");
    let structs: Vec<Declared> = (0..STRUCTS).map(sound).collect();
    std::fs::write(file, write::all(&structs)).expect("the output directory can be written");
}

/// A declaration that the derive takes: the first one of its seed that breaks no rule.
fn sound(seed: u64) -> Declared {
    let mut random = Random::new(seed);
    loop {
        let declared = match seed % 8 {
            0 => Declared::large(&mut random),
            _ => Declared::random(&mut random, 0),
        };
        if describe::is_sound(&declared) {
            return declared;
        }
    }
}
