//! The distinct secrets of a declaration.

use from_secrets_syntax::is_managed;

use super::deployment::Deployment;
use super::document::Notes;
use crate::load::plan::{Address, Leaf};
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
    /// Returns whether a load can go on without the secret: a field is optional, has a default or an alias, or is also
    /// read from the environment.
    pub(super) fn may_be_missing(&self) -> bool {
        self.leaves.iter().any(|leaf| {
            leaf.variable.is_some()
                || !leaf.aliases.is_empty()
                || leaf.optional_with.is_some()
                || leaf.field.necessity() != Necessity::Required
        })
    }

    /// Returns whether every field is dispensable.
    pub(super) fn is_dispensable(&self) -> bool {
        self.leaves.iter().all(|leaf| is_dispensable(leaf))
    }

    /// Returns why an application cannot create and write the secret in Secrets Manager.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        if self.names_parameter {
            Some("it is a parameter in Parameter Store")
        } else if is_managed(self.id) {
            Some("an AWS service creates and manages it")
        } else {
            None
        }
    }

    /// Returns whether a field reads the current version.
    pub(super) fn is_read_unpinned(&self) -> bool {
        self.versions.contains(&&VersionSelector::Current)
    }
}

/// Returns the secrets in the order of their first field.
pub(super) fn secrets(leaves: &[Leaf]) -> Vec<GrantedSecret<'_>> {
    let own = |leaf| {
        Leaf::addresses(leaf)
            .take(1)
            .map(move |address| (leaf, address))
    };
    collect(leaves.iter().flat_map(own))
}

/// Returns the secrets and their aliases, which a load requests, in the order of their first field.
pub(super) fn requested_secrets(leaves: &[Leaf]) -> Vec<GrantedSecret<'_>> {
    let all = |leaf| Leaf::addresses(leaf).map(move |address| (leaf, address));
    collect(leaves.iter().flat_map(all))
}

fn collect<'a>(addresses: impl Iterator<Item = (&'a Leaf, &'a Address)>) -> Vec<GrantedSecret<'a>> {
    let mut secrets: Vec<GrantedSecret<'_>> = Vec::new();
    for (leaf, address) in addresses {
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
        // A field with two JSON keys of a secret reads it once.
        if secret
            .leaves
            .last()
            .is_none_or(|last| !std::ptr::eq(*last, leaf))
        {
            secret.leaves.push(leaf);
        }
    }
    secrets
}

/// Returns whether a field is optional or has a default.
pub(super) fn is_dispensable(leaf: &Leaf) -> bool {
    leaf.optional_with.is_some() || leaf.field.necessity() != Necessity::Required
}

/// Returns the secrets of required fields, or all secrets with `include_optional`. The note about the others contains
/// the consequence of including them.
pub(super) fn included<'a>(
    deployment: &Deployment,
    secrets: Vec<GrantedSecret<'a>>,
    notes: &mut Notes,
    consequence: &str,
) -> Vec<GrantedSecret<'a>> {
    let is_included =
        |secret: &GrantedSecret<'_>| deployment.include_optional || !secret.is_dispensable();
    let (included, others): (Vec<_>, Vec<_>) = secrets.into_iter().partition(is_included);
    let leaves = others.iter().flat_map(|secret| &secret.leaves);
    note_left_out(leaves.copied(), notes, consequence);
    included
}

/// Adds a note about fields that are left out because they are dispensable.
pub(super) fn note_left_out<'a>(
    leaves: impl Iterator<Item = &'a Leaf>,
    notes: &mut Notes,
    consequence: &str,
) {
    let fields: Vec<String> = leaves.map(|leaf| format!("`{}`", leaf.path)).collect();
    if !fields.is_empty() {
        notes.add(format!(
            "fields that are optional or have a default are left out, because {consequence}: {}; include them with `--include-optional`, or with `Declaration::include_optional`",
            fields.join(", ")
        ));
    }
}
