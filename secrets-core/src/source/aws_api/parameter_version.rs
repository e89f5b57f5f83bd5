//! Versions of parameters.

use crate::source::{MissingReason, VersionSelector};

/// The most characters of a label.
const LONGEST_LABEL: usize = 100;

/// Selects a version of a parameter.
pub(crate) enum Selector<'a> {
    Latest,
    /// The number of a version, from 1.
    Number(u64),
    Label(&'a str),
}

impl<'a> Selector<'a> {
    /// Returns the selector for a version of a secret, or the reason why a parameter cannot have this version.
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

/// Returns whether a stage can be a label. The stages of Secrets Manager, such as `AWSPREVIOUS`, cannot.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-labels.html>
fn is_label(stage: &str) -> bool {
    let is_label_character = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    (1..=LONGEST_LABEL).contains(&stage.len())
        && stage.chars().all(is_label_character)
        && !stage.starts_with(|c: char| c.is_ascii_digit())
        && !is_reserved(stage)
}

/// Returns whether a name or label is reserved for AWS.
pub(crate) fn is_reserved(text: &str) -> bool {
    let beginning = text.get(..3).unwrap_or_default();
    ["aws", "ssm"]
        .iter()
        .any(|reserved| beginning.eq_ignore_ascii_case(reserved))
}
