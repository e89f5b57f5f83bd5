//! Values that are created once for each key.

use crate::sync::{Mutex, lock};

/// Values by key. There are few, so a list is searched.
pub(super) type Entries<K, V> = Mutex<Vec<(K, V)>>;

/// Returns the value of a key. Creates it on first use.
pub(super) fn entry<K: PartialEq, V: Clone>(
    entries: &Entries<K, V>,
    key: K,
    create: impl FnOnce() -> V,
) -> V {
    let mut entries = lock(entries);
    if let Some((_, value)) = entries.iter().find(|(known, _)| *known == key) {
        return value.clone();
    }
    let value = create();
    entries.push((key, value.clone()));
    value
}
