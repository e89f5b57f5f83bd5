//! Statements for a function's `Policies` in an AWS SAM template.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::document::Notes;
use super::grant::{Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::iam::note_length;
use super::names::Names;
use super::pattern::{Id, PieceKind};
use super::secrets::{GrantedSecret, requested_secrets};
use super::variables::{Substitution, Variables};
use super::yaml::{logical_id, quoted, reference, stack};
use crate::load::plan::Leaf;

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let secrets = requested_secrets(leaves);
    let variables = Variables::new(&secrets, &mut Names::default(), logical_id);
    for parameter in variables.identifiers() {
        notes.add(format!("the template requires the parameter `{parameter}`"));
    }
    let grants = grants(deployment, &secrets, notes);
    if grants.is_empty() {
        return String::new();
    }
    note_bare_arns(&grants, notes);
    note_regions(deployment, &secrets, notes);
    note_length(deployment, &grants, notes);
    let stack = stack(&variables);
    let statements = grants.iter().map(|grant| statement(grant, &stack));
    let statements: String = statements.collect();
    format!("- Version: \"2012-10-17\"\n  Statement:\n{statements}")
}

/// The template can be deployed in any region, but contains the ARNs of replicas and keys in certain regions.
pub(super) fn note_regions(
    deployment: &Deployment,
    secrets: &[GrantedSecret<'_>],
    notes: &mut Notes,
) {
    let has_replicas = deployment.replicas().next().is_some();
    if has_replicas || !deployment.kms_keys.is_empty() {
        notes.add("if the stack is deployed in several regions, omit the region, set each of them as a replica region, and add the KMS keys of each region");
    }
    let open = secrets.iter().map(|secret| secret.id);
    for id in open.filter(|id| has_replicas && Id::read(id).kind == PieceKind::OpenArn) {
        notes.add(format!(
            "`{id}` is a whole ARN, so its replicas are not listed; add their ARNs"
        ));
    }
}

fn statement(grant: &Grant<'_>, stack: &Substitution<'_>) -> String {
    let mut text = format!(
        "    - Sid: {}\n      Effect: Allow\n      Action: {}\n      Resource:\n",
        grant.sid,
        actions(&grant.actions)
    );
    let resources = |resource: &Resource<'_>| match resource {
        Resource::Secret(secret) => stack
            .arns(secret)
            .iter()
            .map(|arn| reference(arn))
            .collect(),
        Resource::Parameter(id) => vec![reference(&stack.parameter_arn(id))],
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
