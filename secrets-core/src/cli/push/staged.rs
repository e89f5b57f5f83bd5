//! A load of what is about to be written, so that no field is given what its type refuses.

use super::change::Change;
use super::state::Secret;
use crate::blocking;
use crate::progress::{LeafState, Progress};
use crate::report::Outcome;
use crate::source::{Cause, Freshness, Memory, RawValue};
use crate::{Error, FromSecrets, Loader};

/// Why fields would refuse what they are given.
pub(super) fn refusals<T: FromSecrets + Send>(
    loader: &Loader,
    secrets: &[Secret<'_>],
    changes: &[Change],
) -> Result<Vec<String>, Error> {
    let mut staged = Memory::new();
    for (secret, change) in secrets.iter().zip(changes) {
        for id in &secret.target.ids {
            staged = match &change.value {
                Some(RawValue::Text(text)) => staged.secret(id, text),
                Some(RawValue::Binary(bytes)) => staged.binary(id, bytes),
                None => staged,
            };
        }
    }
    let loader = loader.clone().sources([staged]);
    let load = async {
        let (plan, progress, _) = loader.ask::<T>(Freshness::Any).await?;
        Ok((plan, progress))
    };
    let (plan, progress): (_, Progress) = blocking::run(T::SPEC.name(), load)?;
    let given = |path: &str| {
        let slots = secrets.iter().flat_map(|secret| &secret.target.slots);
        let mut given = slots.filter(|slot| slot.given.is_some());
        given.any(|slot| slot.leaves.iter().any(|leaf| leaf.path == path))
    };
    let leaves = plan.leaves.iter().zip(&progress.leaves);
    let refused = leaves.filter(|(leaf, _)| given(&leaf.path));
    Ok(refused
        .filter_map(|(leaf, state)| refusal(&leaf.path, state))
        .collect())
}

fn refusal(path: &str, state: &LeafState) -> Option<String> {
    match &state.outcome {
        Some(Outcome::Failed(failure)) if failure.cause() == Cause::Malformed => Some(format!(
            "`{path}` would refuse its value: {}",
            failure.message()
        )),
        _ => None,
    }
}
