//! The secrets as resources of a CloudFormation template.

use std::fmt::Write as _;

use from_secrets_syntax::is_managed;

use super::deployment::Deployment;
use super::document::Notes;
use super::names::Names;
use super::pattern::{Id, PieceKind};
use super::secrets::{GrantedSecret, secrets};
use super::yaml::{self, logical_id, quoted};
use crate::load::plan::Leaf;

/// The longest description that Secrets Manager takes, in characters.
const LONGEST_DESCRIPTION: usize = 2_048;

pub(super) fn write(place: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = secrets(leaves);
    let mut names = Names::default();
    let (secrets, others): (Vec<_>, Vec<_>) = secrets
        .iter()
        .partition(|secret| !secret.names_parameter && !is_managed(secret.id));
    for other in others {
        let why = if other.names_parameter {
            "it is a parameter of Parameter Store"
        } else {
            "the AWS service that manages it creates it"
        };
        notes.add(format!("`{}` is left out, because {why}", other.id));
    }
    let (by_name, by_arn): (Vec<&GrantedSecret<'_>>, Vec<_>) = secrets
        .into_iter()
        .partition(|secret| Id::read(secret.id).kind == PieceKind::Name);
    for secret in by_arn {
        notes.add(format!(
            "`{}` is given by its ARN, so it is there already",
            secret.id
        ));
    }
    if place.kms_keys.len() > 1 {
        notes.add("more than one KMS key is given, so none is set; set each secret's `KmsKeyId`");
    }
    notes.add("the secrets are created without values; put them in after the deployment");
    by_name
        .iter()
        .map(|secret| resource(place, &names.unique(&logical_id(secret.id)), secret))
        .collect::<Vec<_>>()
        .join("\n")
}

fn resource(place: &Deployment, id: &str, secret: &GrantedSecret<'_>) -> String {
    let mut text = format!(
        "{}:\n  Type: AWS::SecretsManager::Secret\n  DeletionPolicy: Retain\n  UpdateReplacePolicy: Retain\n  Properties:\n    Name: {}\n",
        id,
        yaml::name(secret.id)
    );
    let description = description(secret);
    if !description.is_empty() {
        let _ = writeln!(text, "    Description: {}", quoted(&description));
    }
    if let [key] = &place.kms_keys[..] {
        let _ = writeln!(text, "    KmsKeyId: {}", quoted(key));
    }
    text
}

/// What the fields say; of a JSON secret, by key.
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
    all.join("; ").chars().take(LONGEST_DESCRIPTION).collect()
}
