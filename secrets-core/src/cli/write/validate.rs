//! A load of the new values, to check that the types of the fields accept them.

use super::change::Change;
use super::state::TargetSecret;
use crate::error::Error;
use crate::load::blocking;
use crate::load::state::LeafState;
use crate::load::{FromSecrets, Loader};
use crate::report::FieldOutcome;
use crate::source::{Memory, RawValue, SourceErrorKind};

/// Returns an error for each new value that its field rejects.
pub(in crate::cli) fn errors<T: FromSecrets + Send>(
    loader: &Loader,
    secrets: &[TargetSecret<'_>],
    changes: &[Change],
) -> Result<Vec<String>, Error> {
    let mut memory = Memory::new();
    for (secret, change) in secrets.iter().zip(changes) {
        for id in &secret.target.ids {
            memory = match &change.value {
                Some(RawValue::Text(text)) => memory.with_secret(id, text),
                Some(RawValue::Binary(bytes)) => memory.with_binary(id, bytes),
                None => memory,
            };
        }
    }
    let loader = loader.clone().sources([memory]);
    let (plan, state) = blocking::run(T::SPEC.name(), loader.fetch_named_values::<T>())?;
    let is_new = |path: &str| {
        let slots = secrets.iter().flat_map(|secret| &secret.target.slots);
        let mut new = slots.filter(|slot| slot.value.is_some());
        new.any(|slot| slot.leaves.iter().any(|leaf| *leaf.path == *path))
    };
    let leaves = plan.leaves.iter().zip(&state.leaves);
    let new = leaves.filter(|(leaf, _)| is_new(&leaf.path));
    Ok(new
        .filter_map(|(leaf, state)| error(&leaf.path, state))
        .collect())
}

fn error(path: &str, state: &LeafState) -> Option<String> {
    match &state.outcome {
        Some(FieldOutcome::Failed(failure)) if is_of_value(failure.kind()) => {
            Some(format!("invalid value for `{path}`: {}", failure.message()))
        }
        _ => None,
    }
}

/// Returns whether an error is about the value itself. Functions that validate structs are not considered here, because
/// this load only has the secrets that are written.
fn is_of_value(kind: SourceErrorKind) -> bool {
    [SourceErrorKind::Malformed, SourceErrorKind::Invalid].contains(&kind)
}
