//! How far a load has come, value by value.

#[cfg(any(feature = "config", feature = "figment"))]
use crate::decode::{Mismatch, Node};
use crate::decode::{Recording, Value};
#[cfg(feature = "live")]
use crate::identity::Identity;
use crate::plan::{Address, Leaf, Plan};
use crate::report::{Attempt, AttemptAnswer, FieldReport, Note, Outcome, Report, ReportedSecret};
use crate::source::{Failure, KeyedBy};

/// The state of every value of a plan, in the plan's order.
pub(crate) struct Progress {
    pub(crate) leaves: Vec<LeafState>,
    pub(crate) recording: Recording,
}

pub(crate) struct LeafState {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) status: Status,
    /// What came of it for the field; known once the field was decoded.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) note: Option<Note>,
    /// The form in which the field's type accepted the value, if it is recorded.
    #[cfg(any(feature = "config", feature = "figment"))]
    pub(crate) recorded: Option<Node>,
}

#[derive(Debug)]
pub(crate) enum Status {
    /// No source before this place in the chain has it.
    Open {
        from: usize,
    },
    Found(FoundValue),
    Failed(Failure),
}

/// A value and where it came from.
pub(crate) struct FoundValue {
    pub(crate) value: Value,
    /// The place in the chain of the source that answered.
    pub(crate) place: usize,
    pub(crate) keyed_by: KeyedBy,
    pub(crate) outcome: Outcome,
}

#[cfg(any(feature = "config", feature = "figment"))]
impl FoundValue {
    /// The bytes that the value is, or stands for.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Mismatch> {
        self.value.binary(self.keyed_by == KeyedBy::Variable)
    }
}

impl std::fmt::Debug for FoundValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FoundValue")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Progress {
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

    /// What is told of the load, once it has come to its end.
    pub(crate) fn into_report(self, plan: &Plan) -> Report {
        let fields = plan.leaves.iter().zip(self.leaves);
        Report::new(
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
            identity: self.identity(),
            attempts: self.attempts,
            note: self.note,
            outcome: self.outcome.unwrap_or(Outcome::Missing),
        }
    }

    /// What tells the field's value from another one.
    #[cfg(feature = "live")]
    pub(crate) fn identity(&self) -> Identity {
        match (&self.status, &self.outcome) {
            (Status::Found(found), Some(outcome @ Outcome::Answered { .. })) => {
                Identity::of(&found.value, outcome)
            }
            _ => Identity::default(),
        }
    }

    pub(crate) fn is_open_at(&self, place: usize) -> bool {
        matches!(self.status, Status::Open { from } if from <= place)
    }

    /// The source that answered with what the type refused, and why it did.
    pub(crate) fn refused_by_type(&self) -> Option<(usize, &Failure)> {
        match (&self.status, &self.outcome) {
            (Status::Found(found), Some(Outcome::Failed(failure))) => Some((found.place, failure)),
            _ => None,
        }
    }

    /// Takes a value for a failure of its source, so that the next one is asked.
    pub(crate) fn reopen(&mut self, from: usize, failure: Failure) {
        if let Some(last) = self.attempts.last_mut() {
            last.answer = AttemptAnswer::Failed(failure);
        }
        self.status = Status::Open { from };
        self.outcome = None;
        self.note = None;
    }
}
