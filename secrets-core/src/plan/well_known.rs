//! Rejection of derived variables that shells, containers and operating systems set for other purposes.

use from_secrets_syntax::{is_well_known, own_variable, screaming_snake};

use super::{Flaw, Leaf, Scope, Spec};

/// Returns an error if the derived variable, including all prefixes, is one of them.
pub(super) fn refuse(spec: &Spec, leaf: &Leaf, scope: &Scope) -> Option<Flaw> {
    let variable = leaf.variable.as_deref()?;
    is_well_known(variable).then(|| Flaw {
        path: leaf.path.clone(),
        message: format!(
            "the environment variable `{variable}`, which is derived for this field, is set by shells, containers or the operating system; {}, or `env = \"{variable}\"` if this variable is meant",
            hint(spec, leaf, scope)
        ),
    })
}

/// A struct that is used more than once needs a prefix rather than one variable for all of its uses.
fn hint(spec: &Spec, leaf: &Leaf, scope: &Scope) -> String {
    let own = own_variable(spec.name(), leaf.field.name());
    let parent = scope.path.trim_end_matches('.').rsplit('.').next();
    match parent.filter(|parent| !parent.is_empty() && scope.env_prefix.is_none()) {
        Some(parent) => format!(
            "add `env_prefix = \"{}_\"` to `{parent}`, or `env = \"{own}\"` to the field",
            screaming_snake(parent)
        ),
        None => format!("add `env = \"{own}\"` to the field"),
    }
}
