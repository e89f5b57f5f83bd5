//! The width of the code samples in the documentation.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The most characters that a code block of rustdoc shows without scrolling, in a window of 1280 pixels: the block has
/// 936 pixels, of which 28 are padding, and a character has 9.6.
const WIDTH: usize = 94;

/// Parts of output, and of names in generated documents, which cannot be wrapped.
const LITERAL: [&str; 5] = [
    "Error: cannot load `PocketConfig`: field `token` (secret `POCKET_TOKEN`): not found in any",
    "ok      key    aws     POCKET_KEY    ",
    "ok      token  aws     POCKET_TOKEN  ",
    "- !Sub arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:POCKET_",
    "\"arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/",
];

#[test]
fn code_samples_fit_the_page() {
    let mut files = vec![repository().join("README.md")];
    for folder in ["secrets-core", "secrets-derive", "secrets-syntax"] {
        add_files(&repository().join(folder).join("src"), &mut files);
    }
    let mut wide = Vec::new();
    for path in &files {
        let text = fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(repository()).unwrap();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        let lines = sample_lines(&text, is_rust).filter(|(_, line)| is_wide(line));
        wide.extend(lines.map(|(number, line)| format!("{}:{number}: {line}", name.display())));
    }
    let is_literal = |line: &&String| LITERAL.iter().any(|literal| line.contains(literal));
    let unused = LITERAL
        .iter()
        .filter(|literal| !wide.iter().any(|line| line.contains(**literal)));
    let unused: Vec<_> = unused.collect();
    assert!(unused.is_empty(), "unused exceptions: {unused:#?}");
    let wide: Vec<_> = wide.iter().filter(|line| !is_literal(line)).collect();
    assert!(wide.is_empty(), "lines over {WIDTH} characters: {wide:#?}");
}

fn add_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_files(&path, files);
        } else if path
            .extension()
            .is_some_and(|end| end == "rs" || end == "md")
        {
            files.push(path);
        }
    }
}

fn is_wide(line: &str) -> bool {
    line.chars().count() > WIDTH
}

/// Returns the visible lines of the code blocks with their numbers, from the doc comments if the text is Rust.
fn sample_lines(text: &str, is_rust: bool) -> impl Iterator<Item = (usize, &str)> {
    /// The first words of blocks in which rustdoc hides lines.
    const RUST: [&str; 6] = [
        "",
        "rust",
        "no_run",
        "ignore",
        "should_panic",
        "compile_fail",
    ];
    let mut block: Option<(&str, bool)> = None;
    text.lines().zip(1..).filter_map(move |(line, number)| {
        let line = if is_rust { doc_comment(line)? } else { line };
        if let Some((indent, language)) = fence(line) {
            let first_word = language.split(',').next()?;
            block = match block {
                None => Some((indent, RUST.contains(&first_word))),
                Some(_) => None,
            };
            return None;
        }
        let (indent, hides) = block?;
        let line = line.strip_prefix(indent).unwrap_or(line);
        let is_hidden = hides && (line.trim() == "#" || line.trim_start().starts_with("# "));
        (!is_hidden).then_some((number, line))
    })
}

/// Returns the text of a doc comment, or of a `doc` attribute that depends on a feature.
fn doc_comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(attribute) = line.strip_prefix("#[cfg_attr(feature = ") {
        return attribute.split_once("doc = \"")?.1.strip_suffix("\")]");
    }
    let text = line
        .strip_prefix("///")
        .or_else(|| line.strip_prefix("//!"))?;
    Some(text.strip_prefix(' ').unwrap_or(text))
}

/// Returns the indentation and the language of a line that begins or ends a code block.
fn fence(line: &str) -> Option<(&str, &str)> {
    let (indent, language) = line.split_once("```")?;
    indent.trim().is_empty().then_some((indent, language))
}

#[test]
fn sample_lines_are_the_visible_ones() {
    let page = "one\n\n   ```sh\n   # two\n   ```\n\n```\n# hidden\n#[three]\n```\nfour\n";
    let lines: Vec<_> = sample_lines(page, false).collect();
    assert_eq!(lines, [(4, "# two"), (9, "#[three]")]);
    let code =
        "/// one\n///\n/// ```\n/// two\n/// ```\nfn three() {}\n//! ```text\n//! four\n//! ```\n";
    let lines: Vec<_> = sample_lines(code, true).collect();
    assert_eq!(lines, [(4, "two"), (8, "four")]);
    assert!(is_wide(&"é".repeat(WIDTH + 1)) && !is_wide(&"é".repeat(WIDTH)));
}
