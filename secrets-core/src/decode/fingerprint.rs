//! Detects whether a value changed, without keeping the value.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, OnceLock};
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
    /// Versions that do not have the field's JSON key.
    missing_in: Vec<VersionFacts>,
    /// The ids of versions that this one replaced, the latest last.
    replaced: Vec<Arc<str>>,
}

/// The facts that a source returns about a version. A version id alone is not enough: the versions of a parameter that
/// is deleted and created again start from 1.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct VersionFacts {
    pub(crate) id: Arc<str>,
    pub(crate) arn: Option<Arc<str>>,
    pub(crate) created_at: Option<SystemTime>,
    /// The region of the replica that provided the version.
    pub(crate) replica_region: Option<Arc<str>>,
}

impl VersionFacts {
    /// Returns whether a replica provided this version, and it is not known to be newer than this one in use. Replicas
    /// follow with a delay.
    fn is_older_replica_of(&self, held: &Self, replaced: &[Arc<str>]) -> bool {
        let is_newer = held.created_at.is_some()
            && self.created_at > held.created_at
            && !replaced.contains(&self.id);
        self.replica_region.is_some()
            && self.is_same_secret(held)
            && self.id != held.id
            && !is_newer
    }

    /// A replica has the same ARN as the secret, except for the region.
    fn is_same_secret(&self, other: &Self) -> bool {
        parts_without_region(self.arn.as_deref()).eq(parts_without_region(other.arn.as_deref()))
    }
}

fn parts_without_region(arn: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = arn.unwrap_or_default().split(':').enumerate();
    parts.filter_map(|(place, part)| (place != 3).then_some(part))
}

impl Fingerprint {
    pub(crate) fn new(value: &Value, version: Option<VersionFacts>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        Self {
            version,
            digest: Some(KEY.get_or_init(RandomState::new).hash_one(value)),
            ..Self::default()
        }
    }

    /// Adds the versions that do not have the field's JSON key.
    pub(crate) fn missing_in(self, versions: Vec<VersionFacts>) -> Self {
        Self {
            missing_in: versions,
            ..self
        }
    }

    fn versions(&self) -> impl Iterator<Item = &VersionFacts> {
        self.missing_in.iter().chain(&self.version)
    }

    /// Returns whether version and value are the same.
    pub(crate) fn is_same_version(&self, other: &Self) -> bool {
        match (&self.version, &other.version) {
            // A replica has the same version ids, but another ARN, and possibly another creation time.
            (Some(one), Some(two))
                if one.replica_region.is_some() || two.replica_region.is_some() =>
            {
                one.id == two.id && self.digest == other.digest
            }
            _ => self.version == other.version && self.digest == other.digest,
        }
    }

