//! Lists of names in messages, and the separators of lists.

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

/// Returns the words for a separator that is, begins or ends with white space.
#[cfg(feature = "generate")]
pub(crate) fn named_separator(separator: &str) -> Option<String> {
    Some(match separator {
        " " => "spaces".to_owned(),
        "\n" => "line breaks".to_owned(),
        "\t" => "tabs".to_owned(),
        _ if separator.trim() == separator && !separator.contains(char::is_control) => return None,
        _ => format!("{separator:?}"),
    })
}

/// Returns a separator for a sentence.
#[cfg(feature = "generate")]
pub(crate) fn separator_text(separator: &str) -> String {
    named_separator(separator).unwrap_or_else(|| format!("`{separator}`"))
}
