//! Counts the copies of a secret in the memory of a program: while the struct exists, after its drop, and after the end
//! of the connections.
//!
//! `cargo test -p from-secrets-tests --test memory -- --nocapture` writes the table.
#![cfg(target_os = "linux")]

mod cases;
mod places;

use std::fmt::Write as _;

use cases::{Case, cases};
use from_secrets_tests::FakeSecretsManager;
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::memory_probe::{Copies, MemoryProbe};
use places::Place;

const KEEPER: &str = env!("CARGO_BIN_EXE_memory_probe");
const WIPING: &str = env!("CARGO_BIN_EXE_memory_probe_wiping");

/// The number of rotations of a live struct's secret.
const PAST: usize = 3;

/// The copies after each step.
#[derive(Clone, Copy)]
struct Counted {
    stored: Copies,
    dropped: Copies,
    ended: Copies,
}

fn counted(program: &str, who: &str, what: &str, place: &Place) -> Counted {
    let mut probe = start(program, who, what, place);
    let mut at = |step: &str| {
        probe.is_at(step);
        let copies = probe.copies(&place.values);
        probe.go_on();
        copies
    };
    Counted {
        stored: at("held"),
        dropped: at("dropped"),
        ended: at("ended"),
    }
}

fn start(program: &str, who: &str, what: &str, place: &Place) -> MemoryProbe {
    let directory = place.directory.as_deref();
    MemoryProbe::start(program, &[who, what], &place.environment, directory)
}

fn row(table: &mut String, name: &str, columns: [Option<Copies>; 5]) {
    let cell =
        |copies: Option<Copies>| copies.map_or(String::new(), |copies| copies.count().to_string());
    let _ = writeln!(table, "| {name} | {} |", columns.map(cell).join(" | "));
}

#[test]
#[expect(clippy::print_stderr, reason = "the table is for the documentation")]
fn dropped_secrets_leave_no_own_copies() {
    let mut table = String::new();
    for Case {
        name,
        place,
        what,
        by_hand,
        stored,
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
                Some(ours.stored),
                by_hand.map(|by_hand| by_hand.stored),
                Some(ours.dropped),
                by_hand.map(|by_hand| by_hand.dropped),
                Some(wiping.ended),
            ],
        );
        assert!(ours.dropped.count() <= others, "{name}: {:?}", ours.dropped);
        assert!(ours.ended.count() <= others, "{name}: {:?}", ours.ended);
        assert!(
            ours.stored.count() <= others + stored,
            "{name}: {:?}",
            ours.stored
        );
        assert!(
            ours.stored.whole >= stored,
            "{name}: the existing copy was not found: {:?}",
            ours.stored
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

/// Old versions are wiped while the live struct still exists.
#[test]
fn rotated_versions_leave_memory() {
    // Only the responses in the buffers of the HTTP client remain: at most one per version, because the client reuses
    // buffers in no fixed order.
    let (old, current) = rotated(KEEPER);
    assert!(old.count() <= PAST, "{old:?}");
    assert!((1..=2).contains(&current.whole), "{current:?}");
    // The remaining copies are those of the current version.
    let (old, current) = rotated(WIPING);
    assert_eq!(old.count(), 0, "{old:?}");
    assert!((1..=2).contains(&current.whole), "{current:?}");
}

/// Returns the copies of the old versions and of the current version after the rotations.
fn rotated(program: &str) -> (Copies, Copies) {
    let versions: Vec<String> = (200..).take(PAST + 1).map(places::plain).collect();
    let vault = |i: usize| {
        let entry = Entry::text(&versions[i]).with_id(format!("version {i}"));
        FakeSecretsManager::new().entry("ONE", entry)
    };
    let secrets = Changing::new(vault(0));
    let place = Place::served("aws", false, secrets.clone(), places::texts(&versions));
    let mut probe = start(program, "declared", "live", &place);
    for next in 1..versions.len() {
        probe.is_at("loaded");
        secrets.set(vault(next));
        probe.go_on();
    }
    probe.is_at("held");
    let (old, current) = place.values.split_at(versions.len() - 1);
    (probe.copies(old), probe.copies(current))
}
