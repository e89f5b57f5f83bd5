//! The layout of the library: imports between its files and folders, and the widths of its text and samples.

mod graph;
mod imports;
mod modules;
mod paragraphs;
mod samples;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use graph::Graph;
use modules::Crate;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn library() -> Crate {
    Crate::read(&repository().join("secrets-core/src"))
}

/// The top-level modules of the library, from the bottom layer to the top. Modules of the same layer may import each
/// other without cycles.
const LAYERS: [&[&str]; 9] = [
    &["format", "per_process", "spec", "sync", "telemetry"],
    &["json"],
    &["source"],
    &["decode"],
    &["report"],
    &["error"],
    &["load"],
    &["generate", "integrations", "live", "private", "testing"],
    &["cli", "guide", "lib"],
];

#[test]
fn every_module_has_a_layer() {
    let known: BTreeSet<&str> = LAYERS.concat().into_iter().collect();
    let found: BTreeSet<String> = library().top_modules().collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, known);
}

#[test]
fn imports_go_down() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    let upward: Vec<String> = imports::of(&library())
        .into_iter()
        .filter(|import| layer(import.from.top()) < layer(import.to.top()))
        .map(|import| import.to_string())
        .collect();
    assert!(upward.is_empty(), "upward imports:\n{}", upward.join("\n"));
}

#[test]
fn file_imports_have_no_cycles() {
    let imports = imports::of(&library());
    let graph = Graph::new(
        imports
            .iter()
            .map(|import| (import.from.file(), import.to.file())),
    );
    let cycles = graph.cycles();
    let shown: Vec<String> = cycles
        .iter()
        .map(|cycle| {
            let inside = imports.iter().filter(|import| {
                cycle.contains(import.from.file())
                    && cycle.contains(import.to.file())
                    && import.from.file() != import.to.file()
            });
            let ties: BTreeSet<String> = inside.map(ToString::to_string).collect();
            ties.into_iter().collect::<Vec<_>>().join("\n")
        })
        .collect();
    assert!(
        shown.is_empty(),
        "{} cycles:\n{}",
        shown.len(),
        shown.join("\n\n")
    );
}

#[test]
fn folder_imports_have_no_cycles() {
    let imports = imports::of(&library());
    let folders: BTreeSet<&str> = imports
        .iter()
        .flat_map(|import| import.from.folders())
        .collect();
    let mut found = Vec::new();
    for folder in folders {
        let pairs = imports
            .iter()
            .filter_map(|import| Some((import.from.inside(folder)?, import.to.inside(folder)?)));
        for cycle in Graph::new(pairs).cycles() {
            let members: Vec<&str> = cycle.into_iter().collect();
            let ties = imports.iter().filter(|import| {
                let (from, to) = (import.from.inside(folder), import.to.inside(folder));
                from != to
                    && [from, to]
                        .iter()
                        .all(|end| end.is_some_and(|end| members.contains(&end)))
            });
            let ties: BTreeSet<String> = ties.map(ToString::to_string).collect();
            let ties: Vec<String> = ties.into_iter().collect();
            found.push(format!(
                "in `{folder}/`: {}\n{}",
                members.join(", "),
                ties.join("\n")
            ));
        }
    }
    assert!(
        found.is_empty(),
        "{} cycles:\n{}",
        found.len(),
        found.join("\n\n")
    );
}
