//! The log events of a load: the outcome of each field.

use super::plan::{Leaf, Plan};
use super::state::{LeafState, LoadState};
use crate::report::{Attempt, FieldOutcome};
use crate::source::SourceError;
use crate::telemetry::source_label;

/// Logs the source that provided each field, or why none did.
pub(super) fn log(config: &'static str, plan: &Plan, state: &LoadState) {
    for (leaf, state) in plan.leaves.iter().zip(&state.leaves) {
        log_field(config, leaf, state);
    }
    for rejected in &state.rejected {
        tracing::debug!(
            config,
            field = rejected.path,
            outcome = "failed",
            cause = rejected.error.kind().label(),
            "a struct was rejected"
        );
    }
}

fn log_field(config: &'static str, leaf: &Leaf, state: &LeafState) {
    let last = state.attempts.last().map(Attempt::source);
    let mut failure: Option<&SourceError> = None;
    let mut region = None;
    let (outcome, source) = match &state.outcome {
        Some(FieldOutcome::Found(provenance)) => {
            region = provenance.replica_region();
            ("found", Some(provenance.source()))
        }
        Some(FieldOutcome::Default) => ("default", None),
        Some(FieldOutcome::Absent) => ("absent", None),
        Some(FieldOutcome::Missing) | None => ("missing", None),
        Some(FieldOutcome::Failed(error)) => {
            failure = Some(error);
            ("failed", last)
        }
    };
    tracing::debug!(
        config,
        field = &*leaf.path,
        outcome,
        source = source.map(source_label),
        replica_region = region,
        cause = failure.map(|error| error.kind().label()),
        code = failure.and_then(SourceError::code_label),
        "a field was resolved"
    );
}
