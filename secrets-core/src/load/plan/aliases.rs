//! The former addresses of values.

use std::borrow::Cow;
use std::iter;

use super::{Address, Planner, Scope};
use crate::source::VersionSelector;
use crate::spec::{Name, ValueSpec};

/// The ID of a version exists in one secret only.
fn id_with_alias(declared: &str) -> String {
    format!(
        "`{declared}` specifies a version ID, which cannot be used with the `alias` of a secret; specify a stage instead"
    )
}

impl Planner<'_> {
    /// Returns the address of a value, and its former addresses.
    pub(super) fn addresses(
        &mut self,
        path: &str,
        leaf: &ValueSpec,
        scope: &Scope,
    ) -> (Option<Address>, Vec<Address>) {
        let own = match scope.name(leaf.name) {
            ("", name) => Cow::Borrowed(name),
            (prefix, name) => Cow::Owned(format!("{prefix}{name}")),
        };
        match self.address(path, leaf, &own, leaf.json_key) {
            Some(address) if !leaf.aliases.are_only_variables() => {
                // The aliases are those of the struct's own name.
                let secrets = match (leaf.name, scope.shared) {
                    (Name::Shared(_), Some(_)) => &[],
                    _ => leaf.aliases.secrets,
                };
                let aliases = self.aliases(path, leaf, &own, secrets, &address);
                (Some(address), aliases)
            }
            address => (address, Vec::new()),
        }
    }

    /// Returns each secret with each JSON key, except the address itself.
    fn aliases(
        &mut self,
        path: &str,
        leaf: &ValueSpec,
        own: &str,
        secrets: &[&str],
        address: &Address,
    ) -> Vec<Address> {
        let mut aliases = Vec::new();
        for secret in iter::once(own).chain(secrets.iter().copied()) {
            let former = leaf.aliases.json_keys.iter().copied().map(Some);
            for json_key in iter::once(leaf.json_key).chain(former) {
                let Some(mut alias) = self.address(path, leaf, secret, json_key) else {
                    break;
                };
                // The name of the secret can contain the key: it is a reference, or a placeholder with a reference.
                if alias.json_key.is_none() {
                    alias.json_key.clone_from(&address.json_key);
                }
                // The same applies to a pinned version.
                match (alias.request.version(), address.request.version()) {
                    (VersionSelector::Current, stage @ VersionSelector::Stage(_)) => {
                        alias.request = alias.request.with_version(stage.clone());
                    }
                    (VersionSelector::Current, VersionSelector::Id(_)) => {
                        self.flaw::<()>(path, id_with_alias(own));
                        return aliases;
                    }
                    _ => {}
                }
                // Placeholders can make two of them equal.
                if alias != *address && !aliases.contains(&alias) {
                    aliases.push(alias);
                }
            }
        }
        aliases
    }
}
