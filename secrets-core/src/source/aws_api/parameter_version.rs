//! Versions of parameters.

use from_secrets_syntax::{is_parameter_label, parameter_number};

use crate::source::{MissingReason, VersionSelector};

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
            VersionSelector::Id(id) => {
                let number = parameter_number(id).ok_or(MissingReason::Version)?;
                Ok(Self::Number(number))
            }
            VersionSelector::Stage(stage) if is_parameter_label(stage) => Ok(Self::Label(stage)),
            VersionSelector::Stage(_) => Err(MissingReason::Version),
        }
    }
}
