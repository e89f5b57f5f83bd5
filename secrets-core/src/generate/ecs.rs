//! The `secrets` of an ECS container definition.

use serde::Serialize;

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::pattern::{Id, PieceKind};
use crate::load::plan::{Address, Leaf};
use crate::source::{SecretRequest, VersionSelector};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EcsSecret<'a> {
    name: &'a str,
    value_from: String,
}

pub(super) fn write(place: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let mut entries: Vec<EcsSecret<'_>> = Vec::new();
    for leaf in leaves {
        let Some(address) = &leaf.address else {
            continue;
        };
        let name = match variable(leaf, address) {
            Ok(name) => name,
            Err(obstacle) => {
                notes.add(format!(
                    "`{}` is left out, because {obstacle}; the task loads it {}",
                    leaf.path,
                    origin(address)
                ));
                continue;
            }
        };
        if entries.iter().all(|known| known.name != name) {
            entries.push(EcsSecret {
                name,
                value_from: value_from(place, address, notes),
            });
        }
    }
    json(&entries)
}

fn origin(address: &Address) -> &'static str {
    if address.request.names_parameter() {
        "from Parameter Store"
    } else {
        "from Secrets Manager"
    }
}

/// The variable that ECS sets, or why it cannot.
fn variable<'a>(leaf: &'a Leaf, address: &Address) -> Result<&'a str, &'static str> {
    let key = address.json_key.as_deref().unwrap_or_default();
    match &leaf.variable {
        None => Err("it is not read from the environment"),
        Some(_) if key.starts_with('/') => {
            Err("ECS takes keys of the outermost object only, and no JSON pointers")
        }
        Some(_) if address.request.names_parameter() && !key.is_empty() => {
            Err("ECS takes a parameter as a whole, and no JSON keys of it")
        }
        Some(_) if leaf.field.is_binary() => Err("ECS takes text only, and no bytes"),
        Some(variable) => Ok(variable),
    }
}

/// The ARN, and behind it what of the secret is meant; empty parts are kept. Behind a parameter's is its version alone.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
fn value_from(place: &Deployment, address: &Address, notes: &mut Notes) -> String {
    let arn = arn(place, &address.request, notes);
    let (stage, id) = match address.request.version() {
        VersionSelector::Current => ("", ""),
        VersionSelector::Stage(stage) => (stage.as_str(), ""),
        VersionSelector::Id(id) => ("", id.as_str()),
    };
    if address.request.names_parameter() {
        let version = format!("{stage}{id}");
        let separator = if version.is_empty() { "" } else { ":" };
        return format!("{arn}{separator}{version}");
    }
    let key = address.json_key.as_deref().unwrap_or_default();
    if key.is_empty() && stage.is_empty() && id.is_empty() {
        return arn;
    }
    format!("{arn}:{key}:{stage}:{id}")
}

fn arn(place: &Deployment, request: &SecretRequest, notes: &mut Notes) -> String {
    let id = request.id();
    if id.contains('{') {
        notes.add("put values in place of what is in braces, or give the parameters");
    }
    if Id::read(id).kind != PieceKind::Name {
        return id.to_owned();
    }
    let region = place.region.as_deref().unwrap_or("REGION");
    let account = place.account.as_deref().unwrap_or("ACCOUNT");
    if place.region.is_none() || place.account.is_none() {
        notes
            .add("put the region and the account in place of `REGION` and `ACCOUNT`, or give them");
    }
    let partition = place.partition_name();
    if request.names_parameter() {
        let name = id.trim_start_matches('/');
        return format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}");
    }
    notes.add("these ARNs lack the six characters that Secrets Manager appends; where a name itself ends in a hyphen and six characters, write the secret's whole ARN");
    format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{id}")
}
