//! Terraform data sources, and a policy document.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource, SecretResource};
use super::grants::grants;
use super::names::Names;
use super::pattern::{Id, PARAMETERS, PatternPiece, PieceKind, prefix, replica};
use super::secrets::secrets;
use super::yaml::quoted;
use crate::load::plan::Leaf;

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = secrets(leaves);
    let mut names = Names::default();
    let mut sources: HashMap<&str, String> = HashMap::new();
    let mut blocks = Vec::new();
    for secret in &secrets {
        let id = Id::read(secret.id);
        for piece in &id.pieces {
            if let PatternPiece::Open(name) = piece {
                notes.add(format!(
                    "the module requires the variable `{}`",
                    identifier(name)
                ));
            }
        }
        if id.kind == PieceKind::Name && !secret.names_parameter {
            let name = names.unique(&identifier(secret.id));
            blocks.push(source(&name, secret.id));
            sources.insert(secret.id, name);
        }
    }
    // The data source provides the complete ARN of a secret that exists, so that no wildcard is necessary.
    let arns = |secret: SecretResource<'_>| {
        let mut arns = arns_of(secret, &sources);
        for region in &deployment.replica_regions {
            arns.extend(replicas(secret, &sources, region));
        }
        arns
    };
    let grants = grants(deployment, &secrets, notes);
    let mut resource = |resource: &Resource<'_>| match resource {
        Resource::Secret(secret) => arns(*secret),
        Resource::Parameter(id) => vec![parameter(deployment, id, notes)],
        Resource::Text(text) => vec![quoted(text)],
    };
    let statements = grants.iter().map(|grant| statement(grant, &mut resource));
    let statements: Vec<String> = statements.collect();
    blocks.push(format!(
        "data \"aws_iam_policy_document\" \"secrets\" {{\n{}}}\n",
        statements.join("\n")
    ));
    blocks.join("\n")
}

fn source(name: &str, id: &str) -> String {
    format!(
        "data \"aws_secretsmanager_secret\" \"{name}\" {{\n  name = {}\n}}\n",
        string(id)
    )
}

/// Returns the ARN of a data source, or all interpretations of an ARN in the declaration.
fn arns_of(secret: SecretResource<'_>, sources: &HashMap<&str, String>) -> Vec<String> {
    if let Some(name) = sources.get(secret.id) {
        return vec![format!("data.aws_secretsmanager_secret.{name}.arn")];
    }
    let arns = Id::read(secret.id).with_suffix(secret.id, secret.may_be_missing);
    arns.iter().map(|arn| string(arn)).collect()
}

/// Returns the ARNs of the replicas in a region. An ARN that is not known yet is changed by an expression.
fn replicas(
    secret: SecretResource<'_>,
    sources: &HashMap<&str, String>,
    region: &str,
) -> Vec<String> {
    if matches!(Id::read(secret.id).kind, PieceKind::Arn { .. }) {
        let id = replica(secret.id, region);
        let id = id.iter().map(|id| SecretResource { id, ..secret });
        return id.flat_map(|secret| arns_of(secret, sources)).collect();
    }
    let elsewhere = |arn: &String| {
        format!("replace({arn}, \"/^(arn:[^:]+:[^:]+:)[^:]+/\", \"$${{1}}{region}\")")
    };
    arns_of(secret, sources).iter().map(elsewhere).collect()
}

/// Returns the ARN of a parameter. A data source would store the parameter's value in the Terraform state.
fn parameter(deployment: &Deployment, id: &str, notes: &mut Notes) -> String {
    let read = Id::read(id);
    if read.kind == PieceKind::ParameterArn {
        return string(id);
    }
    let begin = prefix(deployment, PARAMETERS, notes);
    string(&format!("{begin}parameter/{}", id.trim_start_matches('/')))
}

fn statement(grant: &Grant<'_>, resources: impl FnMut(&Resource<'_>) -> Vec<String>) -> String {
    let actions: Vec<String> = grant.actions.iter().map(|action| quoted(action)).collect();
    let mut text = format!(
        "  statement {{\n    sid     = {}\n    actions = [{}]\n    resources = [\n",
        quoted(&grant.sid),
        actions.join(", ")
    );
    for resource in grant.resources.iter().flat_map(resources) {
        let _ = writeln!(text, "      {resource},");
    }
    text += "    ]\n";
    for (operator, keys) in grant.condition.iter().flatten() {
        for (key, values) in keys {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            let _ = write!(
                text,
                "\n    condition {{\n      test     = {}\n      variable = {}\n      values   = [{}]\n    }}\n",
                quoted(operator),
                quoted(key),
                values.join(", ")
            );
        }
    }
    text + "  }\n"
}

/// Returns a string or an expression. Placeholders without a value are variables of the module.
fn string(id: &str) -> String {
    let id = Id::read(id);
    if let [PatternPiece::Open(name)] = &id.pieces[..] {
        return format!("var.{}", identifier(name));
    }
    let piece = |piece: &PatternPiece| match piece {
        PatternPiece::Text(text) => text.clone(),
        PatternPiece::Open(name) => format!("${{var.{}}}", identifier(name)),
    };
    let text: String = id.pieces.iter().map(piece).collect();
    format!("\"{text}\"")
}

fn identifier(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_ascii_lowercase()
}
