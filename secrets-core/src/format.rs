//! Lists of names in messages.

use std::fmt::Display;

/// Groups items by key, in the order in which keys first occur.
pub(crate) fn grouped<K: PartialEq, T>(
    pairs: impl IntoIterator<Item = (K, T)>,
) -> Vec<(K, Vec<T>)> {
    let mut groups: Vec<(K, Vec<T>)> = Vec::new();
    for (key, item) in pairs {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, items)) => items.push(item),
            None => groups.push((key, vec![item])),
        }
    }
    groups
}

/// Returns a list of names: `` `key`, `token` ``.
pub(crate) fn listed(paths: impl IntoIterator<Item = impl Display>) -> String {
    let quoted = paths.into_iter().map(|path| format!("`{path}`"));
    quoted.collect::<Vec<_>>().join(", ")
}
