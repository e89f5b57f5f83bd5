//! No way into the library shows a value, from whatever source it comes, whatever becomes of it, in anything that is
//! written: what a struct, an error or a report says of itself, what panics say, and what any crate in the tree logs at
//! any level.
//!
//! The program that is run is `tests/src/bin/witness`; it says which types it has shown and which functions it has
//! gone through, so that a new one which nobody tries is missed here.

mod broken;
mod foreign;
mod interface;
mod values;
mod witness;

use std::collections::BTreeSet;

use values::{KINDS, Kind};
use witness::{Place, Said};

/// The targets and levels of the lines of others that show a value. Whatever is ours shows none.
#[track_caller]
fn loud(said: &Said, what: &str) -> BTreeSet<String> {
    said.assert_silent(what);
    let foreign = said.lines.iter().filter(|line| Said::shows(line));
    let named = foreign.map(|line| format!("{} {}", line.level, line.target));
    named.collect()
}

/// Runs the program on a value, and nobody shows it.
fn silent(place: &Place, how: &str, what: &str) -> Said {
    let said = place.run(how);
    let loud = loud(&said, what);
    assert!(loud.is_empty(), "{what}: {loud:?}");
    said
}

/// Every type and every entry, with the typical kinds of values, or with every kind.
fn everything(place: fn(&Kind) -> Option<Place>, with_every_kind: bool) -> Vec<Said> {
    let of = |how: &'static str| {
        let is_meant = move |kind: &&Kind| kind.is_typical || (with_every_kind && how == "types");
        let kinds = KINDS.iter().filter(is_meant);
        kinds.filter_map(move |kind| Some(silent(&place(kind)?, how, kind.name)))
    };
    of("types").chain(of("entries")).collect()
}

macro_rules! sources {
    ($($name:ident: $with_every_kind:literal)*) => {
        $(
            #[test]
            fn $name() {
                let said = everything(witness::$name, $with_every_kind);
                assert!(said.len() >= 6, "it was asked for several kinds of values");
            }
        )*
    };
}

// What becomes of a value once it is there is the same for all of them.
sources! {
    aws: false ssm: false agent: false agent_ssm: false files: false var_files: false
    dotenv: true env: true memory: true
}

/// The functions and types of the public interface are all tried, as far as a list that is held against the code says
/// what there is.
#[test]
fn own() {
    let said = everything(witness::own, true);
    interface::assert_complete(&said);
    let panicked = |said: &Said| said.stdout.contains("PANICKED");
    assert!(
        said.iter().any(panicked),
        "a refresh panicked over the value"
    );
}
