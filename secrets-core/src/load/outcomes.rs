//! The log events of a load: the outcome of each field.

use super::plan::{Leaf, Plan};
use super::state::{LeafState, LoadState};
use crate::report::FieldOutcome;
use crate::source::SourceError;

/// Logs the source that provided each field, or why none did.
pub(super) fn log(config: &'static str, plan: &Plan, state: &LoadState) {
    for (leaf, state) in plan.leaves.iter().zip(&state.leaves) {
        log_field(config, leaf, state);
    }
}

fn log_field(config: &'static str, leaf: &Leaf, state: &LeafState) {
    let last = state.attempts.last().map(|attempt| attempt.source.as_str());
    let mut failure: Option<&SourceError> = None;
    let mut region = None;
    let (outcome, source) = match &state.outcome {
        Some(FieldOutcome::Found {
            source,
            replica_region,
            ..
        }) => {
            region = replica_region.as_deref();
            ("found", Some(source.as_str()))
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
        field = leaf.path,
        outcome,
        source,
        replica_region = region,
        cause = failure.map(|error| error.kind().as_str()),
        code = failure.and_then(SourceError::code),
        "a field was resolved"
    );
}
