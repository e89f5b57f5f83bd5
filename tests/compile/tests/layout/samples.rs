//! The width of the code samples in the documentation.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The most characters that a code block of rustdoc shows without scrolling, in a window of 1280 pixels: the block has
/// 936 pixels, of which 28 are padding, and a character has 9.6.
const WIDTH: usize = 94;
/// Of a code block in a list, which has 912 pixels.
const WIDTH_IN_LIST: usize = 92;

/// Parts of output, and of names in generated documents, which cannot be wrapped.
const LITERAL: [&str; 6] = [
    "Error: cannot load `PocketConfig`: field `token` (secret `POCKET_TOKEN`): not found in any",
    "ok      key    aws     POCKET_KEY    ",
    "ok      token  aws     POCKET_TOKEN  ",
    "- !Sub arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:POCKET_",
    "\"valueFrom\": \"arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db:",
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
        let lines = sample_lines(&text, is_rust).filter(|(_, line)| line.is_wide());
        wide.extend(
            lines.map(|(number, line)| format!("{}:{number}: {}", name.display(), line.text)),
        );
    }
    let is_literal = |line: &&String| LITERAL.iter().any(|literal| line.contains(literal));
    let unused = LITERAL
        .iter()
        .filter(|literal| !wide.iter().any(|line| line.contains(**literal)));
    let unused: Vec<_> = unused.collect();
    assert!(unused.is_empty(), "unused exceptions: {unused:#?}");
    let wide: Vec<_> = wide.iter().filter(|line| !is_literal(line)).collect();
    assert!(
        wide.is_empty(),
        "lines over {WIDTH} characters, or over {WIDTH_IN_LIST} in a list: {wide:#?}"
    );
}

pub(crate) fn add_files(folder: &Path, files: &mut Vec<PathBuf>) {
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

/// A line of a code block, without the indentation of the list that contains the block.
#[derive(Debug, PartialEq)]
struct SampleLine<'a> {
    text: &'a str,
    is_in_list: bool,
}

impl SampleLine<'_> {
    fn is_wide(&self) -> bool {
        let width = if self.is_in_list {
            WIDTH_IN_LIST
        } else {
            WIDTH
        };
        self.text.chars().count() > width
    }
}

/// Returns the visible lines of the code blocks with their numbers, from the doc comments if the text is Rust.
fn sample_lines(text: &str, is_rust: bool) -> impl Iterator<Item = (usize, SampleLine<'_>)> {
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
        let text = line.strip_prefix(indent).unwrap_or(line);
        let is_hidden = hides && (text.trim() == "#" || text.trim_start().starts_with("# "));
        let is_in_list = !indent.is_empty();
        (!is_hidden).then_some((number, SampleLine { text, is_in_list }))
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
pub(crate) fn fence(line: &str) -> Option<(&str, &str)> {
    let (indent, language) = line.split_once("```")?;
    indent.trim().is_empty().then_some((indent, language))
}

#[test]
fn sample_lines_are_the_visible_ones() {
    let lines = |text, is_rust| {
        let lines = sample_lines(text, is_rust);
        let lines = lines.map(|(number, line)| (number, line.text, line.is_in_list));
        lines.collect::<Vec<_>>()
    };
    let page = "one\n\n   ```sh\n   # two\n   ```\n\n```\n# hidden\n#[three]\n```\nfour\n";
    assert_eq!(
        lines(page, false),
        [(4, "# two", true), (9, "#[three]", false)]
    );
    let code =
        "/// one\n///\n/// ```\n/// two\n/// ```\nfn three() {}\n//! ```text\n//! four\n//! ```\n";
    assert_eq!(lines(code, true), [(4, "two", false), (8, "four", false)]);
}

#[test]
fn line_in_list_has_less_space() {
    let is_wide = |width, is_in_list| {
        let text = &"é".repeat(width);
        SampleLine { text, is_in_list }.is_wide()
    };
    assert!(!is_wide(WIDTH, false) && is_wide(WIDTH + 1, false));
    assert!(!is_wide(WIDTH_IN_LIST, true) && is_wide(WIDTH_IN_LIST + 1, true));
}
