//! Values from the environment or a `.env` file.

use std::path::Path;

use zeroize::Zeroizing;

use super::targets::PushTarget;
use super::write::with_hint;
use crate::cli::exit::CliError;
use crate::load::plan::Leaf;
use crate::source::dotenv::{Lines, read_stream};
use crate::source::{Env, FetchResult, RawValue};

/// Reads a `.env` file, which may be a pipe such as `<(…)` in a shell.
pub(super) fn read_file(path: &Path, environment: &Env) -> Result<Lines, CliError> {
    read_stream(path, environment).map_err(|failure| CliError::Failed(with_hint(&failure)))
}

/// Sets the value of each slot. Returns the errors.
pub(super) fn fill<'t, 'a: 't>(
    targets: impl Iterator<Item = &'t mut PushTarget<'a>>,
    variables: &Env,
) -> Vec<String> {
    let mut errors = Vec::new();
    for slot in targets.flat_map(|target| &mut target.slots) {
        for leaf in slot.leaves.clone() {
            let result = match value(leaf, variables) {
                Ok(Some(text)) => slot.set(leaf, text),
                Ok(None) => Ok(()),
                Err(error) => Err(error),
            };
            errors.extend(result.err());
        }
    }
    errors
}

/// Returns the value of a field's variable.
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
