//! The description of a new secret, from the doc comments of its fields.

use super::targets::WriteTarget;

/// The maximum length of a description, in characters.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
const LONGEST: usize = 2048;

/// Returns the doc comment of the field, or those of all fields with their JSON keys.
pub(super) fn description(target: &WriteTarget<'_>) -> Option<String> {
    let described = target.slots.iter().filter_map(|slot| {
        let mut texts = slot.leaves.iter().map(|leaf| leaf.described());
        let text = texts.find(|text| !text.is_empty())?;
        Some(match slot.json_key {
            Some(key) => format!("{key}: {text}"),
            None => text,
        })
    });
    let text = described.collect::<Vec<_>>().join(" ");
    let text: String = text.chars().take(LONGEST).collect();
    (!text.is_empty()).then_some(text)
}
