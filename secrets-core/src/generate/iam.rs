//! The IAM policy.

use serde::Serialize;

use super::deployment::Deployment;
use super::document::{Notes, json};
use super::grant::{Condition, Grant, Resource};
use super::grants::grants;
use super::pattern::Id;
use super::secrets::secrets;
use crate::load::plan::Leaf;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct IamPolicy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    sid: String,
    effect: &'static str,
    action: Actions,
    resource: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

/// A single action is not a list, by convention.
#[derive(Serialize)]
#[serde(untagged)]
enum Actions {
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

pub(super) fn write(deployment: &Deployment, leaves: &[Leaf], notes: &mut Notes) -> String {
    let grants = grants(deployment, &secrets(leaves), notes);
    let statement = grants
        .into_iter()
        .map(|grant| statement(deployment, grant, notes));
    json(&IamPolicy {
        version: "2012-10-17",
        statement: statement.collect(),
    })
}

fn statement(deployment: &Deployment, grant: Grant<'_>, notes: &mut Notes) -> Statement {
    let resource = |resource| match resource {
        Resource::Secret(id) => Id::read(id).iam(deployment, notes),
        Resource::Parameter(id) => vec![Id::read(id).iam_parameter(deployment, notes)],
        Resource::Text(text) => vec![text],
    };
    Statement {
        resource: grant.resources.into_iter().flat_map(resource).collect(),
        sid: grant.sid,
        effect: "Allow",
        action: Actions::from(grant.actions),
        condition: grant.condition,
    }
}
