//! Values by their keys, of which the most recently used are kept.

use std::sync::Arc;

pub(super) struct Cache<K, V>(Vec<(K, Arc<V>)>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: PartialEq, V: Default> Cache<K, V> {
    /// Returns the value of a key. Creates it on first use, and removes the least recently used value if there are more
    /// than `most`.
    pub(super) fn entry(&mut self, key: K, most: usize) -> Arc<V> {
        let known = self.0.iter().position(|(known, _)| *known == key);
        let entry = match known {
            Some(place) => self.0.remove(place),
            None => (key, Arc::default()),
        };
        if self.0.len() >= most {
            self.0.remove(0);
        }
        let value = Arc::clone(&entry.1);
        self.0.push(entry);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_recently_used_entry_is_removed() {
        let mut cache: Cache<u8, u8> = Cache::default();
        let first = cache.entry(1, 2);
        cache.entry(2, 2);
        assert!(Arc::ptr_eq(&cache.entry(1, 2), &first));
        cache.entry(3, 2);
        assert!(Arc::ptr_eq(&cache.entry(1, 2), &first));
        let keys: Vec<u8> = cache.0.iter().map(|(key, _)| *key).collect();
        assert_eq!(keys, [3, 1]);
    }
}
