//! Warnings about fields that were loaded.

use std::collections::BTreeSet;

use super::plan::Plan;
use super::state::{LeafState, LoadState};
use crate::per_process::PerProcess;
use crate::report::FieldProblem;

/// Logs each warning once per process, without the names of secrets and JSON keys.
pub(crate) fn log(plan: &Plan, state: &LoadState) {
    let subject = plan.spec.name();
    for (leaf, state) in plan.leaves.iter().zip(&state.leaves) {
        let Some(warning) = warning(state) else {
            continue;
        };
        if is_new(subject, &leaf.path, warning) {
            tracing::warn!(config = subject, field = &*leaf.path, "{warning}");
        }
    }
}

fn warning(state: &LeafState) -> Option<&'static str> {
    let (outcome, unused_alias) = (state.outcome.as_ref()?, state.unused_alias.as_deref());
    let problem = FieldProblem::of(outcome, state.note, &state.attempts, unused_alias);
    Some(problem?.logged())
}

fn is_new(subject: &'static str, path: &str, warning: &'static str) -> bool {
    static LOGGED: PerProcess<BTreeSet<(&'static str, String, &'static str)>> = PerProcess::new();
    LOGGED.with(|logged| logged.insert((subject, path.to_owned(), warning)))
}
