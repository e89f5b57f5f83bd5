//! A load of what is about to be written, so that no field is given what its type refuses.

use super::change::Change;
use super::state::PushSecret;
use crate::error::Error;
use crate::load::blocking;
use crate::load::state::LeafState;
use crate::load::{FromSecrets, Loader};
use crate::report::FieldOutcome;
use crate::source::{Memory, RawValue, SourceErrorKind};

/// Why fields would refuse what they are given.
pub(super) fn refusals<T: FromSecrets + Send>(
    loader: &Loader,
    secrets: &[PushSecret<'_>],
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
    let (plan, state) = blocking::run(T::SPEC.name(), loader.fetch_values::<T>())?;
    let given = |path: &str| {
        let slots = secrets.iter().flat_map(|secret| &secret.target.slots);
        let mut given = slots.filter(|slot| slot.given.is_some());
        given.any(|slot| slot.leaves.iter().any(|leaf| leaf.path == path))
    };
    let leaves = plan.leaves.iter().zip(&state.leaves);
    let refused = leaves.filter(|(leaf, _)| given(&leaf.path));
    Ok(refused
        .filter_map(|(leaf, state)| refusal(&leaf.path, state))
        .collect())
}

fn refusal(path: &str, state: &LeafState) -> Option<String> {
    match &state.outcome {
        Some(FieldOutcome::Failed(failure)) if failure.kind() == SourceErrorKind::Malformed => {
            Some(format!(
                "`{path}` would refuse its value: {}",
                failure.message()
            ))
        }
        _ => None,
    }
}
