//! Statements for a function's `Policies` in an AWS SAM template.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::pattern::{Id, PieceKind};
use super::secrets::{GrantedSecret, secrets};
use super::yaml::{self, quoted};
use crate::load::plan::Leaf;

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = secrets(leaves);
    for parameter in secrets
        .iter()
        .flat_map(|secret| yaml::parameters(secret.id))
    {
        notes.add(format!("the template requires the parameter `{parameter}`"));
    }
    let grants = grants(deployment, &secrets, notes);
    note_bare_arns(&grants, notes);
    if !deployment.replica_regions.is_empty() {
        note_open_arns(&secrets, notes);
    }
    let statements = grants.iter().map(|grant| statement(deployment, grant));
    let statements: String = statements.collect();
    format!("- Version: \"2012-10-17\"\n  Statement:\n{statements}")
}

/// The region of an ARN in a template parameter is unknown.
fn note_open_arns(secrets: &[GrantedSecret<'_>], notes: &mut Notes) {
    for secret in secrets {
        if Id::read(secret.id).kind == PieceKind::OpenArn {
            notes.add(format!(
                "`{}` is a whole ARN, so the template does not list its replicas; add their ARNs",
                secret.id
            ));
        }
    }
}

fn statement(deployment: &Deployment, grant: &Grant<'_>) -> String {
    let mut text = format!(
        "    - Sid: {}\n      Effect: Allow\n      Action: {}\n      Resource:\n",
        grant.sid,
        actions(&grant.actions)
    );
    let resources = |resource: &Resource<'_>| match resource {
        Resource::Secret(secret) => yaml::arns(*secret, &deployment.replica_regions),
        Resource::Parameter(id) => vec![yaml::parameter_arn(id)],
        Resource::Text(text) => vec![quoted(text)],
    };
    for resource in grant.resources.iter().flat_map(resources) {
        let _ = writeln!(text, "        - {resource}");
    }
    if grant.condition.is_some() {
        text += "      Condition:\n";
    }
    for (operator, keys) in grant.condition.iter().flatten() {
        let _ = writeln!(text, "        {operator}:");
        for (key, values) in keys {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            let _ = writeln!(text, "          {key}: [{}]", values.join(", "));
        }
    }
    text
}

/// A single action is not a list, by convention.
fn actions(actions: &[&str]) -> String {
    if let [one] = actions {
        return (*one).to_owned();
    }
    let actions: Vec<String> = actions.iter().map(|action| quoted(action)).collect();
    format!("[{}]", actions.join(", "))
}
