//! Links to headings, which rustdoc does not check.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::documented::repository;

/// The page of the derive macro, as links name it.
const MACRO: &str = "macro@crate::FromSecrets";

#[test]
fn links_lead_to_headings() {
    let mut pages = BTreeMap::from([(MACRO.to_owned(), headings_of_macro())]);
    let mut links = Vec::new();
    for file in fs::read_dir(repository("secrets-core/src/guide")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let page = format!("crate::guide::{name}");
        links.extend(links_to_headings(&page, &path, &text));
        pages.insert(page, headings(text.lines()));
    }
    let path = repository("secrets-derive/src/lib.rs");
    let text = fs::read_to_string(&path).unwrap();
    links.extend(links_to_headings(MACRO, &path, &text));
    assert!(links.len() > 10, "{} links were read", links.len());
    let is_broken = |(_, page, heading): &&(String, String, String)| {
        pages
            .get(page)
            .is_some_and(|known| !known.contains(heading))
    };
    let broken: Vec<_> = links.iter().filter(is_broken).collect();
    assert!(broken.is_empty(), "links to unknown headings: {broken:#?}");
}

/// Returns the file, the page and the heading of each link. `own` is the page of links without one.
fn links_to_headings(own: &str, path: &Path, text: &str) -> Vec<(String, String, String)> {
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split(')').next()?.split_once('#'));
    let file = path.file_name().unwrap().display().to_string();
    targets
        .map(|(page, heading)| {
            let page = if page.is_empty() { own } else { page };
            (file.clone(), page.to_owned(), heading.to_owned())
        })
        .collect()
}

fn headings_of_macro() -> BTreeSet<String> {
    let source = fs::read_to_string(repository("secrets-derive/src/lib.rs")).unwrap();
    headings(source.lines().filter_map(|line| line.strip_prefix("/// ")))
}

/// Returns the ids of the headings outside of code, as rustdoc creates them.
fn headings<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut is_code = false;
    let mut ids = BTreeSet::new();
    for line in lines {
        is_code ^= line.starts_with("```");
        if !is_code && line.starts_with('#') {
            ids.insert(id(line.trim_start_matches('#').trim()));
        }
    }
    ids
}

fn id(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    });
    kept.collect()
}

#[test]
fn heading_ids_have_no_punctuation() {
    assert_eq!(id("Malformed `.env` files"), "malformed-env-files");
    let lines = ["# One", "```", "# let two;", "```", "## Three"];
    assert_eq!(headings(lines.into_iter()).len(), 2);
}
