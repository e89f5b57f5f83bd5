//! Values from the environment or a `.env` file.

use std::path::Path;

use zeroize::Zeroizing;

use super::lines::notes;
use super::report::with_hint;
use super::session::WriteSession;
use super::targets::WriteTarget;
use crate::cli::console::note;
use crate::cli::exit::CliError;
use crate::load::plan::{Leaf, Plan};
use crate::source::dotenv::read_stream;
use crate::source::{Env, FetchResult, RawValue};

/// Reads the variables of a `.env` file, which may be a pipe such as `<(…)` in a shell. Prints notes about its lines.
pub(in crate::cli) fn read_variables(
    path: &Path,
    session: &WriteSession<'_>,
    plan: &Plan,
) -> Result<Env, CliError> {
    let requested: Vec<&str> = plan.leaves.iter().flat_map(Leaf::variables).collect();
    let read = read_stream(path, session.loader.variables(), &requested);
    let mut lines = read.map_err(|failure| CliError::Failed(with_hint(&failure)))?;
    for text in notes(plan, &lines) {
        note(&format!("{}, {text}", path.display()));
    }
    Ok(lines.take_variables())
}

/// Sets the value of each slot. Returns the errors.
pub(in crate::cli) fn fill_from_env<'t, 'a: 't>(
    targets: impl Iterator<Item = &'t mut WriteTarget<'a>>,
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

/// Returns the value of a field's variable, or of its first alias that is set.
pub(in crate::cli) fn value(
    leaf: &Leaf,
    variables: &Env,
) -> Result<Option<Zeroizing<String>>, String> {
    for name in leaf.variables() {
        match variables.fetch(name) {
            FetchResult::Found(found) => {
                return Ok(match found.value {
                    RawValue::Text(text) => Some(text),
                    RawValue::Binary(_) => None,
                });
            }
            FetchResult::Failed(failure) => {
                return Err(format!("`{name}`: {}", failure.message()));
            }
            FetchResult::Missing(_) | FetchResult::NotConfigured(_) => {}
        }
    }
    Ok(None)
}
