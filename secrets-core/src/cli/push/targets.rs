//! The secrets of a struct, and the slots of its fields.

use from_secrets_syntax::is_managed;

use crate::json::{from_base64, path};
use crate::load::plan::Leaf;
use crate::source::{RawValue, SecretRequest, VersionSelector};
use crate::spec::Necessity;
use zeroize::Zeroizing;

/// A secret with all IDs that the struct uses for it.
pub(super) struct PushTarget<'a> {
    pub(super) ids: Vec<&'a str>,
    pub(super) slots: Vec<FieldSlot<'a>>,
}

/// A part of a secret: the whole value, or the value of a JSON key.
pub(super) struct FieldSlot<'a> {
    /// The fields that read this part.
    pub(super) leaves: Vec<&'a Leaf>,
    pub(super) json_key: Option<&'a str>,
    path: Option<Vec<String>>,
    /// The new value. A binary value within JSON is base64.
    pub(super) value: Option<RawValue>,
}

/// A field whose value cannot be written.
pub(super) struct Unwritable<'a> {
    pub(super) leaf: &'a Leaf,
    pub(super) obstacle: Obstacle,
}

/// The reason why a value cannot be written.
pub(super) struct Obstacle {
    /// A verb phrase about the field.
    pub(super) what: String,
    pub(super) reason: &'static str,
}

/// Returns the secrets in the order of their first field, and the fields that cannot be written.
pub(super) fn targets(leaves: &[Leaf]) -> (Vec<PushTarget<'_>>, Vec<Unwritable<'_>>) {
    let mut targets: Vec<PushTarget<'_>> = Vec::new();
    let mut unwritable = Vec::new();
    for leaf in leaves {
        let Some(address) = &leaf.address else {
            continue;
        };
        let id = address.request.id();
        if let Some(obstacle) = Obstacle::of(&address.request) {
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
            None => targets.push(PushTarget {
                ids: vec![id],
                slots: vec![slot],
            }),
        }
    }
    (targets, unwritable)
}

impl Obstacle {
    fn of(request: &SecretRequest) -> Option<Self> {
        let id = request.id();
        let (what, reason) = if request.names_parameter() {
            let what = format!("refers to the parameter `{id}` in Parameter Store");
            (what, "only secrets can be written")
        } else if is_managed(id) {
            let what = format!("refers to the secret `{id}`, which an AWS service manages");
            (what, "only that service can create and update it")
        } else if *request.version() != VersionSelector::Current {
            let what = format!("is pinned to the version `{}`", request.version());
            (what, "only `AWSCURRENT` can be written")
        } else {
            return None;
        };
        Some(Self { what, reason })
    }
}

impl<'a> PushTarget<'a> {
    /// Returns the first ID in the struct.
    pub(super) fn id(&self) -> &'a str {
        self.ids[0]
    }

    /// Adds the IDs and slots of a target that is the same secret.
    pub(super) fn merge(&mut self, other: Self) {
        self.ids.extend(other.ids);
        other.slots.into_iter().for_each(|slot| self.add(slot));
    }

    fn add(&mut self, slot: FieldSlot<'a>) {
        match self.slots.iter_mut().find(|known| known.path == slot.path) {
            Some(known) => known.leaves.extend(slot.leaves),
            None => self.slots.push(slot),
        }
    }

    pub(super) fn has_new_value(&self) -> bool {
        self.slots.iter().any(|slot| slot.value.is_some())
    }

    /// Returns the new value of the whole secret.
    pub(super) fn whole(&self) -> Option<&RawValue> {
        let whole = self.slots.iter().find(|slot| slot.path.is_none());
        whole.and_then(|slot| slot.value.as_ref())
    }
}

impl FieldSlot<'_> {
    pub(super) fn path(&self) -> Option<&[String]> {
        self.path.as_deref()
    }

    /// Sets the new value from a field.
    pub(super) fn set(&mut self, leaf: &Leaf, text: Zeroizing<String>) -> Result<(), String> {
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

    /// Returns whether any field requires the value.
    pub(super) fn is_required(&self) -> bool {
        let is_required = |leaf: &&Leaf| leaf.field.necessity() == Necessity::Required;
        self.leaves.iter().any(is_required)
    }

    /// Returns the paths of the fields for messages.
    pub(super) fn fields(&self) -> String {
        let paths: Vec<String> = self
            .leaves
            .iter()
            .map(|leaf| format!("`{}`", leaf.path))
            .collect();
        paths.join(", ")
    }

    /// Returns the environment variables of the fields.
    pub(super) fn variables(&self) -> Vec<&str> {
        self.leaves
            .iter()
            .filter_map(|leaf| leaf.variable.as_deref())
            .collect()
    }
}

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
