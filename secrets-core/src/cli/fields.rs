//! Fields in arguments.

use from_secrets_syntax::misspelled;

use super::exit::CliError;
use crate::load::plan::{Leaf, Plan};

/// Returns the field with exactly this path. An error does not contain the argument, which can be a value.
pub(super) fn find<'a>(plan: &'a Plan, path: &str) -> Result<&'a Leaf, CliError> {
    let mut leaves = plan.leaves.iter();
    if let Some(leaf) = leaves.find(|leaf| *leaf.path == *path) {
        return Ok(leaf);
    }
    let paths: Vec<&str> = plan.leaves.iter().map(|leaf| &*leaf.path).collect();
    let nested = paths.iter().any(|known| {
        known
            .strip_prefix(path)
            .is_some_and(|rest| rest.starts_with('.'))
    });
    Err(CliError::Usage(match misspelled(path, &paths) {
        _ if nested => format!("`{path}` is a nested struct; specify one of its fields, such as `{path}.…`"),
        Some(suggestion) => format!("no field has this path; did you mean `{suggestion}`?"),
        None => "no field has this path; `docs` lists the fields, and values are not accepted as arguments".to_owned(),
    }))
}
