//! How it is known that a value is another than before, without keeping it.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::decode::Value;

/// What tells a field's value from another: the version's id, where the source tells, and a digest.
///
/// The digest's key is chosen by chance for each process, and is never told: it says nothing about the value.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    version_id: Option<String>,
    digest: Option<u64>,
}

impl Identity {
    pub(crate) fn of(value: &Value, version_id: Option<&str>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        Self {
            version_id: version_id.map(str::to_owned),
            digest: Some(KEY.get_or_init(RandomState::new).hash_one(value)),
        }
    }

    /// Whether it is the same version; by the value where neither source tells one.
    pub(crate) fn is_same_version(&self, other: &Self) -> bool {
        match (&self.version_id, &other.version_id) {
            (None, None) => self.is_same_value(other),
            (this, that) => this == that,
        }
    }

    pub(crate) fn is_same_value(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
