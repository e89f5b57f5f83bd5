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

/// A write adds a version, which becomes the current one if no other write came first. `history` and `rollback` list
/// the versions.
const WRITE: [&str; 3] = [
    "secretsmanager:ListSecretVersionIds",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
];

/// Returns the grants for `push`, `set`, `history` and `rollback`: they read the secrets, create the missing ones, also
/// with tags, and add versions to the others.
pub(super) fn writes<'a>(
    deployment: &'a Deployment,
    secrets: &[GrantedSecret<'a>],
    notes: &mut Notes,
) -> Vec<Grant<'a>> {
    let secrets: Vec<&GrantedSecret<'a>> = secrets
        .iter()
        .filter(|secret| match obstacle(secret) {
            None => true,
            Some(reason) => {
                notes.add(format!("`{}` is omitted because {reason}", secret.id));
                false
            }
        })
        .collect();
    if secrets.is_empty() {
        notes.add("the struct has no secrets that can be written, so the policy is empty");
        return Vec::new();
    }
    // A secret that does not exist has to be reported as missing, so that it is created. Replicas are read-only.
    let resource = |secret: &GrantedSecret<'a>| SecretResource {
        id: secret.id,
        may_be_missing: true,
        other_regions: Vec::new(),
    };
    let mut grants = secrets_manager(deployment, &secrets, resource);
    let named = secrets.iter().filter(|secret| is_named(secret));
    let named: Vec<Resource<'a>> = named
        .map(|secret| Resource::Secret(resource(secret)))
        .collect();
    if !named.is_empty() {
        let actions = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"];
        grants.push(grant("CreateSecrets", actions.to_vec(), named));
    }
    let all = secrets
        .iter()
        .map(|secret| Resource::Secret(resource(secret)));
    let all = all.collect();
    grants.push(grant("WriteSecrets", WRITE.to_vec(), all));
    if !deployment.kms_keys.is_empty() {
        let mut keys = decrypt(deployment, &[SECRETS]);
        "EncryptAndDecryptSecrets".clone_into(&mut keys.sid);
        keys.actions.push(ENCRYPT);
        grants.push(keys);
    }
    grants
}

fn grant<'a>(sid: &str, actions: Vec<&'static str>, resources: Vec<Resource<'a>>) -> Grant<'a> {
    Grant {
        sid: sid.to_owned(),
        actions,
        resources,
        condition: None,
    }
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

/// Returns a flaw for each field of a written secret that contains a placeholder without a value.
pub(super) fn unfilled(leaves: &[Leaf]) -> Vec<Flaw> {
    let secrets = secrets(leaves);
    let written = secrets.iter().filter(|secret| obstacle(secret).is_none());
    open_placeholders(written, unfilled_write)
}
