//! Secret values never appear in output: in `Debug`, errors, reports, panics, or the log of any crate at any level.
//!
//! Two kinds of tests: a probe (`tests/programs/leak_probe`) that calls every public function for every source, and
//! lists the types and functions that it covered, so that `interface` finds a new one without a test; and scenarios in
//! which loads, `Live`, Parameter Store and the command line fail in detail: `aws`, `live`, `parameter_store`, `cli`.

mod aws;
mod broken;
mod cli;
mod foreign;
mod interface;
mod live;
mod parameter_store;
mod probe;
mod rendered;
mod values;

use std::collections::BTreeSet;

use probe::{Output, Place};
use values::{KINDS, Kind};

/// The targets and levels of the lines of others that show a value. Whatever is ours shows none.
#[track_caller]
fn loud(output: &Output, what: &str) -> BTreeSet<String> {
    output.assert_silent(what);
    let foreign = output.lines.iter().filter(|line| Output::shows(line));
    let named = foreign.map(|line| format!("{} {}", line.level, line.target));
    named.collect()
}

/// Runs the program on a value, and asserts that its output does not contain the value.
fn silent(place: &Place, how: &str, what: &str) -> Output {
    let output = place.run(how);
    let loud = loud(&output, what);
    assert!(loud.is_empty(), "{what}: {loud:?}");
    output
}

/// Every type and every entry, with the typical kinds of values, or with every kind.
fn everything(place: fn(&Kind) -> Option<Place>, with_every_kind: bool) -> Vec<Output> {
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
                let output = everything(probe::$name, $with_every_kind);
                assert!(output.len() >= 6, "the output covers several kinds of values");
            }
        )*
    };
}

// After a value is loaded, all sources share the same code.
sources! {
    aws: false ssm: false agent: false agent_ssm: false files: false var_files: false
    dotenv: true env: true memory: true
}

/// Tests all functions and types of the public interface. A list of them is compared with the code.
#[test]
fn own() {
    let output = everything(probe::own, true);
    interface::assert_complete(&output);
    let panicked = |output: &Output| output.stdout.contains("PANICKED");
    assert!(
        output.iter().any(panicked),
        "a refresh panicked over the value"
    );
}
