//! Detects whether a value changed, without keeping the value.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use super::Value;
use crate::json::Node;
use crate::source::{Provenance, RawValue};

/// Identifies a field's value: the version, if its source has version ids, and a digest.
///
/// The digest's key is random in each process and never shown, so a digest reveals nothing about the value.
#[derive(Clone, Default)]
pub(crate) struct Fingerprint {
    version: Option<IdentifiedVersion>,
    digest: Option<u64>,
    /// Versions that do not have the field's JSON key.
    missing_in: Vec<IdentifiedVersion>,
    /// The ids of versions that this one replaced, the latest last.
    replaced: Vec<Arc<str>>,
}

/// A version with an id. An id alone is not enough: the versions of a parameter that is deleted and created again start
/// from 1.
#[derive(Clone)]
struct IdentifiedVersion(Provenance);

impl IdentifiedVersion {
    fn of(provenance: &Provenance) -> Option<Self> {
        let has_id = provenance.version_id().is_some();
        has_id.then(|| Self(provenance.clone()))
    }

    fn id(&self) -> &str {
        self.0.version_id().unwrap_or_default()
    }

    /// Returns whether the versions are the same. Another source can have the same version.
    fn is_same(&self, other: &Self) -> bool {
        let (own, other) = (&self.0, &other.0);
        // A replica has the same version ids, but another ARN, and possibly another creation time.
        let has_replica = own.replica_region().is_some() || other.replica_region().is_some();
        own.version_id() == other.version_id()
            && (has_replica || (own.arn(), own.created_at()) == (other.arn(), other.created_at()))
    }

    /// Returns whether a replica provided this version, and it is not known to be newer than this one in use. Replicas
    /// follow with a delay.
    fn is_older_replica_of(&self, held: &Self, replaced: &[Arc<str>]) -> bool {
        let is_newer = held.0.created_at().is_some()
            && self.0.created_at() > held.0.created_at()
            && !replaced.iter().any(|id| **id == *self.id());
        self.0.replica_region().is_some()
            && self.is_same_secret(held)
            && self.id() != held.id()
            && !is_newer
    }

    /// A replica has the same ARN as the secret, except for the region.
    fn is_same_secret(&self, other: &Self) -> bool {
        parts_without_region(self.0.arn()).eq(parts_without_region(other.0.arn()))
    }
}

fn parts_without_region(arn: Option<&str>) -> impl Iterator<Item = &str> {
    let parts = arn.unwrap_or_default().split(':').enumerate();
    parts.filter_map(|(place, part)| (place != 3).then_some(part))
}

impl Fingerprint {
    pub(crate) fn new(value: &impl Hash, provenance: Option<&Provenance>) -> Self {
        static KEY: OnceLock<RandomState> = OnceLock::new();
        Self {
            version: provenance.and_then(IdentifiedVersion::of),
            digest: Some(KEY.get_or_init(RandomState::new).hash_one(value)),
            ..Self::default()
        }
    }

    /// Adds the versions that do not have the field's JSON key.
    pub(crate) fn missing_in(self, versions: &[Provenance]) -> Self {
        Self {
            missing_in: versions.iter().filter_map(IdentifiedVersion::of).collect(),
            ..self
        }
    }

    fn versions(&self) -> impl Iterator<Item = &IdentifiedVersion> {
        self.missing_in.iter().chain(&self.version)
    }

    /// Returns whether version and value are the same.
    pub(crate) fn is_same_version(&self, other: &Self) -> bool {
        let is_same = match (&self.version, &other.version) {
            (Some(one), Some(two)) => one.is_same(two),
            (one, two) => one.is_none() && two.is_none(),
        };
        is_same && self.digest == other.digest
    }

