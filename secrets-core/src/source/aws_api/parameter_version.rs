//! What Parameter Store calls a version of a secret.

use crate::source::{MissingReason, VersionSelector};

/// How long a label can be.
const LONGEST_LABEL: usize = 100;

/// The version of a parameter that is meant.
pub(crate) enum Selector<'a> {
    Latest,
    /// Versions are counted from one.
    Number(u64),
    Label(&'a str),
}

impl<'a> Selector<'a> {
    /// What a version means here, where it can mean anything.
    pub(crate) fn of(version: &'a VersionSelector) -> Result<Self, MissingReason> {
        match version {
            VersionSelector::Current => Ok(Self::Latest),
            VersionSelector::Id(id) => number(id).map(Self::Number).ok_or(MissingReason::Version),
            VersionSelector::Stage(stage) if is_label(stage) => Ok(Self::Label(stage)),
            VersionSelector::Stage(_) => Err(MissingReason::Version),
        }
    }
}

fn number(id: &str) -> Option<u64> {
    let is_number = id.bytes().all(|b| b.is_ascii_digit());
    id.parse().ok().filter(|number| is_number && *number > 0)
}

/// Secrets Manager's own stages, as `AWSPREVIOUS`, can be none.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html>
fn is_label(stage: &str) -> bool {
    let is_label_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=LONGEST_LABEL).contains(&stage.len())
        && stage.chars().all(is_label_character)
        && !stage.starts_with(|c: char| c.is_ascii_digit())
        && !is_reserved(stage)
}

/// Nobody can create what begins so.
pub(crate) fn is_reserved(text: &str) -> bool {
    let beginning = text.get(..3).unwrap_or_default();
    ["aws", "ssm"]
        .iter()
        .any(|reserved| beginning.eq_ignore_ascii_case(reserved))
}
