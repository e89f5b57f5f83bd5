//! The IAM policies.

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::grant::{Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::pattern::Id;
use super::policy::{Actions, Statement};
use super::secrets::secrets;
use super::split::split;
use super::writes::writes;
use crate::load::plan::Leaf;

/// Writes the policy for loads.
pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let grants = grants(deployment, &secrets(leaves), notes);
    policies(deployment, grants, notes)
}

/// Writes the policy for the subcommands that write secrets.
pub(super) fn write_for_writes(
    deployment: &Deployment,
    leaves: &[Leaf],
    notes: &mut Notes,
) -> String {
    let grants = writes(deployment, &secrets(leaves), notes);
    policies(deployment, grants, notes)
}

fn policies(deployment: &Deployment, grants: Vec<Grant<'_>>, notes: &mut Notes) -> String {
    note_bare_arns(&grants, notes);
    let statements = grants.into_iter();
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

fn statement(deployment: &Deployment, grant: Grant<'_>, notes: &mut Notes) -> Statement {
    let mut resources: Vec<String> = Vec::new();
    for resource in grant.resources {
        let arns = match resource {
            Resource::Secret(secret) => Id::read(secret.id).iam(deployment, secret, notes),
            Resource::Parameter(id) => vec![Id::read(id).iam_parameter(deployment, notes)],
            Resource::Text(text) => vec![text],
        };
        for arn in arns {
            if !resources.contains(&arn) {
                resources.push(arn);
            }
        }
    }
    Statement {
        resource: resources,
        sid: grant.sid,
        effect: "Allow",
        action: Actions::from(grant.actions),
        condition: grant.condition,
    }
}
