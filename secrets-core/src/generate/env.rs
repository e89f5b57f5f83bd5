//! A `.env` template.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
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
    entries.join("\n")
}

fn entry(leaf: &Leaf, variable: &str) -> String {
    let mut entry = String::new();
    for line in leaf.field.description().lines() {
        entry += format!("# {line}").trim_end();
        entry += "\n";
    }
    let value = match (leaf.field.necessity(), leaf.field.default_text()) {
        (Necessity::Required, _) => {
            if let Some(group) = &leaf.optional_with {
                let _ = writeln!(entry, "# Required if `{group}` is used.");
            }
            String::new()
        }
        (Necessity::Optional, _) => {
            entry += "# Optional.\n";
            String::new()
        }
        // The default of a secret is not confidential, because it is in the source code.
        (Necessity::Defaulted, Some(text)) => quoted(text),
        (Necessity::Defaulted, None) => {
            entry += "# Has a default.\n";
            String::new()
        }
    };
    entry + &format!("{variable}={value}\n")
}

/// Quotes a value if necessary, in a form that all `.env` parsers accept.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@+,%".contains(c);
    if text.chars().all(plain) {
        return text.to_owned();
    }
    // Single quotes need no escapes.
    if !text.contains(['\'', '\\', '\n']) {
        return format!("'{text}'");
    }
    let escaped = text.replace('\\', "\\\\");
    // Within double quotes, `${` would be replaced.
    if text.contains("${") {
        return format!("'{}'", escaped.replace('\'', "\\'"));
    }
    let escaped = escaped.replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}
