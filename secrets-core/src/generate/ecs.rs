//! The `secrets` of an ECS container definition.

use serde::Serialize;

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::pattern::{Id, PieceKind};
use super::secrets::{is_dispensable, note_left_out};
use crate::load::plan::{Address, Leaf};
use crate::source::{SecretRequest, VersionSelector};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EcsSecret<'a> {
    name: &'a str,
    value_from: String,
}

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let mut entries: Vec<EcsSecret<'_>> = Vec::new();
    let is_included = |leaf: &&Leaf| deployment.include_optional || !is_dispensable(leaf);
    let loaded = leaves.iter().filter(|leaf| leaf.address.is_some());
    let (included, others): (Vec<&Leaf>, Vec<&Leaf>) = loaded.partition(is_included);
    let consequence = "a task does not start if one of its secrets is absent";
    note_left_out(others.into_iter(), notes, consequence);
    for leaf in included {
        let Some(address) = &leaf.address else {
            continue;
        };
        let name = match variable(leaf, address) {
            Ok(name) => name,
            Err(obstacle) => {
                notes.add(format!(
                    "`{}` is omitted because {obstacle}; the task loads it {}",
                    leaf.path,
                    origin(address)
                ));
                continue;
            }
        };
        if entries.iter().all(|known| known.name != name) {
            entries.push(EcsSecret {
                name,
                value_from: value_from(deployment, address, notes),
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

/// Returns the variable that ECS sets, or the reason why it cannot.
fn variable<'a>(leaf: &'a Leaf, address: &Address) -> Result<&'a str, &'static str> {
    let key = address.json_key.as_deref().unwrap_or_default();
    let has_colon = |part: &str| part.contains(':');
    match &leaf.variable {
        None => Err("it is not read from the environment"),
        Some(_) if key.starts_with('/') => {
            Err("ECS supports top-level JSON keys, but not JSON pointers")
        }
        Some(_) if has_colon(key) || has_colon(&address.request.version().to_string()) => {
            Err("ECS separates the parts of a reference with colons")
        }
        Some(_) if address.request.names_parameter() && !key.is_empty() => {
            Err("ECS does not support JSON keys of parameters")
        }
        Some(_) if leaf.field.is_binary() => Err("ECS does not support binary values"),
        Some(variable) => Ok(variable),
    }
}

/// Returns the ARN, followed by the JSON key, stage and version ID of a secret, or by the version of a parameter.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html>
fn value_from(deployment: &Deployment, address: &Address, notes: &mut Notes) -> String {
    let arn = arn(deployment, &address.request, notes);
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

fn arn(deployment: &Deployment, request: &SecretRequest, notes: &mut Notes) -> String {
    let id = request.id();
    if id.contains('{') {
        notes.add("replace the placeholders in braces, or set their values");
    }
    if Id::read(id).kind != PieceKind::Name {
        return id.to_owned();
    }
    let region = deployment.region.as_deref().unwrap_or("REGION");
    let account = deployment.account.as_deref().unwrap_or("ACCOUNT");
    if deployment.region.is_none() || deployment.account.is_none() {
        notes.add("replace `REGION` and `ACCOUNT`, or set the region and the account");
    }
    let partition = deployment.partition_name();
    if request.names_parameter() {
        let name = id.trim_start_matches('/');
        return format!("arn:{partition}:ssm:{region}:{account}:parameter/{name}");
    }
    notes.add("the ARNs do not contain the six characters that Secrets Manager appends; if a name itself ends in a hyphen and six characters, use the complete ARN of the secret");
    format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{id}")
}
