//! The permissions of the subcommands that write secrets.

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource, SecretResource};
use super::grants::{decrypt, secrets_manager};
use super::pattern::{Id, PieceKind, SECRETS};
use super::placeholders::{open_placeholders, unfilled_write};
use super::secrets::{GrantedSecret, secrets};
use crate::error::Flaw;
use crate::load::plan::Leaf;

/// New versions of secrets with a customer managed key are encrypted with a new data key.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
const ENCRYPT: &str = "kms:GenerateDataKey";

/// `history` and `rollback` list the versions.
const LIST: &str = "secretsmanager:ListSecretVersionIds";

const CREATE: [&str; 2] = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"];

/// A write adds a version, which becomes the current one if no other write came first.
const WRITE: [&str; 3] = [
    LIST,
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];

/// Returns the grants for `push`, `set`, `history` and `rollback`: they read the secrets, create the missing ones, also
/// with tags, and add versions to the others. `history` accepts secrets that the others do not write.
pub(super) fn writes<'a>(
    deployment: &'a Deployment,
    secrets: &[GrantedSecret<'a>],
    notes: &mut Notes,
) -> Vec<Grant<'a>> {
    let (mut written, mut listed) = (Vec::new(), Vec::new());
    for secret in secrets {
        match obstacle(secret) {
            None => written.push(secret),
            Some(reason) if secret.names_parameter => {
                notes.add(format!("`{}` is omitted because {reason}", secret.id));
            }
            Some(reason) => {
                let id = secret.id;
                notes.add(format!(
                    "only `history` is permitted for `{id}` because {reason}"
                ));
                listed.push(secret);
            }
        }
    }
    if written.is_empty() && listed.is_empty() {
        notes.add("the struct has no secrets in Secrets Manager, so the policy is empty");
    }
    // A secret that does not exist has to be reported as missing, so that it is created. Replicas are read-only.
    let resource = |secret: &GrantedSecret<'a>| SecretResource {
        id: secret.id,
        may_be_missing: true,
        other_regions: Vec::new(),
    };
    let mut grants = secrets_manager(deployment, &written, resource);
    let mut add = |sid: &str, actions: &[&'static str], secrets: Vec<&GrantedSecret<'a>>| {
        if !secrets.is_empty() {
            grants.push(Grant {
                sid: sid.to_owned(),
                actions: actions.to_vec(),
                resources: secrets
                    .into_iter()
                    .map(|secret| Resource::Secret(resource(secret)))
                    .collect(),
                condition: None,
            });
        }
    };
    let named = written.iter().copied().filter(|secret| is_named(secret));
    add("CreateSecrets", &CREATE, named.collect());
    let is_written = !written.is_empty();
    add("WriteSecrets", &WRITE, written);
    add("ListVersions", &[LIST], listed);
    if is_written && !deployment.kms_keys.is_empty() {
        let mut keys = decrypt(deployment, &[SECRETS]);
        "EncryptAndDecryptSecrets".clone_into(&mut keys.sid);
        keys.actions.push(ENCRYPT);
        grants.push(keys);
    }
    grants
}

/// Returns whether a secret can be created. An ARN refers to an existing secret.
fn is_named(secret: &GrantedSecret<'_>) -> bool {
    Id::read(secret.id).kind == PieceKind::Name
}

/// Returns why a secret cannot be written.
fn obstacle(secret: &GrantedSecret<'_>) -> Option<&'static str> {
    let is_pinned = !secret.is_read_unpinned();
    secret
        .obstacle()
        .or_else(|| is_pinned.then_some("only pinned versions of it are read"))
}

/// Returns a flaw for each field of a secret that contains a placeholder without a value.
pub(super) fn unfilled(leaves: &[Leaf]) -> Vec<Flaw> {
    let secrets = secrets(leaves);
    let secrets = secrets.iter().filter(|secret| !secret.names_parameter);
    open_placeholders(secrets, unfilled_write)
}
