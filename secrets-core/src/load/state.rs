//! The progress of a load, value by value.

use std::sync::Arc;

use super::plan::{Leaf, Plan};
#[cfg(feature = "live")]
use crate::decode::Fingerprint;
#[cfg(any(feature = "cli", feature = "config", feature = "figment"))]
use crate::decode::Mismatch;
use crate::decode::{Recording, Value};
#[cfg(any(feature = "config", feature = "figment"))]
use crate::json::Node;
use crate::report::{
    Attempts, FieldDeclaration, FieldOutcome, FieldReport, LoadReport, Note, UnusedAlias,
};
use crate::source::{FetchResult, KeyedBy, Provenance, SourceError};

/// The state of every value of a plan, in the plan's order.
pub(crate) struct LoadState {
    pub(crate) leaves: Vec<LeafState>,
    /// The structs that their `validate` functions rejected.
    pub(crate) rejected: Vec<RejectedStruct>,
    /// The structs whose secrets have JSON keys that no field reads.
    pub(crate) unknown_keys: Vec<RejectedStruct>,
    pub(crate) recording: Recording,
    /// Whether the defaults are checked, also those of optional structs without a value.
    pub(crate) checks_defaults: bool,
}

/// A struct that its `validate` function or `deny_unknown_keys` rejected.
pub(crate) struct RejectedStruct {
    /// The path of the field that contains it, or its name if it is the loaded struct.
    pub(crate) path: String,
    /// The doc comment of that field.
    pub(crate) description: &'static str,
    pub(crate) error: SourceError,
}

pub(crate) struct LeafState {
    pub(crate) attempts: Attempts,
    pub(crate) status: Status,
    /// The outcome for the field, once the field was decoded.
    pub(crate) outcome: Option<FieldOutcome>,
    pub(crate) note: Option<Note>,
    /// An alias that has a value too, although another place provided the field's value. This is rare, so it
    /// is a pointer.
    pub(crate) unused_alias: Option<Box<UnusedAlias>>,
    /// The versions that do not have the JSON key.
    #[cfg(feature = "live")]
    pub(crate) missing_in: Vec<Provenance>,
    /// The form in which the field's type accepted the value, if it is recorded.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(crate) recorded: Option<Node>,
}

#[derive(Debug)]
pub(crate) enum Status {
    /// The sources before this place in the chain did not provide it.
    Open {
        from: usize,
    },
    Found(FoundValue),
    Failed(SourceError),
}

/// A value and its source.
pub(crate) struct FoundValue {
    pub(crate) value: Value,
    /// The place of its source in the chain.
    pub(crate) place: usize,
    pub(crate) keyed_by: KeyedBy,
    pub(crate) provenance: Provenance,
}

#[cfg(any(feature = "cli", feature = "config", feature = "figment"))]
impl FoundValue {
    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Mismatch> {
        self.value.binary(self.keyed_by == KeyedBy::EnvVar)
    }
}

impl std::fmt::Debug for FoundValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundValue")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl LoadState {
    pub(crate) fn new(plan: &Plan) -> Self {
        let open = |_: &Leaf| LeafState {
            attempts: Attempts::default(),
            status: Status::Open { from: 0 },
            outcome: None,
            note: None,
            unused_alias: None,
            #[cfg(feature = "live")]
            missing_in: Vec::new(),
            #[cfg(any(feature = "config", feature = "figment"))]
            recorded: None,
        };
        Self {
            leaves: plan.leaves.iter().map(open).collect(),
            rejected: Vec::new(),
            unknown_keys: Vec::new(),
            recording: Recording::default(),
            checks_defaults: false,
        }
    }

    /// Returns the report of a load that ended.
    pub(crate) fn into_report(self, plan: &Plan) -> LoadReport {
        let fields = plan.leaves.iter().zip(self.leaves);
        let fields = fields.map(|(leaf, state)| state.into_report(leaf));
        let rejected = self.rejected.into_iter().map(RejectedStruct::into_report);
        LoadReport::new(fields.chain(rejected).collect())
    }
}

impl RejectedStruct {
    fn into_report(self) -> FieldReport {
        FieldReport {
            declaration: Arc::new(FieldDeclaration {
                path: self.path.into(),
                is_struct: true,
                description: self.description,
                secret: None,
                variable: None,
            }),
            #[cfg(feature = "live")]
            fingerprint: Fingerprint::default(),
            attempts: Attempts::default(),
            note: None,
            unused_alias: None,
            outcome: FieldOutcome::Failed(self.error),
        }
    }
}

impl LeafState {
    fn into_report(self, leaf: &Leaf) -> FieldReport {
        FieldReport {
            declaration: Arc::clone(&leaf.declaration),
            #[cfg(feature = "live")]
            fingerprint: self.fingerprint(leaf),
            attempts: self.attempts,
            note: self.note,
            unused_alias: self.unused_alias,
            outcome: self.outcome.unwrap_or(FieldOutcome::Missing),
        }
    }

    /// Returns the fingerprint of the field's value.
    #[cfg(feature = "live")]
    fn fingerprint(&self, leaf: &Leaf) -> Fingerprint {
        let fingerprint = match (&self.status, &self.outcome) {
            (Status::Found(found), Some(FieldOutcome::Found(provenance))) => {
                // The same text is bytes in a secret, but base64 in a variable.
                let is_base64 = leaf.field.is_binary() && found.keyed_by == KeyedBy::EnvVar;
                Fingerprint::new(&(&found.value, is_base64), Some(provenance))
            }
            _ => Fingerprint::default(),
        };
        fingerprint.missing_in(&self.missing_in)
    }

    pub(crate) fn is_open_at(&self, place: usize) -> bool {
        matches!(self.status, Status::Open { from } if from <= place)
    }

    /// Returns the source of a value that the field's type rejected, and the error.
    pub(crate) fn rejected_by_type(&self) -> Option<(usize, &SourceError)> {
        match (&self.status, &self.outcome) {
            (Status::Found(found), Some(FieldOutcome::Failed(error))) => Some((found.place, error)),
            _ => None,
        }
    }

    /// Turns a value into an error of its source, so that the next source is queried.
    pub(crate) fn reopen(&mut self, from: usize, error: SourceError) {
        if let Some(last) = self.attempts.last_mut() {
            last.result = FetchResult::Failed(error);
        }
        self.status = Status::Open { from };
        self.outcome = None;
        self.note = None;
        self.unused_alias = None;
    }
}
