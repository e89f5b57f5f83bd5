//! What the derive and the compiler say of mistakes, as the compile tests have it.

use std::fs;

use crate::documented::{assert_same, repository};

#[test]
fn every_compile_error_is_in_the_guide() {
    let mut said = Vec::new();
    for theme in fs::read_dir(repository("tests/compile/tests/ui")).unwrap() {
        for file in fs::read_dir(theme.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                said.extend(
                    fs::read_to_string(path)
                        .unwrap()
                        .lines()
                        .filter_map(message),
                );
            }
        }
    }
    assert!(said.len() > 100, "{} errors were read", said.len());
    assert_same("compile_errors.md", &said, &said);
}

/// `error: …` and `error[E0277]: …`
fn message(line: &str) -> Option<String> {
    let (code, message) = line.strip_prefix("error")?.split_once(": ")?;
    (code.is_empty() || code.starts_with('[')).then(|| message.to_owned())
}
