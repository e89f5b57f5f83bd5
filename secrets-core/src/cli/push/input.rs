//! Where values come from: the environment, or a `.env` file.

use std::path::Path;

use zeroize::Zeroizing;

use super::targets::PushTarget;
use super::write::with_hint;
use crate::cli::exit::CliError;
use crate::load::plan::Leaf;
use crate::source::dotenv::{Lines, read_stream};
use crate::source::{Env, FetchResult, RawValue};

/// The lines of a `.env` file, which may be a pipe, as a shell's `<(…)`.
pub(super) fn file(path: &Path, environment: &Env) -> Result<Lines, CliError> {
    read_stream(path, environment).map_err(|failure| CliError::Refused(with_hint(&failure)))
}

/// Gives every place its value, or every reason why that cannot be done.
pub(super) fn fill(targets: &mut [PushTarget<'_>], variables: &Env) -> Vec<String> {
    let mut refusals = Vec::new();
    for slot in targets.iter_mut().flat_map(|target| &mut target.slots) {
        for leaf in slot.leaves.clone() {
            let given = match value(leaf, variables) {
                Ok(Some(text)) => slot.give(leaf, text),
                Ok(None) => Ok(()),
                Err(refusal) => Err(refusal),
            };
            refusals.extend(given.err());
        }
    }
    refusals
}

/// What the variable of a field holds.
pub(super) fn value(leaf: &Leaf, variables: &Env) -> Result<Option<Zeroizing<String>>, String> {
    let Some(name) = leaf.variable.as_deref() else {
        return Ok(None);
    };
    match variables.fetch(name) {
        FetchResult::Found(found) => match found.value {
            RawValue::Text(text) => Ok(Some(text)),
            RawValue::Binary(_) => Ok(None),
        },
        FetchResult::Failed(failure) => Err(format!("`{name}`: {}", failure.message())),
        FetchResult::Missing(_) | FetchResult::NotConfigured(_) => Ok(None),
    }
}
