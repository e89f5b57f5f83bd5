//! JSON keys that no field reads, which `deny_unknown_keys` rejects.

use super::plan::{Leaf, Plan, StrictStruct};
use super::round::Fetched;
use super::state::{LoadState, RejectedStruct};
use crate::json::{path, similar_key};
use crate::source::{SecretRequest, SourceError, SourceErrorKind, VersionSelector};

/// Rejects each strict struct whose secret has a key that no field reads.
pub(super) fn check(plan: &Plan, fetched: &mut Fetched<'_>, state: &mut LoadState) {
    for strict in &plan.strict {
        let mut checked: Vec<&SecretRequest> = Vec::new();
        for leaf in &strict.leaves {
            for address in plan.leaves[*leaf].addresses() {
                let request = &address.request;
                if checked.iter().any(|other| other.is_same_secret(request)) {
                    continue;
                }
                let Some(known) = known_keys(plan, fetched, request) else {
                    continue;
                };
                let Some(keys) = fetched.keys_of(request) else {
                    continue;
                };
                checked.push(request);
                if let Some(error) = error(request, &known, &keys) {
                    add(state, strict, error);
                }
            }
        }
    }
}

/// Adds an error, unless it was added before: a source is queried again for values that their types rejected.
fn add(state: &mut LoadState, strict: &StrictStruct, error: SourceError) {
    let is_same = |other: &RejectedStruct| other.path == strict.path && other.error == error;
    if !state.unknown_keys.iter().any(is_same) {
        state.unknown_keys.push(RejectedStruct {
            path: strict.path.clone(),
            description: strict.description,
            error,
        });
    }
}

fn error(request: &SecretRequest, known: &[String], keys: &[&str]) -> Option<SourceError> {
    let is_unknown = |key: &&&str| !known.iter().any(|known| known == *key);
    let unknown: Vec<&str> = keys.iter().filter(is_unknown).copied().collect();
    let count = match unknown.len() {
        0 => return None,
        1 => "a key".to_owned(),
        count => format!("{count} keys"),
    };
    // Other keys are not shown, because the keys of a map can be secret, too.
    let similar = known.iter().find_map(|known| {
        let similar = similar_key(unknown.iter().copied(), known)?;
        Some(format!(": `{similar}` is similar to `{known}`"))
    });
    let version = match request.version() {
        VersionSelector::Current => String::new(),
        version => format!(" in the version `{version}`"),
    };
    let message = format!(
        "the secret `{}` contains {count} that no field reads{version}{}",
        request.id(),
        similar.unwrap_or_default()
    );
    let hint = "correct or remove the keys of the secret, add a field for each of them, or remove `deny_unknown_keys`";
    Some(SourceError::new(SourceErrorKind::Invalid, message).with_hint(hint))
}

/// Returns the keys that the fields of all structs read. Returns `None` if a field reads the entire secret.
fn known_keys(plan: &Plan, fetched: &Fetched<'_>, request: &SecretRequest) -> Option<Vec<String>> {
    let addresses = plan.leaves.iter().flat_map(Leaf::addresses);
    let of_secret = addresses.filter(|address| is_same(fetched, request, &address.request));
    let first = |key: &str| path(key).into_iter().next().unwrap_or_default();
    of_secret
        .map(|address| address.json_key.as_deref().map(first))
        .collect()
}

/// Returns whether two requests are for one secret, in any version. The ARNs are only known if this source found both.
fn is_same(fetched: &Fetched<'_>, one: &SecretRequest, other: &SecretRequest) -> bool {
    let is_same_secret = match (fetched.arn_of(one), fetched.arn_of(other)) {
        _ if one.id() == other.id() => true,
        (Some(one), Some(other)) => one == other,
        _ => one.can_have_id(other.id()),
    };
    is_same_secret && one.names_parameter() == other.names_parameter()
}
