//! Rejection of derived variables that shells, containers and operating systems set for other purposes.

use from_secrets_syntax::{is_well_known, screaming_snake};

/// Returns a message if the derived variable, including all prefixes, is one of them. A struct that is used more than
/// once, in the field `parent`, needs a prefix rather than one variable for all of its uses.
pub(super) fn rejection(variable: &str, own: &str, parent: Option<&str>) -> Option<String> {
    let hint = || match parent {
        Some(parent) => format!(
            "add `env_prefix = \"{}_\"` to `{parent}`, or `env = \"{own}\"` to the field",
            screaming_snake(parent)
        ),
        None => format!("add `env = \"{own}\"` to the field"),
    };
    is_well_known(variable).then(|| {
        format!(
            "the environment variable `{variable}`, which is derived for this field, is set by shells, containers or the operating system; {}, or `env = \"{variable}\"` if this variable is meant",
            hint()
        )
    })
}
