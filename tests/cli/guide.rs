//! The snippets on the guide's pages, read by the tools that they are for.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::goldens::{clean, tool};

/// A code block of a page.
struct Snippet {
    language: String,
    text: String,
}

fn check_snippets(check: impl Fn(&Path, &Snippet) -> bool) {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../secrets-core/src/guide");
    let mut count = 0;
    for entry in fs::read_dir(guide).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let snippets = snippets(&fs::read_to_string(&path).unwrap());
            count += snippets
                .iter()
                .filter(|snippet| check(&path, snippet))
                .count();
        }
    }
    assert!(count > 0, "no snippet was checked");
}

/// The code blocks of a page, without the indentation of the list that they are in.
fn snippets(page: &str) -> Vec<Snippet> {
    let mut snippets = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some((indent, language)) = line.split_once("```") else {
            continue;
        };
        if !indent.trim().is_empty() {
            continue;
        }
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let text = block.map(|line| line.strip_prefix(indent).unwrap_or(line).to_owned() + "\n");
        snippets.push(Snippet {
            language: language.to_owned(),
            text: text.collect(),
        });
    }
    snippets
}

#[test]
fn guide_policies_pass_parliament() {
    check_snippets(|page, snippet| {
        if snippet.language != "json" {
            return false;
        }
        let json: Value = serde_json::from_str(&snippet.text)
            .unwrap_or_else(|error| panic!("{}: {error}\n{}", page.display(), snippet.text));
        // Trust policies name a principal, and have no resource.
        if json.pointer("/Statement/0/Resource").is_some() {
            clean(&tool("policy", &snippet.text), page);
        }
        true
    });
}

#[test]
fn guide_templates_pass_cfn_lint() {
    check_snippets(|page, snippet| {
        if snippet.language != "yaml" {
            return false;
        }
        clean(&tool("yaml", &snippet.text), page);
        if snippet.text.starts_with("AWSTemplateFormatVersion") {
            clean(&tool("cloudformation", &snippet.text), page);
        }
        true
    });
}

#[test]
fn broken_yaml_is_rejected() {
    assert!(!tool("yaml", "key: [1").success);
}
