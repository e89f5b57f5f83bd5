//! Unique names of resources.

/// The names in use.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Creates names that differ from words of a language.
    pub(super) fn reserving(words: &[&str]) -> Self {
        Self(words.iter().map(|word| (*word).to_owned()).collect())
    }

    /// Returns the name, with a number appended if it is in use: `prod/db` and `prod_db` have the same identifier.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut number = 1;
        while self.0.contains(&candidate) {
            number += 1;
            candidate = format!("{name}{number}");
        }
        self.0.push(candidate.clone());
        candidate
    }
}
