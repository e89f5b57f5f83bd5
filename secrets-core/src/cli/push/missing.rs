//! Fields without a value, neither locally nor in Secrets Manager.

use crate::cli::write::{FieldSlot, SlotIndex, TargetSecret};
use crate::load::plan::Leaf;

/// Returns the slots of required fields without a value.
pub(super) fn slots(secrets: &[TargetSecret<'_>]) -> Vec<SlotIndex> {
    let is_filled =
        |secret: &TargetSecret<'_>, slot: &FieldSlot<'_>| slot.value.is_some() || secret.has(slot);
    let mut groups: Vec<&str> = Vec::new();
    for secret in secrets {
        let slots = secret.target.slots.iter();
        for slot in slots.filter(|slot| is_filled(secret, slot)) {
            let leaves = slot.leaves.iter();
            groups.extend(leaves.filter_map(|leaf| leaf.optional_with.as_deref()));
        }
    }
    // A field of an optional struct is required only if another field of that struct has a value.
    let is_required = |leaf: &&Leaf| {
        let group = leaf.optional_with.as_deref();
        group.is_none_or(|group| groups.contains(&group))
    };
    let mut missing = Vec::new();
    for (i, secret) in secrets.iter().enumerate() {
        if secret.unreadable().is_some() {
            continue;
        }
        for (slot, field) in secret.target.slots.iter().enumerate() {
            if field.is_required()
                && !is_filled(secret, field)
                && field.leaves.iter().any(is_required)
            {
                missing.push(SlotIndex { secret: i, slot });
            }
        }
    }
    missing
}

pub(super) fn message(slot: &FieldSlot<'_>) -> String {
    let fields = slot.fields();
    let fix = match &slot.variables()[..] {
        [] => "enter it with the subcommand `set`".to_owned(),
        [variable, ..] => {
            format!("set `{variable}`, or run without `--yes` on a terminal to enter it")
        }
    };
    format!("no value for {fields}, locally or in Secrets Manager; {fix}")
}
