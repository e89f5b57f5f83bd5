//! The language of the project: the words in its sentences and in its names.

mod banned;
mod names;
mod prose;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use banned::Banned;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Endings of the files whose sentences are checked. Files without one are scripts.
const ENDINGS: [&str; 11] = [
    "rs", "md", "toml", "py", "sh", "yml", "yaml", "json", "txt", "cjs", "",
];

/// Texts of rustc, of other programs and of licenses, and a link to a file that is checked.
const FOREIGN: [&str; 5] = [
    "LICENSE",
    "secrets-core/README.md",
    "Cargo.lock",
    "fuzz/corpus",
    "tests/dotenv/corpus.txt",
];

/// The committed files, relative to the repository.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success());
    let list = String::from_utf8(output.stdout).unwrap();
    let is_ours = |path: &&str| !FOREIGN.iter().any(|foreign| path.contains(foreign));
    list.lines().filter(is_ours).map(PathBuf::from).collect()
}

/// `FROM_SECRETS_PATH=secrets-core/src/live` checks one folder.
#[test]
fn sentences_contain_no_banned_phrases() {
    let only = env::var("FROM_SECRETS_PATH").unwrap_or_default();
    let banned = Banned::read();
    let mut flaws = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut used = Vec::new();
    for path in files() {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        let Ok(text) = fs::read_to_string(repository().join(&path)) else {
            continue;
        };
        if !ENDINGS.contains(&ending.as_ref()) {
            continue;
        }
        let path = path.to_string_lossy().into_owned();
        for (line, phrase) in banned.find(prose::words(Path::new(&path), &text)) {
            if let Some(exception) = banned.exception(&path, phrase) {
                used.push(exception);
            } else if path.starts_with(&only) {
                *counts.entry(phrase.text()).or_default() += 1;
                flaws.push(format!(
                    "{path}:{line}: `{}`: {}",
                    phrase.text(),
                    phrase.advice
                ));
            }
        }
    }
    assert!(
        flaws.is_empty(),
        "{} phrases: {counts:?}\n{}",
        flaws.len(),
        flaws.join("\n")
    );
    let unused = banned
        .exceptions()
        .filter(|exception| !used.contains(exception));
    let unused: Vec<_> = unused.collect();
    assert!(unused.is_empty(), "unused exceptions: {unused:?}");
}

/// The longest line of a comment, in characters. Tables, addresses and code can be longer.
const WIDTH: usize = 120;

#[test]
fn comments_fit_the_line_width() {
    let is_long = |line: &&str| {
        let is_comment = line.trim_start().starts_with("//");
        let is_exempt = ["|", "http", "/// use "]
            .iter()
            .any(|part| line.contains(part));
        is_comment && !is_exempt && line.chars().count() > WIDTH
    };
    let mut long = Vec::new();
    for path in files()
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
    {
        let text = fs::read_to_string(repository().join(path)).unwrap();
        let lines = text.lines().filter(is_long);
        long.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
    }
    assert!(
        long.is_empty(),
        "{} lines:\n{}",
        long.len(),
        long.join("\n")
    );
}

/// The folders whose names are checked.
const FOLDERS: [&str; 5] = [
    "secrets-core",
    "secrets-derive",
    "secrets-syntax",
    "tests",
    "examples",
];

#[test]
fn names_have_the_fields_terms() {
    let names = FOLDERS.iter().flat_map(|folder| names::of(folder));
    let flaws = names::flaws(&names.collect::<Vec<_>>());
    assert!(
        flaws.is_empty(),
        "{} names:\n{}",
        flaws.len(),
        flaws.join("\n")
    );
}

#[test]
fn type_names_are_unique() {
    for folder in [
        "secrets-core/src",
        "secrets-derive/src",
        "secrets-syntax/src",
    ] {
        let shared = names::shared_by_types(&names::of(folder));
        assert!(shared.is_empty(), "in {folder}:\n{}", shared.join("\n"));
    }
}
