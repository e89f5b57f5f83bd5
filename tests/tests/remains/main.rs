//! How many copies of a secret a program has in its memory: while it holds it, when it has dropped it, and when its
//! connections have ended.
//!
//! `cargo test -p from-secrets-tests --test remains -- --nocapture` writes the table.
#![cfg(target_os = "linux")]

mod cases;
mod places;

use std::fmt::Write as _;

use cases::{Case, cases};
use from_secrets_tests::Vault;
use from_secrets_tests::remains::{Copies, Keeper};
use from_secrets_tests::scripted::{Changing, Entry};
use places::Place;

const KEEPER: &str = env!("CARGO_BIN_EXE_keeper");
const WIPING: &str = env!("CARGO_BIN_EXE_keeper_wiping");

/// How often a live struct's secret is rotated.
const PAST: usize = 3;

/// What is left at each step.
#[derive(Clone, Copy)]
struct Counted {
    held: Copies,
    dropped: Copies,
    ended: Copies,
}

fn counted(program: &str, who: &str, what: &str, place: &Place) -> Counted {
    let mut keeper = start(program, who, what, place);
    let mut at = |step: &str| {
        keeper.is_at(step);
        let copies = keeper.copies(&place.values);
        keeper.go_on();
        copies
    };
    Counted {
        held: at("held"),
        dropped: at("dropped"),
        ended: at("ended"),
    }
}

fn start(program: &str, who: &str, what: &str, place: &Place) -> Keeper {
    let directory = place.directory.as_deref();
    Keeper::start(program, &[who, what], &place.environment, directory)
}

fn row(table: &mut String, name: &str, columns: [Option<Copies>; 5]) {
    let cell =
        |copies: Option<Copies>| copies.map_or(String::new(), |copies| copies.count().to_string());
    let _ = writeln!(table, "| {name} | {} |", columns.map(cell).join(" | "));
}

#[test]
#[expect(clippy::print_stderr, reason = "the table is for the documentation")]
fn what_was_dropped_is_left_only_where_others_had_it() {
    let mut table = String::new();
    for Case {
        name,
        place,
        what,
        by_hand,
        held,
        others,
    } in cases()
    {
        let ours = counted(KEEPER, "declared", what, &place);
        let by_hand = by_hand.map(|what| counted(KEEPER, "by-hand", what, &place));
        let wiping = counted(WIPING, "declared", what, &place);
        row(
            &mut table,
            name,
            [
                Some(ours.held),
                by_hand.map(|by_hand| by_hand.held),
                Some(ours.dropped),
                by_hand.map(|by_hand| by_hand.dropped),
                Some(wiping.ended),
            ],
        );
        assert!(ours.dropped.count() <= others, "{name}: {:?}", ours.dropped);
        assert!(ours.ended.count() <= others, "{name}: {:?}", ours.ended);
        assert!(
            ours.held.count() <= others + held,
            "{name}: {:?}",
            ours.held
        );
        assert!(
            ours.held.whole >= held,
            "{name}: it is not found where it is: {:?}",
            ours.held
        );
        assert_eq!(
            wiping.ended.count(),
            place.kept,
            "{name}: {:?}",
            wiping.ended
        );
    }
    eprintln!(
        "| | held | by hand | dropped | by hand | dropped, with a wiping allocator |\n|---|---|---|---|---|---|\n{table}"
    );
}

/// What rotated out is gone, though nobody dropped the live struct.
#[test]
fn a_live_struct_leaves_no_version_behind() {
    // Nothing but the answers that the HTTP client's buffers had: at most one of each version, because it is chance which
    // of them is used again.
    let (old, current) = rotated(KEEPER);
    assert!(old.count() <= PAST, "{old:?}");
    assert!((1..=2).contains(&current.whole), "{current:?}");
    // What is still there then is there because somebody holds it.
    let (old, current) = rotated(WIPING);
    assert_eq!(old.count(), 0, "{old:?}");
    assert!((1..=2).contains(&current.whole), "{current:?}");
}

/// The copies of the versions that are past, and of the one that is held, after the rotations.
fn rotated(program: &str) -> (Copies, Copies) {
    let versions: Vec<String> = (200..).take(PAST + 1).map(places::plain).collect();
    let vault = |i: usize| {
        let entry = Entry::text(&versions[i]).with_id(format!("version {i}"));
        Vault::new().entry("ONE", entry)
    };
    let secrets = Changing::new(vault(0));
    let place = Place::served("aws", false, secrets.clone(), places::texts(&versions));
    let mut keeper = start(program, "declared", "live", &place);
    for next in 1..versions.len() {
        keeper.is_at("loaded");
        secrets.set(vault(next));
        keeper.go_on();
    }
    keeper.is_at("held");
    let (old, current) = place.values.split_at(versions.len() - 1);
    (keeper.copies(old), keeper.copies(current))
}
