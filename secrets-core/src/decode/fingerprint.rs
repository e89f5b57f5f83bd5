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
#[derive(Clone, Default)]
pub(crate) struct Fingerprint {
    version: Option<VersionFacts>,
    digest: Option<u64>,
    /// The ids of versions that this one replaced, the latest last.
    replaced: Vec<String>,
}

/// The facts that a source returns about a version. A version id alone is not enough: the versions of a parameter that
/// is deleted and created again start from 1.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VersionFacts {
    pub(crate) id: String,
    pub(crate) arn: Option<String>,
    pub(crate) created_at: Option<SystemTime>,
    /// Whether a replica in another region provided the version.
    pub(crate) is_replica: bool,
}

impl Fingerprint {
    pub(crate) fn new(value: &Value, version: Option<VersionFacts>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        Self {
            version,
            digest: Some(KEY.get_or_init(RandomState::new).hash_one(value)),
            replaced: Vec::new(),
        }
    }

    /// Returns whether version and value are the same.
    pub(crate) fn is_same_version(&self, other: &Self) -> bool {
        match (&self.version, &other.version) {
            // A replica has the same version ids, but another ARN, and possibly another creation time.
            (Some(one), Some(two)) if one.is_replica || two.is_replica => {
                one.id == two.id && self.digest == other.digest
            }
            _ => self.version == other.version && self.digest == other.digest,
        }
    }

    /// Returns whether a replica provided this version, and it is not known to be newer than the other one. Replicas
    /// follow with a delay.
    pub(crate) fn is_older_replica_of(&self, other: &Self) -> bool {
        match (&self.version, &other.version) {
            (Some(this), Some(held)) => {
                let is_newer = held.created_at.is_some()
                    && this.created_at > held.created_at
                    && !other.replaced.contains(&this.id);
                this.is_replica && !is_newer && !self.is_same_version(other)
            }
            _ => false,
        }
    }

    /// Remembers the version that this one replaces, and those that it replaced.
    pub(crate) fn replace(&mut self, earlier: &Self) {
        /// More versions than a replica can be behind.
        const MOST: usize = 8;
        self.replaced.clone_from(&earlier.replaced);
        let own = self.version.as_ref().map(|version| &version.id);
        let known = earlier.version.as_ref().map(|version| &version.id);
        if own != known {
            self.replaced.extend(known.cloned());
            self.replaced.retain(|id| own != Some(id));
        }
        let excess = self.replaced.len().saturating_sub(MOST);
        self.replaced.drain(..excess);
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn version(id: &str, created: Option<u64>, is_replica: bool) -> Fingerprint {
        let region = if is_replica { "us-west-2" } else { "us-east-1" };
        let facts = VersionFacts {
            id: id.to_owned(),
            arn: Some(format!(
                "arn:aws:secretsmanager:{region}:123456789012:secret:x-AbCdEf"
            )),
            created_at: created.map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs(at)),
            is_replica,
        };
        let value = Value::Whole(RawValue::Text(id.to_owned().into()));
        Fingerprint::new(&value, Some(facts))
    }

    #[test]
    fn replica_of_version_is_the_same() {
        let (home, replica) = (version("a", Some(1), false), version("a", Some(2), true));
        assert!(home.is_same_version(&replica) && replica.is_same_version(&home));
        assert!(!replica.is_older_replica_of(&home));
        assert!(!home.is_same_version(&version("a", Some(2), false)));
    }

    #[test]
    fn replica_is_newer_if_created_later() {
        let held = version("a", Some(2), false);
        for (replica, is_older) in [
            (version("b", Some(1), true), true),
            (version("b", Some(2), true), true),
            (version("b", None, true), true),
            (version("b", Some(3), true), false),
            (version("b", Some(1), false), false),
        ] {
            assert_eq!(replica.is_older_replica_of(&held), is_older);
        }
        let mut rotated = version("c", Some(2), false);
        rotated.replace(&held);
        assert!(version("a", Some(3), true).is_older_replica_of(&rotated));
        let unknown = version("a", None, false);
        assert!(version("b", Some(3), true).is_older_replica_of(&unknown));
        assert!(!version("b", Some(3), true).is_older_replica_of(&Fingerprint::default()));
    }
}
