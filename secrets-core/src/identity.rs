//! Tells whether a value changed, without keeping it.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::decode::Value;
use crate::report::Outcome;

/// What identifies a field's value: the version, if its source has version ids, and a digest.
///
/// The digest's key is random in each process and never shown, so a digest reveals nothing about the value.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    version: Option<VersionFacts>,
    digest: Option<u64>,
}

/// What a source returns about a version. A version id alone is not enough: a parameter that is deleted and created
/// again counts from 1 again.
#[derive(Clone, PartialEq, Eq)]
struct VersionFacts {
    id: String,
    arn: Option<String>,
    created_at: Option<SystemTime>,
}

impl Identity {
    pub(crate) fn of(value: &Value, outcome: &Outcome) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        let version = match outcome {
            Outcome::Answered {
                version_id: Some(id),
                arn,
                created_at,
                ..
            } => Some(VersionFacts {
                id: id.clone(),
                arn: arn.clone(),
                created_at: *created_at,
            }),
            _ => None,
        };
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

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
