//! Placeholders in the names of secrets.

use super::{Leaf, Plan, Unfilled};
use crate::error::Flaw;

impl Plan {
    /// Returns the placeholders, and their values if they have one.
    pub(crate) fn placeholders(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let placeholders = self.placeholders.iter();
        placeholders.map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Returns the placeholders without a value.
    pub(crate) fn unset_placeholders(&self) -> Vec<&str> {
        let unset = self.placeholders().filter(|(_, value)| value.is_none());
        unset.map(|(name, _)| name).collect()
    }

    /// Returns a flaw for each placeholder without a value in the names of the selected values.
    pub(crate) fn unfilled(&self, is_selected: impl Fn(usize) -> bool) -> Vec<Flaw> {
        let leaves = self.leaves.iter().enumerate();
        let selected = leaves.filter(|(index, _)| is_selected(*index));
        selected.flat_map(|(_, leaf)| leaf.flaws()).collect()
    }

    /// Returns whether all placeholders have the same values as in this plan.
    pub(super) fn is_for(&self, placeholder: &dyn Fn(&str) -> Option<String>) -> bool {
        let mut values = self.placeholders.iter();
        values.all(|(name, value)| placeholder(name) == *value)
    }
}

impl Leaf {
    fn flaws(&self) -> impl Iterator<Item = Flaw> {
        self.unfilled.iter().map(|unfilled| Flaw {
            path: self.path.to_string(),
            message: unfilled.message(),
        })
    }
}

impl Unfilled {
    fn message(&self) -> String {
        let Self {
            placeholder: name,
            declared,
        } = self;
        format!(
            "`{declared}` requires a value for the placeholder `{name}`; call `Loader::placeholder(\"{name}\", …)`, or set the environment variable `{name}`"
        )
    }
}
