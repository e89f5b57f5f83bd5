//! The secrets as resources of a CloudFormation template.

use std::fmt::Write as _;
use std::iter;

use super::deployment::{Deployment, kms_region};
use super::document::Notes;
use super::grants::note_replica_keys;
use super::names::Names;
use super::pattern::{Id, PieceKind};
use super::secrets::{GrantedSecret, included, secrets};
use super::variables::Variables;
use super::yaml::{logical_id, quoted, reference, region_name, stack};
use crate::load::plan::Leaf;

/// The maximum length of a description, in characters.
const MAX_DESCRIPTION: usize = 2_048;

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = included(
        deployment,
        secrets(leaves),
        notes,
        "the template would create their secrets",
    );
    let secrets = secrets.into_iter().filter(|secret| {
        let obstacle = secret.obstacle();
        if let Some(reason) = obstacle {
            notes.add(format!("`{}` is omitted because {reason}", secret.id));
        }
        obstacle.is_none()
    });
    let (by_name, by_arn): (Vec<GrantedSecret<'_>>, Vec<_>) =
        secrets.partition(|secret| Id::read(secret.id).kind == PieceKind::Name);
    for secret in by_arn {
        notes.add(format!(
            "`{}` is omitted because its ARN refers to an existing secret",
            secret.id
        ));
    }
    note_keys(deployment, notes);
    note_own_region(deployment, notes);
    notes.add("the secrets are created without values; set the values after the deployment");
    // A parameter and a resource cannot have the same name.
    let mut names = Names::default();
    let variables = Variables::new(&by_name, &mut names, logical_id);
    for parameter in variables.identifiers() {
        notes.add(format!("the template requires the parameter `{parameter}`"));
    }
    let stack = stack(&variables);
    by_name
        .iter()
        .map(|secret| {
            let id = names.unique(&logical_id(secret.id));
            let name = reference(&stack.text(&Id::read(secret.id)));
            resource(deployment, &id, &name, secret)
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn resource(deployment: &Deployment, id: &str, name: &str, secret: &GrantedSecret<'_>) -> String {
    let mut text = format!(
        "{id}:\n  Type: AWS::SecretsManager::Secret\n  DeletionPolicy: Retain\n  UpdateReplacePolicy: Retain\n  Properties:\n    Name: {name}\n"
    );
    let description = description(secret);
    if !description.is_empty() {
        let _ = writeln!(text, "    Description: {}", quoted(&description));
    }
    if let Some(key) = single(home_keys(deployment)) {
        let _ = writeln!(text, "    KmsKeyId: {}", quoted(key));
    }
    if deployment.replicas().next().is_some() {
        text += "    ReplicaRegions:\n";
    }
    for region in deployment.replicas() {
        let _ = writeln!(text, "      - Region: {}", region_name(region));
        if let Some(key) = single(deployment.kms_keys_in(region)) {
            let _ = writeln!(text, "        KmsKeyId: {}", quoted(key));
        }
    }
    text
}

/// Secrets Manager rejects a replica in a region that has a secret with its name.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html>
fn note_own_region(deployment: &Deployment, notes: &mut Notes) {
    let regions: Vec<String> = deployment
        .replicas()
        .map(|region| format!("`{region}`"))
        .collect();
    if !regions.is_empty() {
        notes.add(format!(
            "deploy the template in one region only; it also creates the replicas in {}",
            regions.join(", ")
        ));
    }
}

/// A key encrypts secrets of its own region.
fn note_keys(deployment: &Deployment, notes: &mut Notes) {
    let of_replicas = deployment.replicas().map(|region| {
        let keys: Vec<&str> = deployment.kms_keys_in(region).collect();
        (format!("in `{region}`"), keys)
    });
    let own = (
        "in the region of the stack".to_owned(),
        home_keys(deployment).collect(),
    );
    let keys: Vec<(String, Vec<&str>)> = iter::once(own).chain(of_replicas).collect();
    for (place, _) in keys.iter().filter(|(_, keys)| keys.len() > 1) {
        notes.add(format!(
            "several KMS keys {place} are set, so the template contains none of them; set the `KmsKeyId` of each secret"
        ));
    }
    for key in &deployment.kms_keys {
        if !keys.iter().any(|(_, keys)| keys.contains(&key.as_str())) {
            notes.add(format!(
                "the KMS key `{key}` is not used, because its region is neither that of the stack nor one with replicas"
            ));
        }
    }
    note_replica_keys(deployment, notes);
}

/// Returns the keys of the region. If it is unknown, these are the keys that are not in a region with replicas.
fn home_keys(deployment: &Deployment) -> impl Iterator<Item = &str> {
    let keys = deployment.kms_keys.iter().map(String::as_str);
    keys.filter(|key| match deployment.region.as_deref() {
        Some(region) => kms_region(key) == Some(region),
        None => !deployment
            .replicas()
            .any(|region| kms_region(key) == Some(region)),
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
    literal(&all.join("; "))
        .chars()
        .take(MAX_DESCRIPTION)
        .collect()
}

/// Separates the characters that begin `${…}` and `{{resolve:…}}`. CloudFormation would replace a reference to a secret
/// with its value.
fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c == '{' && out.ends_with(['{', '$']) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn descriptions_contain_no_references() {
        assert_eq!(literal("{{{resolve:a}} ${b}"), "{ { {resolve:a}} $ {b}");
    }
}
