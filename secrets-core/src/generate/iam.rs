//! The IAM policies.

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::grant::{Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::pattern::Id;
use super::placeholders::{open_placeholders, unfilled_read};
use super::policy::{Actions, Statement};
use super::secrets::{requested_secrets, secrets};
use super::split::split;
use super::writes::writes;
use crate::error::Flaw;
use crate::load::plan::Leaf;

/// Writes the policy for loads.
pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let grants = grants(deployment, &requested_secrets(leaves), notes);
    policies(deployment, &grants, notes)
}

/// Returns a flaw for each field of a secret that contains a placeholder without a value.
pub(super) fn unfilled(leaves: &[Leaf]) -> Vec<Flaw> {
    open_placeholders(requested_secrets(leaves).iter(), unfilled_read)
}

/// Writes the policy for the subcommands that write secrets.
pub(super) fn write_for_writes(
    deployment: &Deployment,
    leaves: &[Leaf],
    notes: &mut Notes,
) -> String {
    let grants = writes(deployment, &secrets(leaves), notes);
    policies(deployment, &grants, notes)
}

fn policies(deployment: &Deployment, grants: &[Grant<'_>], notes: &mut Notes) -> String {
    // IAM rejects a policy without statements.
    if grants.is_empty() {
        return String::new();
    }
    note_bare_arns(grants, notes);
    let statements = grants.iter();
    let statements = statements.map(|grant| statement(deployment, grant, notes));
    let policies = split(statements.collect());
    if policies.len() > 1 {
        notes.add(format!(
            "the policy exceeds IAM's limit of 6,144 characters, so it is split into {} documents; attach each of them as a managed policy",
            policies.len()
        ));
    }
    policies.iter().map(json).collect()
}

/// Adds a note if the policy of a template will be too long for IAM. The template contains neither the region nor the
/// account, so typical ones are counted instead of unknown ones.
pub(super) fn note_length(deployment: &Deployment, grants: &[Grant<'_>], notes: &mut Notes) {
    let mut typical = deployment.clone();
    typical.region.get_or_insert_with(|| "us-east-1".to_owned());
    typical
        .account
        .get_or_insert_with(|| "123456789012".to_owned());
    let statements = grants.iter();
    let statements = statements.map(|grant| statement(&typical, grant, &mut Notes::default()));
    if split(statements.collect()).len() > 1 {
        notes.add("the policy will exceed 6,144 characters, IAM's limit for a managed policy; the limit for all inline policies of a role is 10,240 characters, so distribute the statements over several managed policies if necessary");
    }
}

fn statement(deployment: &Deployment, grant: &Grant<'_>, notes: &mut Notes) -> Statement {
    let mut resources: Vec<String> = Vec::new();
    for resource in &grant.resources {
        let arns = match resource {
            Resource::Secret(secret) => Id::read(secret.id).iam(deployment, secret, notes),
            Resource::Parameter(id) => vec![Id::read(id).iam_parameter(deployment, notes)],
            Resource::Text(text) => vec![text.clone()],
        };
        for arn in arns {
            if !resources.contains(&arn) {
                resources.push(arn);
            }
        }
    }
    Statement {
        resource: resources,
        sid: grant.sid.clone(),
        effect: "Allow",
        action: Actions::from(grant.actions.clone()),
        condition: grant.condition.clone(),
    }
}
