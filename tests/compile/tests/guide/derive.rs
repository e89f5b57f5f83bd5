//! The compile errors in the golden files of the UI tests.

use std::fs;

use crate::documented::{assert_same, repository};

#[test]
fn every_compile_error_is_documented() {
    let mut output = Vec::new();
    for theme in fs::read_dir(repository("tests/compile/tests/ui")).unwrap() {
        for file in fs::read_dir(theme.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                output.extend(
                    fs::read_to_string(path)
                        .unwrap()
                        .lines()
                        .filter_map(message),
                );
            }
        }
    }
    assert!(output.len() > 100, "{} errors were read", output.len());
    assert_same("compile_errors.md", &output, &output);
}

/// `error: …` and `error[E0277]: …`
fn message(line: &str) -> Option<String> {
    let (code, message) = line.strip_prefix("error")?.split_once(": ")?;
    (code.is_empty() || code.starts_with('[')).then(|| message.to_owned())
}
