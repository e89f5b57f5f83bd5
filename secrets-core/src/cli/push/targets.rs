//! The secrets that a struct names, and what its fields take from each.

use from_secrets_syntax::is_managed;

use crate::json::{from_base64, path};
use crate::load::plan::Leaf;
use crate::source::{RawValue, SecretRequest, VersionSelector};
use crate::spec::Necessity;
use zeroize::Zeroizing;

/// A secret, by the ids that the struct has for it.
pub(super) struct PushTarget<'a> {
    pub(super) ids: Vec<&'a str>,
    pub(super) slots: Vec<FieldSlot<'a>>,
}

/// A place in a secret: the whole of it, or what a JSON key leads to.
pub(super) struct FieldSlot<'a> {
    /// The fields that take it.
    pub(super) leaves: Vec<&'a Leaf>,
    pub(super) json_key: Option<&'a str>,
    path: Option<Vec<String>>,
    /// What it is to hold; a binary value within JSON is in base64.
    pub(super) given: Option<RawValue>,
}

/// A field whose value cannot be written.
pub(super) struct Unwritable<'a> {
    pub(super) leaf: &'a Leaf,
    pub(super) obstacle: Obstacle,
}

/// Why a value cannot be written.
pub(super) struct Obstacle {
    /// What the field does, as a sentence about it goes on.
    pub(super) what: String,
    pub(super) why: &'static str,
}

/// The secrets in the order of their first field, and the fields that cannot be written.
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
            given: None,
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
        let (what, why) = if request.names_parameter() {
            let what = format!("names the parameter `{id}` of Parameter Store");
            (what, "only secrets can be written")
        } else if is_managed(id) {
            let what = format!("names the secret `{id}`, which an AWS service manages");
            (what, "only that service can create and update it")
        } else if *request.version() != VersionSelector::Current {
            let what = format!("is pinned to the version `{}`", request.version());
            (what, "only `AWSCURRENT` can be written")
        } else {
            return None;
        };
        Some(Self { what, why })
    }
}

impl<'a> PushTarget<'a> {
    /// How the struct calls it first.
    pub(super) fn id(&self) -> &'a str {
        self.ids[0]
    }

    /// Takes in what turned out to be the same secret under another id.
    pub(super) fn absorb(&mut self, other: Self) {
        self.ids.extend(other.ids);
        other.slots.into_iter().for_each(|slot| self.add(slot));
    }

    fn add(&mut self, slot: FieldSlot<'a>) {
        match self.slots.iter_mut().find(|known| known.path == slot.path) {
            Some(known) => known.leaves.extend(slot.leaves),
            None => self.slots.push(slot),
        }
    }

    pub(super) fn has_given(&self) -> bool {
        self.slots.iter().any(|slot| slot.given.is_some())
    }

    /// The whole of the secret, where a field takes it.
    pub(super) fn whole(&self) -> Option<&RawValue> {
        let whole = self.slots.iter().find(|slot| slot.path.is_none());
        whole.and_then(|slot| slot.given.as_ref())
    }
}

impl FieldSlot<'_> {
    pub(super) fn path(&self) -> Option<&[String]> {
        self.path.as_deref()
    }

    /// Takes a field's value, or says why not.
    pub(super) fn give(&mut self, leaf: &Leaf, text: Zeroizing<String>) -> Result<(), String> {
        let given = raw(leaf, text, self.path.is_some())?;
        match &self.given {
            Some(known) if known.bytes() != given.bytes() => Err(format!(
                "`{}` and `{}` are the same in Secrets Manager, but have different values here",
                self.leaves[0].path, leaf.path
            )),
            _ => {
                self.given = Some(given);
                Ok(())
            }
        }
    }

    /// Whether some field needs it whatever else is there.
    pub(super) fn is_required(&self) -> bool {
        let needs = |leaf: &&Leaf| leaf.field.necessity() == Necessity::Required;
        self.leaves.iter().any(needs)
    }

    /// What takes it, in words.
    pub(super) fn fields(&self) -> String {
        let paths: Vec<String> = self
            .leaves
            .iter()
            .map(|leaf| format!("`{}`", leaf.path))
            .collect();
        paths.join(", ")
    }

    /// The variables that may hold it.
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
