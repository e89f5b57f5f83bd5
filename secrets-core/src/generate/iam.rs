//! The IAM policies.

use serde::Serialize;

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::grant::{Condition, Grant, Resource};
use super::grants::{grants, note_bare_arns};
use super::pattern::Id;
use super::secrets::secrets;
use super::split::split;
use super::writes::writes;
use crate::load::plan::Leaf;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IamPolicy {
    version: &'static str,
    pub(super) statement: Vec<Statement>,
}

impl IamPolicy {
    pub(super) fn new() -> Self {
        Self {
            version: "2012-10-17",
            statement: Vec::new(),
        }
    }
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Statement {
    pub(super) sid: String,
    pub(super) effect: &'static str,
    pub(super) action: Actions,
    pub(super) resource: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Condition>,
}

/// A single action is not a list, by convention.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Actions {
    One(&'static str),
    Several(Vec<&'static str>),
}

impl From<Vec<&'static str>> for Actions {
    fn from(actions: Vec<&'static str>) -> Self {
        match actions[..] {
            [one] => Self::One(one),
            _ => Self::Several(actions),
        }
    }
}

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
