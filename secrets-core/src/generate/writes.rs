//! The permissions of the subcommands that write secrets.

use from_secrets_syntax::is_managed;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource, SecretResource};
use super::grants::{decrypt, secrets_manager};
use super::pattern::{Id, PieceKind, SECRETS};
use super::secrets::GrantedSecret;

/// New versions of secrets with a customer managed key are encrypted with a new data key.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>
const ENCRYPT: &str = "kms:GenerateDataKey";

/// Returns the grants for `push`: it reads the secrets, creates the missing ones, also with tags, and adds versions to
/// the others.
pub(super) fn writes<'a>(
    deployment: &Deployment,
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
        has_replicas: false,
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
    let existing = |secret: &&GrantedSecret<'a>| {
        Resource::Secret(SecretResource {
            may_be_missing: false,
            ..resource(secret)
        })
    };
    let all = secrets.iter().map(existing).collect();
    grants.push(grant(
        "WriteSecrets",
        vec!["secretsmanager:PutSecretValue"],
        all,
    ));
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
    if secret.names_parameter {
        Some("it is a parameter in Parameter Store")
    } else if is_managed(secret.id) {
        Some("an AWS service creates and manages it")
    } else if !secret.is_read_unpinned() {
        Some("only pinned versions of it are read")
    } else if Id::read(secret.id).kind == PieceKind::OpenArn {
        Some("its ARN is unknown, and `*` would allow to write all secrets; set the placeholder")
    } else {
        None
    }
}