    /// Returns the region of a replica that provided an older version than this one, which is in use.
    pub(crate) fn older_replica<'n>(&self, new: &'n Self) -> Option<&'n str> {
        let is_older = |new: &&VersionFacts| {
            let mut held = self.versions();
            held.any(|held| new.is_older_replica_of(held, &self.replaced))
        };
        new.versions().find(is_older)?.replica_region.as_deref()
    }

    /// Remembers the versions that these replace, and those that were replaced before.
    pub(crate) fn replace(&mut self, earlier: &Self) {
        /// More versions than a replica can be behind.
        const MOST: usize = 8;
        let ids = earlier.versions().map(|version| &version.id);
        let is_replaced = |id: &&Arc<str>| self.versions().all(|own| own.id != **id);
        let ids = earlier.replaced.iter().chain(ids).filter(is_replaced);
        let mut replaced: Vec<Arc<str>> = ids.cloned().collect();
        replaced.drain(..replaced.len().saturating_sub(MOST));
        self.replaced = replaced;
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

    fn facts(id: &str, created: Option<u64>, replica_region: Option<&str>) -> VersionFacts {
        let region = replica_region.unwrap_or("us-east-1");
        let arn = format!("arn:aws:secretsmanager:{region}:123456789012:secret:x-AbCdEf");
        VersionFacts {
            id: id.into(),
            arn: Some(arn.into()),
            created_at: created.map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs(at)),
            replica_region: replica_region.map(Arc::from),
        }
    }

    fn of(facts: VersionFacts) -> Fingerprint {
        let value = Value::Whole(RawValue::Text(facts.id.to_string().into()));
        Fingerprint::new(&value, Some(facts))
    }

    fn home(id: &str, created: u64) -> Fingerprint {
        of(facts(id, Some(created), None))
    }

    fn replica(id: &str, created: Option<u64>) -> Fingerprint {
        of(facts(id, created, Some("us-west-2")))
    }

    #[test]
    fn replica_of_version_is_the_same() {
        let (held, new) = (home("a", 1), replica("a", Some(2)));
        assert!(held.is_same_version(&new) && new.is_same_version(&held));
        assert_eq!(held.older_replica(&new), None);
        assert!(!held.is_same_version(&home("a", 2)));
    }

    #[test]
    fn version_and_value_identify_fingerprint() {
        let value = |text: &str| Value::Whole(RawValue::Text(text.to_owned().into()));
        let new = |text, version| Fingerprint::new(&value(text), Some(version));
        for replica in [None, Some("us-west-2")] {
            let held = new("a", facts("1", Some(1), None));
            assert!(held.is_same_version(&new("a", facts("1", Some(1), replica))));
            assert!(!held.is_same_version(&new("a", facts("2", Some(1), replica))));
            assert!(!held.is_same_version(&new("b", facts("1", Some(1), replica))));
        }
    }

    #[test]
    fn different_values_have_different_digests() {
        let json = |text: &str| Value::Json(Node::parse(text).unwrap());
        let values = || {
            [
                Value::Whole(RawValue::Text("1".to_owned().into())),
                Value::Whole(RawValue::Text("2".to_owned().into())),
                Value::Whole(RawValue::Binary(b"1".to_vec().into())),
                json("null"),
                json("true"),
                json("false"),
                json("1"),
                json("2"),
                json("\"1\""),
                json("[1]"),
                json("[2]"),
                json(r#"{"a": 1}"#),
                json(r#"{"a": 2}"#),
                json(r#"{"b": 1}"#),
            ]
        };
        let digests = || values().map(|value| Fingerprint::new(&value, None));
        for (i, one) in digests().iter().enumerate() {
            for (j, other) in digests().iter().enumerate() {
                assert_eq!(one.is_same_value(other), i == j, "{i}, {j}");
            }
        }
    }

    #[test]
    fn replica_is_newer_if_created_later() {
        let held = home("a", 2);
        for (new, is_older) in [
            (replica("b", Some(1)), true),
            (replica("b", Some(2)), true),
            (replica("b", None), true),
            (replica("b", Some(3)), false),
            (home("b", 1), false),
        ] {
            assert_eq!(held.older_replica(&new).is_some(), is_older);
        }
        let mut rotated = home("c", 2);
        rotated.replace(&held);
        assert_eq!(
            rotated.older_replica(&replica("a", Some(3))),
            Some("us-west-2")
        );
        let unknown = of(facts("a", None, None));
        let new = replica("b", Some(3));
        assert!(unknown.older_replica(&new).is_some());
        assert!(Fingerprint::default().older_replica(&new).is_none());
    }

    #[test]
    fn version_without_json_key_is_compared() {
        let lacks = |fingerprint: Fingerprint, id: &str, created| {
            fingerprint.missing_in(vec![facts(id, Some(created), Some("us-west-2"))])
        };
        let held = home("b", 2);
        let absent = || lacks(Fingerprint::default(), "a", 1);
        assert!(held.older_replica(&absent()).is_some());
        // The value of the next source.
        let mut other = facts("z", Some(1), Some("us-west-2"));
        other.arn = other.arn.map(|arn| arn.replace("x-", "y-").into());
        assert!(
            held.older_replica(&lacks(of(other.clone()), "a", 1))
                .is_some()
        );
        assert!(held.older_replica(&of(other)).is_none());
        assert!(
            held.older_replica(&lacks(Fingerprint::default(), "c", 3))
                .is_none()
        );
        // Neither version has the key.
        let held = Fingerprint::default().missing_in(vec![facts("b", Some(2), None)]);
        assert!(held.older_replica(&absent()).is_some());
        assert!(
            held.older_replica(&lacks(Fingerprint::default(), "b", 2))
                .is_none()
        );
    }
}
