//! Names of resources, of which no two may be the same.

/// The names that were given out.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// The name, with a number behind it where another has it: `prod/db` and `prod_db` would share one.
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
