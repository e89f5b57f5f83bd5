//! A `.env` template.

use super::deployment::Deployment;
use super::document::Notes;
use crate::format::{grouped, listed, separator_text};
use crate::load::plan::Leaf;
use crate::spec::Necessity;

pub(super) fn write(_deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let mut written: Vec<&str> = Vec::new();
    let mut entries = Vec::new();
    for leaf in leaves {
        let Some(variable) = leaf.variable.as_deref() else {
            notes.add(format!("`{}` is not read from the environment", leaf.path));
            continue;
        };
        // Two fields may read the same variable.
        if !written.contains(&variable) {
            written.push(variable);
            entries.push(entry(leaf, variable));
        }
    }
    for (name, fields) in placeholders(leaves) {
        // A field may read the same variable.
        if !written.contains(&name) {
            entries.push(placeholder_entry(name, &fields));
        }
    }
    entries.join("\n")
}

/// Returns the placeholders without a value, and the fields whose secrets they name.
fn placeholders(leaves: &[Leaf]) -> Vec<(&str, Vec<&str>)> {
    let uses = leaves.iter().flat_map(|leaf| {
        let names = leaf.unfilled.iter();
        names.map(|unfilled| (unfilled.placeholder.as_str(), &*leaf.path))
    });
    let mut placeholders = grouped(uses);
    for (_, fields) in &mut placeholders {
        fields.dedup();
    }
    placeholders
}

fn placeholder_entry(name: &str, fields: &[&str]) -> String {
    format!(
        "# Placeholder in the names of the secrets of {}.\n# Needed only if a source of secrets is queried.\n{name}=\n",
        listed(fields)
    )
}

/// A template has only lines that all readers of `.env` files read alike, including shells, `docker run --env-file` and
/// `node --env-file`: comments, and variables without a value or with a plain one.
fn entry(leaf: &Leaf, variable: &str) -> String {
    let mut comments: Vec<String> = lines(leaf.field.description());
    if leaf.field.is_binary() {
        comments.push("Base64 of the bytes.".to_owned());
    }
    if let Some(separator) = leaf.field.separator() {
        comments.extend(lines(&format!(
            "Items are separated by {}.",
            separator_text(separator)
        )));
    }
    if leaf.field.is_json() {
        comments.push("JSON.".to_owned());
    }
    // The default of a secret is not confidential, because it is in the source code.
    let default = leaf.field.default_text();
    let assignment = match leaf.field.necessity() {
        Necessity::Required => {
            let group = leaf.optional_with.iter();
            comments.extend(group.map(|group| format!("Required if `{group}` is used.")));
            format!("{variable}=")
        }
        Necessity::Optional => {
            comments.push("Optional.".to_owned());
            format!("{variable}=")
        }
        Necessity::Defaulted => match default {
            Some(text) if is_plain(text) => format!("# {variable}={text}"),
            Some(text) => {
                comments.extend(lines(&format!("Default: {text:?}")));
                format!("# {variable}=")
            }
            None => {
                comments.push("Has a default.".to_owned());
                format!("# {variable}=")
            }
        },
    };
    let mut entry = String::new();
    for comment in comments {
        entry += format!("# {comment}").trim_end();
        entry += "\n";
    }
    entry + &assignment + "\n"
}

/// Returns the lines of a comment. Some parsers end a line at these characters,
/// and would parse the rest as an assignment.
fn lines(text: &str) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let text = text.replace("\r\n", "\n");
    let is_break = |c: char| "\n\r\u{b}\u{c}\u{85}\u{2028}\u{2029}".contains(c);
    let lines = text.split(is_break);
    lines
        .map(|line| line.replace(char::is_control, "\u{fffd}"))
        .collect()
}

/// Returns whether all parsers accept a value without quotes and escapes.
fn is_plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-./:@+,%=".contains(c))
}
