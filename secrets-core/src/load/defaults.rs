//! Checks of defaults.

use super::build::Values;
use super::plan::Plan;
use super::state::{LeafState, LoadState};
use crate::error::Error;
use crate::report::FieldOutcome;
use crate::spec::Spec;

/// Builds a struct without any value. Returns an error if a default is rejected, or if the declaration is not valid.
pub(super) fn check<T>(
    spec: &'static Spec,
    build: fn(&mut Values<'_>) -> Option<T>,
) -> Result<(), Error> {
    let subject = spec.name();
    let plan = Plan::new(spec, &|_| None).map_err(|flaws| Error::declaration(subject, flaws))?;
    let mut state = LoadState::new(&plan);
    state.checks_defaults = true;
    drop(build(&mut Values::new(&plan, &mut state)));
    state.leaves.iter_mut().for_each(ignore_missing);
    // A struct without values is not one that the application would use.
    state.rejected.clear();
    let report = state.into_report(&plan);
    if report.failed().next().is_none() {
        return Ok(());
    }
    Err(Error::fields_of(subject, report))
}

/// A required field has no default that could be wrong.
fn ignore_missing(leaf: &mut LeafState) {
    if matches!(leaf.outcome, None | Some(FieldOutcome::Missing)) {
        leaf.outcome = Some(FieldOutcome::Absent);
    }
}
