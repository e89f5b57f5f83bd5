//! From what is there and what is given to what is written.

use from_secrets_syntax::Arn;
use zeroize::Zeroizing;

use super::state::{PushSecret, StoredSecretValue};
use super::targets::FieldSlot;
use crate::decode::{SecretDocument, Selected, Value};
use crate::format::listed;
use crate::json::{Node, edit, from_base64};
use crate::source::{RawValue, SourceError};

/// The most that Secrets Manager stores, in bytes.
/// <https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html>
const MOST: usize = 65_536;

/// What becomes of a secret.
pub(super) struct Change {
    pub(super) action: Action,
    /// In words, with the names of JSON keys and without a value.
    pub(super) what: String,
    /// What it holds afterwards.
    pub(super) value: Option<RawValue>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Create,
    Update,
    Unchanged,
    /// Nothing is given for it.
    Skip,
    /// It cannot be read, so nobody knows what to write.
    Fail(SourceError),
}

/// A document that keys are put into.
struct Merge {
    text: Zeroizing<String>,
    added: Vec<String>,
    changed: Vec<String>,
}

impl Change {
    /// What is to be done, or why it cannot be right.
    pub(super) fn of(secret: &PushSecret<'_>) -> Result<Self, String> {
        let stored = secret.stored.raw();
        if let StoredSecretValue::Unknown(failure) = &secret.stored {
            return Ok(Self::none(Action::Fail(failure.clone()), None));
        }
        if !secret.target.has_given() {
            return Ok(Self::none(Action::Skip, stored));
        }
        let id = secret.target.id();
        let is_absent = matches!(secret.stored, StoredSecretValue::Absent);
        if is_absent && Arn::is_meant_by(id) {
            return Err(format!(
                "`{id}` does not exist, and a secret cannot be created by its ARN; create it first, or name it"
            ));
        }
        let (value, what) = Self::value(secret).map_err(|why| format!("`{id}`: {why}"))?;
        if value.bytes().len() > MOST {
            return Err(format!(
                "`{id}` would hold more than the {MOST} bytes that Secrets Manager stores"
            ));
        }
        let action = match stored {
            Some(stored) if stored.bytes() == value.bytes() => {
                return Ok(Self::none(Action::Unchanged, Some(stored)));
            }
            _ if is_absent => Action::Create,
            _ => Action::Update,
        };
        Ok(Self {
            action,
            what,
            value: Some(value),
        })
    }

    fn none(action: Action, stored: Option<&RawValue>) -> Self {
        Self {
            action,
            what: String::new(),
            value: stored.cloned(),
        }
    }

    fn value(secret: &PushSecret<'_>) -> Result<(RawValue, String), String> {
        let given = secret.target.whole();
        let base = given.or(secret.stored.raw());
        let keyed = || {
            secret
                .target
                .slots
                .iter()
                .filter(|slot| slot.path().is_some())
        };
        if let (Some(whole), false) = (given, keyed().any(|slot| slot.given.is_some())) {
            return Ok((whole.clone(), kind(whole).to_owned()));
        }
        let mut merge = Merge::into(base)?;
        for slot in keyed() {
            merge.put(slot)?;
        }
        let what = if given.is_some() {
            "text".to_owned()
        } else {
            merge.summary()
        };
        // What was stored as bytes stays so.
        let value = match base {
            Some(RawValue::Binary(_)) => {
                RawValue::Binary(Zeroizing::new(merge.text.as_bytes().to_vec()))
            }
            _ => RawValue::Text(merge.text),
        };
        Ok((value, what))
    }
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
                return Err("it holds bytes that are not UTF-8, and no JSON keys".to_owned());
            }
        };
        Ok(Self {
            text: Zeroizing::new(text.to_owned()),
            added: Vec::new(),
            changed: Vec::new(),
        })
    }

    fn put(&mut self, slot: &FieldSlot<'_>) -> Result<(), String> {
        let (Some(RawValue::Text(text)), Some(key), Some(path)) =
            (&slot.given, slot.json_key, slot.path())
        else {
            return Ok(());
        };
        let raw = RawValue::Text(self.text.clone());
        let there = match SecretDocument::new(&raw).select(Some(key)) {
            Selected::Value(there) => Some(there),
            Selected::Missing(_) => None,
            Selected::Malformed(mismatch) => return Err(format!("{mismatch}; correct it by hand")),
        };
        if there
            .as_ref()
            .is_some_and(|there| is_same(slot, there, text))
        {
            return Ok(());
        }
        let keys = if there.is_some() {
            &mut self.changed
        } else {
            &mut self.added
        };
        keys.push(key.to_owned());
        let new = edit::value(text, there.as_ref().and_then(node));
        self.text = edit::put(&self.text, path, &new)?;
        Ok(())
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

fn is_same(slot: &FieldSlot<'_>, there: &Value, text: &str) -> bool {
    let is_binary = slot.leaves.iter().any(|leaf| leaf.field.is_binary());
    let bytes = || Some((there.binary::<Vec<u8>>(true).ok()?, from_base64(text).ok()?));
    there.is_text(text) || is_binary && bytes().is_some_and(|(one, other)| one == other)
}
