//! The secrets as resources of a CloudFormation template.

use std::fmt::Write as _;

use from_secrets_syntax::is_managed;

use super::deployment::{Deployment, kms_region};
use super::document::Notes;
use super::names::Names;
use super::pattern::{Id, PieceKind};
use super::secrets::{GrantedSecret, secrets};
use super::yaml::{self, logical_id, quoted};
use crate::load::plan::Leaf;

/// The maximum length of a description, in characters.
const MAX_DESCRIPTION: usize = 2_048;

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = secrets(leaves);
    let mut names = Names::default();
    let (secrets, others): (Vec<_>, Vec<_>) = secrets
        .iter()
        .partition(|secret| !secret.names_parameter && !is_managed(secret.id));
    for other in others {
        let reason = if other.names_parameter {
            "it is a parameter in Parameter Store"
        } else {
            "an AWS service creates and manages it"
        };
        notes.add(format!("`{}` is omitted because {reason}", other.id));
    }
    let (by_name, by_arn): (Vec<&GrantedSecret<'_>>, Vec<_>) = secrets
        .into_iter()
        .partition(|secret| Id::read(secret.id).kind == PieceKind::Name);
    for secret in by_arn {
        notes.add(format!(
            "`{}` is omitted because its ARN refers to an existing secret",
            secret.id
        ));
    }
    let regions = deployment.replica_regions.iter();
    let mut keys = regions.map(|region| deployment.kms_keys_in(region).count());
    if home_keys(deployment).count() > 1 || keys.any(|count| count > 1) {
        notes.add("several KMS keys are set, so the template contains none; set the `KmsKeyId` of each secret");
    }
    notes.add("the secrets are created without values; set the values after the deployment");
    by_name
        .iter()
        .map(|secret| resource(deployment, &names.unique(&logical_id(secret.id)), secret))
        .collect::<Vec<_>>()
        .join("\n")
}

fn resource(deployment: &Deployment, id: &str, secret: &GrantedSecret<'_>) -> String {
    let mut text = format!(
        "{}:\n  Type: AWS::SecretsManager::Secret\n  DeletionPolicy: Retain\n  UpdateReplacePolicy: Retain\n  Properties:\n    Name: {}\n",
        id,
        yaml::name(secret.id)
    );
    let description = description(secret);
    if !description.is_empty() {
        let _ = writeln!(text, "    Description: {}", quoted(&description));
    }
    if let Some(key) = single(home_keys(deployment)) {
        let _ = writeln!(text, "    KmsKeyId: {}", quoted(key));
    }
    if !deployment.replica_regions.is_empty() {
        text += "    ReplicaRegions:\n";
    }
    for region in &deployment.replica_regions {
        let _ = writeln!(text, "      - Region: {region}");
        if let Some(key) = single(deployment.kms_keys_in(region)) {
            let _ = writeln!(text, "        KmsKeyId: {}", quoted(key));
        }
    }
    text
}

/// Returns the keys that are not those of replicas.
fn home_keys(deployment: &Deployment) -> impl Iterator<Item = &str> {
    let keys = deployment.kms_keys.iter().map(String::as_str);
    keys.filter(|key| {
        let mut replicas = deployment.replica_regions.iter();
        !replicas.any(|region| kms_region(key) == Some(region))
    })
}

fn single<'a>(mut keys: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    keys.next().filter(|_| keys.next().is_none())
}

/// Returns the descriptions of the fields, with the keys of a JSON secret.
fn description(secret: &GrantedSecret<'_>) -> String {
    let one = |leaf: &&Leaf| {
        let described = leaf.described();
        let key = leaf
            .address
            .as_ref()
            .and_then(|address| address.json_key.as_deref());
        match (key, described.is_empty()) {
            (Some(key), true) => Some(key.to_owned()),
            (Some(key), false) => Some(format!("{key}: {described}")),
            (None, true) => None,
            (None, false) => Some(described),
        }
    };
    let all: Vec<String> = secret.leaves.iter().filter_map(one).collect();
    all.join("; ").chars().take(MAX_DESCRIPTION).collect()
}
