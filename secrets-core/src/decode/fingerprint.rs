//! Detects whether a value changed, without keeping the value.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::OnceLock;
use std::time::SystemTime;

use super::Value;
use crate::json::Node;
use crate::source::RawValue;

/// Identifies a field's value: the version, if its source has version ids, and a digest.
///
/// The digest's key is random in each process and never shown, so a digest reveals nothing about the value.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    version: Option<VersionFacts>,
    digest: Option<u64>,
}

/// The facts that a source returns about a version. A version id alone is not enough: the versions of a parameter that
/// is deleted and created again start from 1.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VersionFacts {
    pub(crate) id: String,
    pub(crate) arn: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
}

impl Fingerprint {
    pub(crate) fn new(value: &Value, version: Option<VersionFacts>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        Self {
            version,
            digest: Some(KEY.get_or_init(RandomState::new).hash_one(value)),
        }
    }

    /// Returns whether version and value are the same.
    pub(crate) fn is_same_version(&self, other: &Self) -> bool {
        self == other
    }

    pub(crate) fn is_same_value(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprint").finish_non_exhaustive()
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Whole(RawValue::Text(text)) => (0, text.as_str()).hash(state),
            Self::Whole(RawValue::Binary(bytes)) => (1, bytes.as_slice()).hash(state),
            Self::Json(node) => (2, node).hash(state),
        }
    }
}

impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null | Self::Unpaired => {}
            Self::Bool(bool) => bool.hash(state),
            Self::Number(number) => number.as_str().hash(state),
            Self::String(text) => text.hash(state),
            Self::Array(nodes) => nodes.hash(state),
            Self::Object(entries) => {
                entries.len().hash(state);
                for (key, node) in entries {
                    (key.as_str(), node).hash(state);
                }
            }
        }
    }
}
