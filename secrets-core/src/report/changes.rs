//! Changes between two reports of the same struct.

use std::sync::Arc;

use super::{FieldOutcome, FieldReport, LoadReport};
use crate::source::{FetchResult, KeyedBy, SourceError, SourceErrorKind};

/// The secrets and fields that changed from one load to a later one.
///
/// Secrets are named as declared. Names with filled placeholders could be sensitive.
#[derive(Debug, Default)]
pub(crate) struct ChangedValues {
    /// The paths of the fields with another value.
    pub(crate) fields: Vec<Arc<str>>,
    /// The secrets of these fields.
    pub(crate) secrets: Vec<Arc<str>>,
    /// The other secrets, which have another version with the same values.
    pub(crate) renewed: Vec<Arc<str>>,
}

impl LoadReport {
    /// Returns whether all fields have the same version and value in a later report of the same struct.
    pub(crate) fn is_same_version(&self, later: &Self) -> bool {
        let mut fields = self.fields.iter().zip(&later.fields);
        fields.all(|(old, new)| old.fingerprint.is_same_version(&new.fingerprint))
    }

    /// Returns the changes in a later report of the same struct.
    pub(crate) fn changed_values(&self, later: &Self) -> ChangedValues {
        let mut changed = ChangedValues::default();
        let mut renewed = Vec::new();
        for (old, new) in self.fields.iter().zip(&later.fields) {
            let secret = || new.providing_secret().or_else(|| old.providing_secret());
            if !old.fingerprint.is_same_value(&new.fingerprint) {
                changed.fields.push(Arc::clone(&new.declaration.path));
                add(&mut changed.secrets, secret());
            } else if !old.fingerprint.is_same_version(&new.fingerprint) {
                add(&mut renewed, secret());
            }
        }
        renewed.retain(|secret| !changed.secrets.contains(secret));
        ChangedValues { renewed, ..changed }
    }

    /// Remembers the versions that an earlier report of the same struct has.
    pub(crate) fn replace(&mut self, earlier: &Self) {
        for (new, old) in self.fields.iter_mut().zip(&earlier.fields) {
            new.fingerprint.replace(&old.fingerprint);
        }
    }

    /// Turns the fields of a later report for which a replica had an older version than this report into failures.
    /// Returns whether there are any.
    pub(crate) fn fail_older_replicas(&self, later: &mut Self) -> bool {
        let mut has_failed = false;
        for (old, new) in self.fields.iter().zip(&mut later.fields) {
            if let Some(region) = old.fingerprint.older_replica(&new.fingerprint) {
                let message =
                    format!("the replica in {region} has an older version than the one in use");
                let error = SourceError::new(SourceErrorKind::Unreachable, message)
                    .with_hint("wait until the region of the secret is available again");
                if let Some(last) = new.attempts.last_mut() {
                    last.result = FetchResult::Failed(error.clone());
                }
                new.outcome = FieldOutcome::Failed(error);
                has_failed = true;
            }
        }
        has_failed
    }

    /// Returns the indexes of the field at this path, of all fields below it, and of the field that contains it.
    pub(crate) fn fields_of(&self, path: &str) -> Vec<usize> {
        let is_below = |below: &str, above: &str| {
            let rest = below.strip_prefix(above);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let fields = self.fields.iter().enumerate();
        fields
            .filter(|(_, field)| is_below(field.path(), path) || is_below(path, field.path()))
            .map(|(index, _)| index)
            .collect()
    }

    /// Returns whether these fields have the same values in both reports.
    pub(crate) fn is_same(&self, later: &Self, fields: &[usize]) -> bool {
        fields.iter().all(|&i| {
            let (old, new) = (&self.fields[i].fingerprint, &later.fields[i].fingerprint);
            old.is_same_value(new)
        })
    }
}

fn add(secrets: &mut Vec<Arc<str>>, secret: Option<&Arc<str>>) {
    let new = secret.filter(|secret| !secrets.contains(secret));
    secrets.extend(new.cloned());
}

impl FieldReport {
    /// Returns the secret that provided the value, as declared. It is `None` if no source or a variable did.
    fn providing_secret(&self) -> Option<&Arc<str>> {
        let mut attempts = self.attempts.iter();
        let found = attempts.rfind(|attempt| matches!(attempt.result, FetchResult::Found(())))?;
        match &found.alias {
            Some(alias) => alias.declared.as_ref(),
            None if found.keyed_by == KeyedBy::SecretId => {
                Some(&self.declaration.secret.as_ref()?.declared)
            }
            None => None,
        }
    }
}

#[cfg(test)]
impl LoadReport {
    /// Returns a report of one field, whose version and value are this text.
    pub(crate) fn of_version(id: &str) -> Self {
        use crate::decode::{Fingerprint, Value};
        use crate::report::{Attempts, FieldDeclaration};
        use crate::source::{Provenance, RawValue, SecretValue};

        let text = Value::Whole(RawValue::Text(id.to_owned().into()));
        let mut value = SecretValue::text("").with_version_id(id);
        let provenance = Provenance::take(&"test".into(), &mut value);
        Self::new(vec![FieldReport {
            declaration: Arc::new(FieldDeclaration {
                path: "field".into(),
                is_struct: false,
                description: "",
                secret: None,
                variable: None,
            }),
            attempts: Attempts::default(),
            fingerprint: Fingerprint::new(&text, Some(&provenance)),
            outcome: FieldOutcome::Found(provenance),
            note: None,
            unused_alias: None,
        }])
    }
}
