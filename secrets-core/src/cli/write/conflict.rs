//! Changes of a secret between two reads.

use super::state::{StoredSecretValue, TargetSecret};
use super::targets::FieldSlot;
use crate::decode::{SecretDocument, Selected, Value};
use crate::format::listed;
use crate::source::RawValue;

/// Returns an error if another writer changed a part of the secret that this command writes. All other parts can be
/// merged with the new values.
pub(super) fn check(secret: &TargetSecret<'_>, now: &StoredSecretValue) -> Result<(), String> {
    let (before, now) = (secret.stored.raw(), now.raw());
    let slots = secret.target.slots.iter();
    let new = slots.filter(|slot| slot.value.is_some());
    let changed: Vec<&FieldSlot<'_>> = new.filter(|slot| is_changed(slot, before, now)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = changed.iter().filter_map(|slot| slot.json_key).collect();
    Err(match (keys.len() == changed.len(), keys.len()) {
        (true, 1) => format!("the key {} was changed since it was read", listed(&keys)),
        (true, _) => format!(
            "the keys {} were changed since they were read",
            listed(&keys)
        ),
        (false, _) => "the secret was changed since it was read".to_owned(),
    })
}

fn is_changed(slot: &FieldSlot<'_>, before: Option<&RawValue>, now: Option<&RawValue>) -> bool {
    match (value(slot, before), value(slot, now)) {
        (None, None) => false,
        (before, Some(now)) => {
            !slot.is_new_value(&now) && before.is_none_or(|before| !before.equals(&now))
        }
        (Some(_), None) => true,
    }
}

fn value(slot: &FieldSlot<'_>, raw: Option<&RawValue>) -> Option<Value> {
    match SecretDocument::new(raw?.clone()).select(slot.json_key) {
        Selected::Value(value) => Some(value),
        Selected::Missing(_) | Selected::Malformed(_) => None,
    }
}
