//! Generated files.

use std::fmt;

/// A generated document with notes for its reader.
///
/// `Display` writes the text.
///
/// ```
/// use from_secrets::generate::Declaration;
/// use from_secrets::{FromSecrets, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     token: SecretString,
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let policy = Declaration::of::<Config>().region("eu-central-1").iam_policy()?;
/// println!("{policy}");
/// for note in policy.notes() {
///     eprintln!("note: {note}"); // the account is not set, so the policy contains `*`
/// }
/// # let mut notes = policy.notes().iter();
/// # assert!(notes.any(|note| note.contains("the account is not set")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Document {
    pub(super) text: String,
    pub(super) notes: Vec<String>,
}

/// Notes without duplicates.
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
    /// Returns the text, which ends with a newline unless it is empty.
    ///
    /// ```
    /// # use from_secrets::{FromSecrets, SecretString, generate::Declaration};
    /// # #[derive(FromSecrets)]
    /// # struct Config {
    /// #     token: SecretString,
    /// # }
    /// # fn main() -> Result<(), from_secrets::Error> {
    /// let template = Declaration::of::<Config>().env_example()?;
    /// assert_eq!(template.text(), "TOKEN=\n");
    /// # Ok(())
    /// # }
    /// ```
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns notes for the reader, for example if a policy is broader than necessary because the account is not set.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Formats a value as indented JSON.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    // Serializing strings, lists and maps with string keys cannot fail.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text + "\n"
}
