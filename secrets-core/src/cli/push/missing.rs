//! Fields without a value, neither locally nor in Secrets Manager.

use super::state::{PushSecret, StoredSecretValue};
use super::targets::FieldSlot;
use crate::decode::{SecretDocument, Selected};
use crate::load::plan::Leaf;

/// Returns whether Secrets Manager already has a value for a slot.
pub(super) fn is_stored(secret: &PushSecret<'_>, slot: &FieldSlot<'_>) -> bool {
    let Some(raw) = secret.stored.raw() else {
        return false;
    };
    matches!(
        SecretDocument::new(raw).select(slot.json_key),
        Selected::Value(_)
    )
}

/// Returns an error for each required field without a value.
pub(super) fn report(secrets: &[PushSecret<'_>]) -> Vec<String> {
    let is_filled = |secret: &PushSecret<'_>, slot: &FieldSlot<'_>| {
        slot.value.is_some() || is_stored(secret, slot)
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
    // A field of an optional struct is required only if another field of that struct has a value.
    let is_required = |leaf: &&Leaf| {
        leaf.optional_with
            .as_deref()
            .is_none_or(|group| groups.contains(&group))
    };
    let mut errors = Vec::new();
    for secret in secrets {
        if matches!(secret.stored, StoredSecretValue::Unknown(_)) {
            continue;
        }
        for slot in &secret.target.slots {
            if slot.is_required() && !is_filled(secret, slot) && slot.leaves.iter().any(is_required)
            {
                errors.push(error(slot));
            }
        }
    }
    errors
}

fn error(slot: &FieldSlot<'_>) -> String {
    let fields = slot.fields();
    let set = match &slot.variables()[..] {
        [] => String::new(),
        [variable, ..] => format!("set `{variable}`, or "),
    };
    format!(
        "no value for {fields}, locally or in Secrets Manager; {set}run without `--yes` on a terminal to enter it"
    )
}
