//! Generated files.

use std::fmt;

/// A generated file or a part of one, and notes for its reader.
///
/// `Display` is the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Document {
    pub(super) text: String,
    pub(super) notes: Vec<String>,
}

/// Notes for the reader, without repetitions.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<String>);

impl Notes {
    pub(super) fn add(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }
}

impl Document {
    /// Returns the text, with a newline at its end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns what the reader should know, for example where a policy is wider than necessary because the account is
    /// not set.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Formats JSON for people.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Strings, lists and maps with string keys: this cannot fail.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text + "\n"
}
