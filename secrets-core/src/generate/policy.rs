//! The JSON of an IAM policy.

use serde::Serialize;

use super::grant::Condition;

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
