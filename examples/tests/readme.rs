//! The output in the README is the output of its first command.

use std::process::Command;

const README: &str = include_str!("../../README.md");

/// Returns stdout and stderr of the quickstart, without an AWS account.
fn quickstart(variables: &[(&str, &str)]) -> (String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart"))
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// Returns the code block of the README that begins with these words.
#[track_caller]
fn block(start: &str) -> &'static str {
    let blocks = README.split("\n```").skip(1).step_by(2);
    let mut texts = blocks.filter_map(|block| block.split_once('\n').map(|(_, text)| text));
    texts
        .find(|text| text.starts_with(start))
        .unwrap_or_else(|| panic!("no code block begins with `{start}`"))
}

/// Returns the words of a text, whose lines the README may wrap.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Returns the words without versions, which are random.
fn words_without_versions(text: &str) -> Vec<&str> {
    let is_version = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
    text.split_whitespace()
        .filter(|word| !is_version(word))
        .collect()
}

#[test]
fn report_is_as_printed() {
    let (output, _) = quickstart(&[("POCKET_TOKEN", "from-my-shell")]);

    let (report, _) = output.split_once("\n\n").unwrap();
    assert_eq!(
        words_without_versions(block("field")),
        words_without_versions(report)
    );
}

#[test]
fn debug_output_is_as_printed() {
    let (output, _) = quickstart(&[("POCKET_TOKEN", "from-my-shell")]);

    let (_, debug) = output.split_once("\n\n").unwrap();
    let debug = debug.replace("redacted],\n}", "redacted] }");
    let example = block("// src/main.rs");
    let (_, comment) = example.split_once("println!(\"{config:?}\"); //").unwrap();
    let line = comment.lines().next().unwrap();
    assert_eq!(words(line), words(&debug));
}

#[test]
fn error_is_as_printed() {
    let (_, error) = quickstart(&[]);

    // The standard library prints this prefix if `main` returns an error.
    assert_eq!(words(block("Error:")), words(&format!("Error: {error}")));
}

#[test]
fn commands_have_blocks_of_their_own() {
    let quickstart =
        "POCKET_TOKEN=from-my-shell cargo run -p from-secrets-examples --bin quickstart";
    for command in [quickstart, "cargo test --workspace"] {
        assert_eq!(block(command), command);
    }
}
