//! The distinct secrets of a declaration.

use crate::load::plan::Leaf;
use crate::source::VersionSelector;
use crate::spec::Necessity;

/// A secret with its versions and fields.
#[derive(Debug)]
pub(super) struct GrantedSecret<'a> {
    /// The name or ARN, including placeholders without a value.
    pub(super) id: &'a str,
    /// Whether this is a parameter in Parameter Store.
    pub(super) names_parameter: bool,
    pub(super) versions: Vec<&'a VersionSelector>,
    pub(super) leaves: Vec<&'a Leaf>,
}

impl GrantedSecret<'_> {
    /// Returns whether a load can go on without the secret: a field is optional, has a default, or is also read from
    /// the environment.
    pub(super) fn may_be_missing(&self) -> bool {
        self.leaves.iter().any(|leaf| {
            leaf.variable.is_some()
                || leaf.optional_with.is_some()
                || leaf.field.necessity() != Necessity::Required
        })
    }

    /// Returns whether a field reads the current version.
    pub(super) fn is_read_unpinned(&self) -> bool {
        self.versions.contains(&&VersionSelector::Current)
    }
}

/// Returns the secrets in the order of their first field.
pub(super) fn secrets(leaves: &[Leaf]) -> Vec<GrantedSecret<'_>> {
    let mut secrets: Vec<GrantedSecret<'_>> = Vec::new();
    for leaf in leaves {
        let Some(address) = &leaf.address else {
            continue;
        };
        let (id, version) = (address.request.id(), address.request.version());
        let names_parameter = address.request.names_parameter();
        let is_same =
            |known: &GrantedSecret<'_>| (known.id, known.names_parameter) == (id, names_parameter);
        let index = secrets.iter().position(is_same);
        let index = index.unwrap_or_else(|| {
            secrets.push(GrantedSecret {
                id,
                names_parameter,
                versions: Vec::new(),
                leaves: Vec::new(),
            });
            secrets.len() - 1
        });
        let secret = &mut secrets[index];
        if !secret.versions.contains(&version) {
            secret.versions.push(version);
        }
        secret.leaves.push(leaf);
    }
    secrets
}
