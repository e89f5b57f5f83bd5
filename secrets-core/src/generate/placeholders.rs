//! Placeholders without a value, which would be `*` in a policy.

use super::pattern::{Id, PatternPiece};
use super::secrets::GrantedSecret;
use crate::error::Flaw;

/// Returns a flaw for each field whose secret contains a placeholder without a value.
pub(super) fn open_placeholders<'a>(
    secrets: impl Iterator<Item = &'a GrantedSecret<'a>>,
    message: impl Fn(&str, &str) -> String,
) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for secret in secrets {
        for piece in Id::read(secret.id).pieces {
            let PatternPiece::Open(name) = piece else {
                continue;
            };
            flaws.extend(secret.leaves.iter().map(|leaf| Flaw {
                path: leaf.path.to_string(),
                message: message(secret.id, &name),
            }));
        }
    }
    flaws
}

/// Returns the message for a policy that permits reading.
pub(super) fn unfilled_read(id: &str, name: &str) -> String {
    format!(
        "`{id}` requires a value for the placeholder `{name}`, because `*` would permit reading other secrets; set it with `--placeholder {name}=VALUE`, or with `Declaration::placeholder`; to permit them, use `--allow-wildcards`, or `Declaration::allow_wildcards`"
    )
}

/// Returns the message for a policy that permits writing, and listing versions.
pub(super) fn unfilled_write(id: &str, name: &str) -> String {
    format!(
        "`{id}` requires a value for the placeholder `{name}`, because `*` would permit access to other secrets; set it with `--placeholder {name}=VALUE`, or with `Declaration::placeholder`"
    )
}
