//! The change of a secret, from its stored value and the new values.

use from_secrets_syntax::Arn;
use zeroize::Zeroizing;

use super::state::{StoredSecretValue, TargetSecret};
use super::targets::FieldSlot;
use crate::decode::{SecretDocument, Selected, Value};
use crate::format::listed;
use crate::json::{Node, edit};
use crate::source::{RawValue, SourceError};

/// The maximum size of a secret value, in bytes.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
pub(super) const MAX_SIZE: usize = 65_536;

/// The planned change of a secret.
pub(in crate::cli) struct Change {
    pub(in crate::cli) action: Action,
    /// A description with the names of JSON keys, without values.
    pub(in crate::cli) description: String,
    /// The value after the change.
    pub(in crate::cli) value: Option<RawValue>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Action {
    Create,
    Update,
    Unchanged,
    /// Replace the value without reading it.
    Overwrite,
    /// There is no new value.
    Skip,
    /// The stored value cannot be read.
    Fail(SourceError),
}

/// A JSON document with new keys.
struct Merge {
    text: Zeroizing<String>,
    added: Vec<String>,
    changed: Vec<String>,
}

impl Change {
    /// Plans the change of a secret.
    pub(in crate::cli) fn of(secret: &TargetSecret<'_>) -> Result<Self, String> {
        let stored = secret.stored.raw();
        if let StoredSecretValue::Unknown(failure) = &secret.stored {
            return Ok(Self::none(Action::Fail(failure.clone()), None));
        }
        if !secret.target.has_new_value() {
            return Ok(Self::none(Action::Skip, stored));
        }
        let id = secret.target.id();
        let is_overwritten = matches!(secret.stored, StoredSecretValue::Overwritten);
        let is_absent = matches!(secret.stored, StoredSecretValue::Absent);
        if is_absent && Arn::is_meant_by(id) {
            return Err(absent_arn(id));
        }
        let (value, description) =
            Self::value(secret).map_err(|error| format!("`{id}`: {error}"))?;
        if value.bytes().len() > MAX_SIZE {
            return Err(format!(
                "the value of `{id}` is larger than the limit of {MAX_SIZE} bytes"
            ));
        }
        let action = match stored {
            Some(stored) if stored.bytes() == value.bytes() => {
                return Ok(Self::none(Action::Unchanged, Some(stored)));
            }
            _ if is_absent => Action::Create,
            _ if is_overwritten => Action::Overwrite,
            _ => Action::Update,
        };
        Ok(Self {
            action,
            description,
            value: Some(value),
        })
    }

    /// Returns an error if no value of this slot can be written.
    pub(super) fn check_slot(
        secret: &TargetSecret<'_>,
        slot: &FieldSlot<'_>,
    ) -> Result<(), String> {
        let id = secret.target.id();
        if matches!(secret.stored, StoredSecretValue::Absent) && Arn::is_meant_by(id) {
            return Err(absent_arn(id));
        }
        let Some(key) = slot.json_key else {
            return Ok(());
        };
        let base = secret.target.whole().or(secret.stored.raw());
        let check = |merge: Merge| {
            merge.stored(key)?;
            edit::put(&merge.text, slot.path().unwrap_or_default(), "null")
        };
        let checked = Merge::into(base).and_then(check);
        checked
            .map(drop)
            .map_err(|error| format!("`{id}`: {error}"))
    }

    fn none(action: Action, stored: Option<&RawValue>) -> Self {
        Self {
            action,
            description: String::new(),
            value: stored.cloned(),
        }
    }

    fn value(secret: &TargetSecret<'_>) -> Result<(RawValue, String), String> {
        let whole = secret.target.whole();
        let base = whole.or(secret.stored.raw());
        let keyed = || {
            secret
                .target
                .slots
                .iter()
                .filter(|slot| slot.path().is_some())
        };
        if let (Some(whole), false) = (whole, keyed().any(|slot| slot.value.is_some())) {
            return Ok((whole.clone(), kind(whole).to_owned()));
        }
        let mut merge = Merge::into(base)?;
        for slot in keyed() {
            merge.add(slot)?;
        }
        let description = if whole.is_some() {
            "text".to_owned()
        } else {
            merge.summary()
        };
        // Binary secrets stay binary.
        let value = match base {
            Some(RawValue::Binary(_)) => {
                RawValue::Binary(Zeroizing::new(merge.text.as_bytes().to_vec()))
            }
            _ => RawValue::Text(merge.text),
        };
        Ok((value, description))
    }
}

fn absent_arn(id: &str) -> String {
    format!(
        "secret `{id}` does not exist and cannot be created by its ARN; create it first, or use its name"
    )
}

fn kind(value: &RawValue) -> &'static str {
    match value {
        RawValue::Text(_) => "text",
        RawValue::Binary(_) => "bytes",
    }
}

impl Merge {
    fn into(base: Option<&RawValue>) -> Result<Self, String> {
        let text = match base.map(|raw| std::str::from_utf8(raw.bytes())) {
            None => "{}",
            Some(Ok(text)) => text,
            Some(Err(_)) => {
                return Err("the value is not UTF-8, so it cannot contain JSON keys".to_owned());
            }
        };
        Ok(Self {
            text: Zeroizing::new(text.to_owned()),
            added: Vec::new(),
            changed: Vec::new(),
        })
    }

    fn add(&mut self, slot: &FieldSlot<'_>) -> Result<(), String> {
        let (Some(RawValue::Text(text)), Some(key), Some(path)) =
            (&slot.value, slot.json_key, slot.path())
        else {
            return Ok(());
        };
        let stored = self.stored(key)?;
        if stored
            .as_ref()
            .is_some_and(|stored| slot.is_new_value(stored))
        {
            return Ok(());
        }
        let keys = if stored.is_some() {
            &mut self.changed
        } else {
            &mut self.added
        };
        keys.push(key.to_owned());
        let new = edit::value(text, stored.as_ref().and_then(node));
        self.text = edit::put(&self.text, path, &new)?;
        Ok(())
    }

    /// Returns the stored value of a JSON key.
    fn stored(&self, key: &str) -> Result<Option<Value>, String> {
        let raw = RawValue::Text(self.text.clone());
        match SecretDocument::new(raw).select(Some(key)) {
            Selected::Value(stored) => Ok(Some(stored)),
            Selected::Missing(_) => Ok(None),
            Selected::Malformed(mismatch) => {
                Err(format!("{mismatch}; correct the secret manually"))
            }
        }
    }

    fn summary(&self) -> String {
        let list = |verb: &str, keys: &[String]| {
            (!keys.is_empty()).then(|| format!("{verb} {}", listed(keys)))
        };
        let parts = [list("adds", &self.added), list("changes", &self.changed)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}

fn node(value: &Value) -> Option<&Node> {
    match value {
        Value::Json(node) => Some(node),
        Value::Whole(_) => None,
    }
}
