//! The expansions of whole declarations, compared with golden files. `UPDATE_GOLDEN=1` overwrites the files.

use std::path::{Path, PathBuf};
use std::{env, fs};

use crate::derive::derive;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name)
}

fn check(name: &str) {
    let declaration = fs::read_to_string(file(&format!("{name}.rs"))).unwrap();
    let written = derive(declaration.parse().unwrap());
    let written = prettyplease::unparse(&syn::parse2(written).unwrap());
    let golden = file(&format!("{name}.expanded.rs"));
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &written).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        written == expected,
        "{} differs from the expansion; set UPDATE_GOLDEN=1 to overwrite it:\n{written}",
        golden.display()
    );
}

#[test]
fn seed_declaration_matches_golden() {
    check("seed");
}

#[test]
fn rich_declaration_matches_golden() {
    check("rich");
}

#[test]
fn defaults_declaration_matches_golden() {
    check("defaults");
}

#[test]
fn transparent_declaration_matches_golden() {
    check("transparent");
}

#[test]
fn lints_declaration_matches_golden() {
    check("lints");
}

#[test]
fn broken_declaration_matches_golden() {
    check("broken");
}
