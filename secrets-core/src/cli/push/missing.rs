//! What has a value neither here nor in Secrets Manager.

use super::state::{PushSecret, StoredSecretValue};
use super::targets::FieldSlot;
use crate::decode::{SecretDocument, Selected};
use crate::load::plan::Leaf;

/// Whether Secrets Manager has a value for a place already.
pub(super) fn is_there(secret: &PushSecret<'_>, slot: &FieldSlot<'_>) -> bool {
    let Some(raw) = secret.stored.raw() else {
        return false;
    };
    matches!(
        SecretDocument::new(raw).select(slot.json_key),
        Selected::Value(_)
    )
}

/// A sentence for each that a load would miss.
pub(super) fn report(secrets: &[PushSecret<'_>]) -> Vec<String> {
    let is_filled = |secret: &PushSecret<'_>, slot: &FieldSlot<'_>| {
        slot.given.is_some() || is_there(secret, slot)
    };
    let mut groups: Vec<&str> = Vec::new();
    for secret in secrets {
        for slot in secret
            .target
            .slots
            .iter()
            .filter(|slot| is_filled(secret, slot))
        {
            groups.extend(
                slot.leaves
                    .iter()
                    .filter_map(|leaf| leaf.optional_with.as_deref()),
            );
        }
    }
    // A field of an optional struct is missed only with the rest of that struct.
    let is_missed = |leaf: &&Leaf| {
        leaf.optional_with
            .as_deref()
            .is_none_or(|group| groups.contains(&group))
    };
    let mut sentences = Vec::new();
    for secret in secrets {
        if matches!(secret.stored, StoredSecretValue::Unknown(_)) {
            continue;
        }
        for slot in &secret.target.slots {
            if slot.is_required() && !is_filled(secret, slot) && slot.leaves.iter().any(is_missed) {
                sentences.push(sentence(slot));
            }
        }
    }
    sentences
}

fn sentence(slot: &FieldSlot<'_>) -> String {
    let how = match &slot.variables()[..] {
        [] => "run this on a terminal, without `--yes`, to be asked for it".to_owned(),
        [variable, ..] => format!(
            "set `{variable}`, or run this on a terminal, without `--yes`, to be asked for it"
        ),
    };
    format!(
        "{} has no value, neither here nor in Secrets Manager; {how}",
        slot.fields()
    )
}
