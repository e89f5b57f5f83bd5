//! The secrets of a struct, and the slots of its fields.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use from_secrets_syntax::is_managed;
use zeroize::Zeroizing;

use crate::decode::Value;
use crate::json::{from_base64, path};
use crate::load::plan::Leaf;
use crate::source::{RawValue, SecretRequest, VersionSelector};
use crate::spec::Necessity;

/// A secret with all IDs that the struct uses for it.
pub(in crate::cli) struct WriteTarget<'a> {
    pub(in crate::cli) ids: Vec<&'a str>,
    pub(in crate::cli) slots: Vec<FieldSlot<'a>>,
}

/// A part of a secret: the whole value, or the value of a JSON key.
pub(in crate::cli) struct FieldSlot<'a> {
    /// The fields that read this part.
    pub(in crate::cli) leaves: Vec<&'a Leaf>,
    pub(in crate::cli) json_key: Option<&'a str>,
    path: Option<Vec<String>>,
    /// The new value. A binary value within JSON is base64.
    pub(in crate::cli) value: Option<RawValue>,
}

/// A field whose value cannot be written.
pub(in crate::cli) struct Unwritable<'a> {
    pub(in crate::cli) leaf: &'a Leaf,
    pub(in crate::cli) obstacle: WriteObstacle,
}

/// The reason why a value cannot be written.
pub(in crate::cli) struct WriteObstacle {
    /// A verb phrase about the field.
    pub(in crate::cli) description: String,
    pub(in crate::cli) reason: &'static str,
}

/// Returns the secrets in the order of their first field, and the fields that cannot be written.
pub(in crate::cli) fn targets(leaves: &[Leaf]) -> (Vec<WriteTarget<'_>>, Vec<Unwritable<'_>>) {
    let mut targets: Vec<WriteTarget<'_>> = Vec::new();
    let mut unwritable = Vec::new();
    for leaf in leaves {
        let Some(address) = &leaf.address else {
            continue;
        };
        let id = address.request.id();
        if let Some(obstacle) = WriteObstacle::of(&address.request) {
            unwritable.push(Unwritable { leaf, obstacle });
            continue;
        }
        let json_key = address.json_key.as_deref();
        let slot = FieldSlot {
            leaves: vec![leaf],
            json_key,
            path: json_key.map(path),
            value: None,
        };
        match targets.iter_mut().find(|target| target.ids[0] == id) {
            Some(target) => target.add(slot),
            None => targets.push(WriteTarget {
                ids: vec![id],
                slots: vec![slot],
            }),
        }
    }
    (targets, unwritable)
}

impl WriteObstacle {
    /// Returns why the secret of a request cannot be written.
    pub(in crate::cli) fn of(request: &SecretRequest) -> Option<Self> {
        let id = request.id();
        let (description, reason) = if request.names_parameter() {
            let description = format!("refers to the parameter `{id}` in Parameter Store");
            (description, "only secrets can be written")
        } else if is_managed(id) {
            let description = format!("refers to the secret `{id}`, which an AWS service manages");
            (description, "only that service can create and update it")
        } else if *request.version() != VersionSelector::Current {
            let description = format!("is pinned to the version `{}`", request.version());
            (description, "only `AWSCURRENT` can be written")
        } else {
            return None;
        };
        Some(Self {
            description,
            reason,
        })
    }
}

