//! Fields that would get the values of others.

use std::collections::BTreeMap;

use super::{Leaf, Planner};
use crate::error::Flaw;

impl Planner<'_> {
    /// Rejects fields that share a variable but not a secret, because one of them would get the other's value.
    pub(super) fn find_clashes(&mut self) {
        let mut seen: BTreeMap<&str, &Leaf> = BTreeMap::new();
        let mut clashes = Vec::new();
        for leaf in &self.leaves {
            for variable in leaf.variables() {
                let first = *seen.entry(variable).or_insert(leaf);
                if first.address != leaf.address {
                    clashes.push(clash(leaf, first, variable));
                }
            }
        }
        self.flaws.extend(clashes);
    }

    /// Rejects an alias that is also an address of another value, because one of them would get the other's value.
    pub(super) fn find_alias_clashes(&mut self) {
        let mut clashes = Vec::new();
        for leaf in self.leaves.iter().filter(|leaf| !leaf.aliases.is_empty()) {
            let mut others = self.leaves.iter();
            let is_clash = |other: &&Leaf| {
                let mut addresses = other.addresses();
                other.address != leaf.address
                    && addresses.any(|address| leaf.aliases.contains(address))
            };
            clashes.extend(others.find(is_clash).map(|other| alias_clash(leaf, other)));
        }
        self.flaws.extend(clashes);
    }
}

fn clash(leaf: &Leaf, first: &Leaf, variable: &str) -> Flaw {
    let is_alias = |leaf: &Leaf| leaf.variable_aliases.contains(&variable);
    let help = if is_alias(leaf) || is_alias(first) {
        "remove `env_alias`"
    } else {
        "set `env` or `env_prefix` on one of them"
    };
    Flaw {
        path: leaf.path.to_string(),
        message: format!(
            "the environment variable `{variable}` is also read by `{}`, for another secret, key or version; {help}",
            first.path
        ),
    }
}

fn alias_clash(leaf: &Leaf, other: &Leaf) -> Flaw {
    Flaw {
        path: leaf.path.to_string(),
        message: format!(
            "an alias of this field is also an address of `{}`, which is another value; remove `alias` from one of them",
            other.path
        ),
    }
}
