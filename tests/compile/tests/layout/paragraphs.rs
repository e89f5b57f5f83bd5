//! The width of the text in Markdown files.

use std::fs;

use crate::repository;
use crate::samples::{add_files, fence};

/// The most characters of a line, as in the code.
const WIDTH: usize = 120;

#[test]
fn text_is_wrapped() {
    let mut files = Vec::new();
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "benches/README.md",
        "examples/README.md",
        "fuzz/README.md",
    ] {
        files.push(repository().join(name));
    }
    for folder in ["secrets-core", "secrets-derive", "secrets-syntax"] {
        add_files(&repository().join(folder), &mut files);
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut wide = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(repository()).unwrap().display();
        wide.extend(wide_lines(&text).map(|(number, line)| format!("{name}:{number}: {line}")));
    }
    assert!(wide.is_empty(), "lines over {WIDTH} characters: {wide:#?}");
}

/// Returns the wide lines with their numbers. Tables, code blocks and the targets of links cannot be wrapped.
fn wide_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        if fence(line).is_some() {
            is_code = !is_code;
        }
        let is_target = line.starts_with('[') && line.contains("]: ");
        !is_code && !is_target && !line.starts_with('|') && line.chars().count() > WIDTH
    })
}

#[test]
fn only_text_has_a_width() {
    let wide = "é ".repeat(61);
    for text in [
        format!("| {wide}"),
        format!("[a]: {wide}"),
        format!("```\n{wide}\n```"),
    ] {
        assert_eq!(wide_lines(&text).count(), 0, "{text}");
    }
    let text = format!("```\n{wide}\n```\n\n- {wide}\n{}", &wide[..180]);
    assert_eq!(
        wide_lines(&text)
            .map(|(number, _)| number)
            .collect::<Vec<_>>(),
        [5]
    );
}