impl<'a> WriteTarget<'a> {
    /// Returns the first ID in the struct.
    pub(in crate::cli) fn id(&self) -> &'a str {
        self.ids[0]
    }

    /// Adds the IDs and slots of a target that is the same secret.
    pub(in crate::cli) fn merge(&mut self, other: Self) {
        self.ids.extend(other.ids);
        other.slots.into_iter().for_each(|slot| self.add(slot));
    }

    fn add(&mut self, slot: FieldSlot<'a>) {
        match self.slots.iter_mut().find(|known| known.path == slot.path) {
            Some(known) => known.leaves.extend(slot.leaves),
            None => self.slots.push(slot),
        }
    }

    /// Returns the index of the slot that a field reads.
    pub(in crate::cli) fn slot_of(&self, leaf: &Leaf) -> Option<usize> {
        let reads = |slot: &FieldSlot<'_>| slot.leaves.iter().any(|own| own.path == leaf.path);
        self.slots.iter().position(reads)
    }

    pub(in crate::cli) fn has_new_value(&self) -> bool {
        self.slots.iter().any(|slot| slot.value.is_some())
    }

    /// Returns the new value of the whole secret.
    pub(in crate::cli) fn whole(&self) -> Option<&RawValue> {
        let whole = self.slots.iter().find(|slot| slot.path.is_none());
        whole.and_then(|slot| slot.value.as_ref())
    }
}

impl FieldSlot<'_> {
    pub(in crate::cli) fn path(&self) -> Option<&[String]> {
        self.path.as_deref()
    }

    /// Sets the new value of a binary field from bytes that are not base64.
    pub(in crate::cli) fn set_bytes(&mut self, bytes: Zeroizing<Vec<u8>>) {
        self.value = Some(match &self.path {
            None => RawValue::Binary(bytes),
            Some(_) => RawValue::Text(Zeroizing::new(BASE64_STANDARD.encode(&*bytes))),
        });
    }

    /// Sets the new value from a field.
    pub(in crate::cli) fn set(
        &mut self,
        leaf: &Leaf,
        text: Zeroizing<String>,
    ) -> Result<(), String> {
        let value = raw(leaf, text, self.path.is_some())?;
        match &self.value {
            Some(known) if known.bytes() != value.bytes() => Err(format!(
                "`{}` and `{}` refer to the same secret value, but have different local values",
                self.leaves[0].path, leaf.path
            )),
            _ => {
                self.value = Some(value);
                Ok(())
            }
        }
    }

    /// Returns whether a stored value is the new value.
    pub(in crate::cli) fn is_new_value(&self, stored: &Value) -> bool {
        match (&self.value, stored) {
            (Some(RawValue::Text(text)), stored) => {
                let is_binary = self.leaves.iter().any(|leaf| leaf.field.is_binary());
                let bytes = || {
                    let stored = stored.binary::<Vec<u8>>(true).ok()?;
                    Some(stored == from_base64(text).ok()?)
                };
                stored.is_text(text) || is_binary && bytes().unwrap_or_default()
            }
            (Some(new), Value::Whole(stored)) => new.bytes() == stored.bytes(),
            _ => false,
        }
    }

    /// Returns whether any field requires the value.
    pub(in crate::cli) fn is_required(&self) -> bool {
        let is_required = |leaf: &&Leaf| leaf.field.necessity() == Necessity::Required;
        self.leaves.iter().any(is_required)
    }

    /// Returns the paths of the fields for messages.
    pub(in crate::cli) fn fields(&self) -> String {
        let paths: Vec<String> = self
            .leaves
            .iter()
            .map(|leaf| format!("`{}`", leaf.path))
            .collect();
        paths.join(", ")
    }

    /// Returns the environment variables of the fields.
    pub(in crate::cli) fn variables(&self) -> Vec<&str> {
        self.leaves
            .iter()
            .filter_map(|leaf| leaf.variable.as_deref())
            .collect()
    }
}

/// Returns the value of a field from its text, which is base64 if the field is binary.
fn raw(leaf: &Leaf, text: Zeroizing<String>, in_json: bool) -> Result<RawValue, String> {
    if !leaf.field.is_binary() {
        return Ok(RawValue::Text(text));
    }
    let bytes = from_base64(&text)
        .map_err(|_| format!("`{}`: expected base64, found other text", leaf.path))?;
    let bytes = Zeroizing::new(bytes);
    Ok(if in_json {
        RawValue::Text(text)
    } else {
        RawValue::Binary(bytes)
    })
}
