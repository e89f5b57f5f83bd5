//! The progress of a load, value by value.

use super::plan::{Address, Leaf, Plan};
#[cfg(feature = "live")]
use crate::decode::Fingerprint;
#[cfg(any(feature = "config", feature = "figment"))]
use crate::decode::Mismatch;
use crate::decode::{Recording, Value};
#[cfg(any(feature = "config", feature = "figment"))]
use crate::json::Node;
use crate::report::{Attempt, FieldOutcome, FieldReport, LoadReport, Note, ReportedSecret};
use crate::source::{FetchResult, KeyedBy, SourceError};

/// The state of every value of a plan, in the plan's order.
pub(crate) struct LoadState {
    pub(crate) leaves: Vec<LeafState>,
    pub(crate) recording: Recording,
}

pub(crate) struct LeafState {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) status: Status,
    /// The outcome for the field, once the field was decoded.
    pub(crate) outcome: Option<FieldOutcome>,
    pub(crate) note: Option<Note>,
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
    pub(crate) outcome: FieldOutcome,
}

#[cfg(any(feature = "config", feature = "figment"))]
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
            attempts: Vec::new(),
            status: Status::Open { from: 0 },
            outcome: None,
            note: None,
            #[cfg(any(feature = "config", feature = "figment"))]
            recorded: None,
        };
        Self {
            leaves: plan.leaves.iter().map(open).collect(),
            recording: Recording::default(),
        }
    }

    /// Returns the report of a load that ended.
    pub(crate) fn into_report(self, plan: &Plan) -> LoadReport {
        let fields = plan.leaves.iter().zip(self.leaves);
        LoadReport::new(
            fields
                .map(|(leaf, state)| state.into_report(leaf))
                .collect(),
        )
    }
}

impl LeafState {
    fn into_report(self, leaf: &Leaf) -> FieldReport {
        let secret = |address: &Address| ReportedSecret {
            id: address.request.id().to_owned(),
            json_key: address.json_key.clone(),
            version: address.request.version().clone(),
        };
        FieldReport {
            path: leaf.path.clone(),
            description: leaf.field.description(),
            secret: leaf.address.as_ref().map(secret),
            variable: leaf.variable.clone(),
            #[cfg(feature = "live")]
            fingerprint: self.fingerprint(),
            attempts: self.attempts,
            note: self.note,
            outcome: self.outcome.unwrap_or(FieldOutcome::Missing),
        }
    }

    /// Returns the fingerprint of the field's value.
    #[cfg(feature = "live")]
    fn fingerprint(&self) -> Fingerprint {
        match (&self.status, &self.outcome) {
            (Status::Found(found), Some(outcome @ FieldOutcome::Found { .. })) => {
                Fingerprint::new(&found.value, outcome.version_facts())
            }
            _ => Fingerprint::default(),
        }
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
    }
}
