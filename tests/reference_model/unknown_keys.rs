//! The structs that unknown keys of their secrets reject.

use crate::content::{Content, Json};
use crate::reference::{FetchResult, in_secret};
use crate::scenario::{Place, Scenario};
use crate::structs::{Leaf, Secret, Strict, Struct, leaves};

/// Returns the paths of the structs, sorted. `read` has the secrets that were read for a field.
pub(crate) fn rejected(
    declared: &Struct,
    scenario: &Scenario,
    read: &[(Place, &'static Secret)],
) -> Vec<&'static str> {
    let leaves = leaves(declared.nodes);
    let mut rejected = Vec::new();
    for Strict { path, secrets } in declared.strict {
        let mut checked: Vec<(Place, &Secret)> = Vec::new();
        for (place, secret) in read {
            let is_same = |other: &Secret| (other.id, other.version) == (secret.id, secret.version);
            let is_checked = checked
                .iter()
                .any(|(other, checked)| other == place && is_same(checked));
            // A name without the value of its placeholder is not known to be that of a secret.
            let mut named = secrets.iter().filter(|own| !scenario.is_unfilled(own));
            if is_checked || !named.any(is_same) {
                continue;
            }
            checked.push((*place, secret));
            if has_unknown_keys(secret, *place, scenario, &leaves) {
                rejected.push(*path);
            }
        }
    }
    rejected.sort_unstable();
    rejected.dedup();
    rejected
}

fn has_unknown_keys(secret: &Secret, place: Place, scenario: &Scenario, leaves: &[&Leaf]) -> bool {
    let FetchResult::Found(Content::Text {
        json: Json::Object(entries),
        ..
    }) = in_secret(secret, place, scenario)
    else {
        return false;
    };
    let readers = || {
        let all = leaves.iter().flat_map(|leaf| leaf.secrets());
        let named = all.filter(|other| !scenario.is_unfilled(other));
        named.filter(|other| (other.name, other.region) == (secret.name, secret.region))
    };
    let reads = |key: &str| {
        let mut keys = readers().filter_map(|reader| reader.json_key);
        keys.any(|json_key| match json_key.strip_prefix('/') {
            Some(pointer) => pointer.split('/').next() == Some(key),
            None => json_key == key,
        })
    };
    readers().all(|reader| reader.json_key.is_some()) && entries.iter().any(|(key, _)| !reads(key))
}