    /// Returns the region of a replica that provided an older version than this one, which is in use.
    pub(crate) fn older_replica<'n>(&self, new: &'n Self) -> Option<&'n str> {
        let is_older = |new: &&IdentifiedVersion| {
            let mut held = self.versions();
            held.any(|held| new.is_older_replica_of(held, &self.replaced))
        };
        new.versions().find(is_older)?.0.replica_region()
    }

    /// Remembers the versions that these replace, and those that were replaced before.
    pub(crate) fn replace(&mut self, earlier: &Self) {
        /// More versions than a replica can be behind.
        const MOST: usize = 8;
        let is_replaced = |id: &str| self.versions().all(|own| own.id() != id);
        let known = earlier.replaced.iter().filter(|id| is_replaced(id));
        let ids = earlier.versions().map(IdentifiedVersion::id);
        let new = ids.filter(|id| is_replaced(id)).map(Arc::from);
        let mut replaced: Vec<Arc<str>> = known.cloned().chain(new).collect();
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
            Self::Null | Self::Unpaired | Self::OfUnpairedKey => {}
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
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::source::SecretValue;

    /// Returns a version of the secret `x`, or of another one.
    fn version_of(
        name: &str,
        id: &str,
        created: Option<u64>,
        replica_region: Option<&str>,
    ) -> Provenance {
        let region = replica_region.unwrap_or("us-east-1");
        let arn = format!("arn:aws:secretsmanager:{region}:123456789012:secret:{name}-AbCdEf");
        let mut value = SecretValue {
            replica_region: replica_region.map(str::to_owned),
            ..SecretValue::text("").with_version_id(id).with_arn(arn)
        };
        value.created_at = created.map(|at| SystemTime::UNIX_EPOCH + Duration::from_secs(at));
        Provenance::take(&"test".into(), &mut value)
    }

    fn version(id: &str, created: Option<u64>, replica_region: Option<&str>) -> Provenance {
        version_of("x", id, created, replica_region)
    }

    fn of(version: &Provenance) -> Fingerprint {
        let text = version.version_id().unwrap_or_default().to_owned();
        let value = Value::Whole(RawValue::Text(text.into()));
        Fingerprint::new(&value, Some(version))
    }

    fn home(id: &str, created: u64) -> Fingerprint {
        of(&version(id, Some(created), None))
    }

    fn replica(id: &str, created: Option<u64>) -> Fingerprint {
        of(&version(id, created, Some("us-west-2")))
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
        let new = |text, version| Fingerprint::new(&value(text), Some(&version));
        for replica in [None, Some("us-west-2")] {
            let held = new("a", version("1", Some(1), None));
            assert!(held.is_same_version(&new("a", version("1", Some(1), replica))));
            assert!(!held.is_same_version(&new("a", version("2", Some(1), replica))));
            assert!(!held.is_same_version(&new("b", version("1", Some(1), replica))));
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
        let unknown = of(&version("a", None, None));
        let new = replica("b", Some(3));
        assert!(unknown.older_replica(&new).is_some());
        assert!(Fingerprint::default().older_replica(&new).is_none());
    }

    #[test]
    fn version_without_json_key_is_compared() {
        let lacks = |fingerprint: Fingerprint, id: &str, created| {
            fingerprint.missing_in(&[version(id, Some(created), Some("us-west-2"))])
        };
        let held = home("b", 2);
        let absent = || lacks(Fingerprint::default(), "a", 1);
        assert!(held.older_replica(&absent()).is_some());
        // The value of the next source.
        let other = of(&version_of("y", "z", Some(1), Some("us-west-2")));
        assert!(held.older_replica(&lacks(other.clone(), "a", 1)).is_some());
        assert!(held.older_replica(&other).is_none());
        assert!(
            held.older_replica(&lacks(Fingerprint::default(), "c", 3))
                .is_none()
        );
        // Neither version has the key.
        let held = Fingerprint::default().missing_in(&[version("b", Some(2), None)]);
        assert!(held.older_replica(&absent()).is_some());
        assert!(
            held.older_replica(&lacks(Fingerprint::default(), "b", 2))
                .is_none()
        );
    }
}
