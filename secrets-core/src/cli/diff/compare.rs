//! Comparison of the values of both sides.

use std::fmt;

use zeroize::Zeroizing;

use super::side_error::SideError;
use crate::load::plan::{Leaf, Plan};
use crate::load::state::{FoundValue, LeafState, LoadState, Status};
use crate::report::FieldOutcome;
use crate::source::{FetchResult, SourceError, SourceErrorKind};
use crate::spec::Reach;

/// The comparison of the two values of a field. Sides are shown by their labels.
pub(super) enum Comparison<'a> {
    Same,
    Differs,
    OnlyIn(&'a str),
    InNeither,
    Failed(Vec<(&'a str, SideError)>),
}

/// The AWS settings in which the sides differ. Each value must depend on them.
#[derive(Clone, Copy)]
pub(super) struct AwsSettings<'a> {
    /// The regions of both sides, if they are compared.
    pub(super) regions: Option<[Option<&'a str>; 2]>,
}

/// The value of a field on a side.
enum DiffValue<'a> {
    Value(&'a FoundValue),
    Missing,
    Failed(SideError),
}

/// Compares all fields that sources of secrets can provide. If regions or profiles are compared, each value must be
/// that of its side.
pub(super) fn all<'a>(
    plan: &'a Plan,
    [first, second]: [&LoadState; 2],
    labels: [&'a str; 2],
    settings: Option<AwsSettings<'_>>,
) -> Vec<(&'a str, Comparison<'a>)> {
    let values = first.leaves.iter().zip(&second.leaves);
    let fields = plan.leaves.iter().zip(values);
    let compared = fields.filter(|(leaf, _)| leaf.reach() != Reach::EnvironmentOnly);
    let compared = compared.map(|(leaf, (first, second))| {
        let mut values = [value_of(first), value_of(second)];
        if let Some(settings) = settings {
            settings.verify(leaf, &mut values, labels);
        }
        let comparison = compare(leaf, values, labels);
        (&*leaf.path, comparison)
    });
    compared.collect()
}

fn compare<'a>(leaf: &Leaf, values: [DiffValue<'_>; 2], labels: [&'a str; 2]) -> Comparison<'a> {
    match values {
        [DiffValue::Value(first), DiffValue::Value(second)] if equal(leaf, first, second) => {
            Comparison::Same
        }
        [DiffValue::Value(_), DiffValue::Value(_)] => Comparison::Differs,
        [DiffValue::Value(_), DiffValue::Missing] => Comparison::OnlyIn(labels[0]),
        [DiffValue::Missing, DiffValue::Value(_)] => Comparison::OnlyIn(labels[1]),
        [DiffValue::Missing, DiffValue::Missing] => Comparison::InNeither,
        values => {
            let failures = values.into_iter().zip(labels);
            let failures = failures.filter_map(|(value, label)| match value {
                DiffValue::Failed(failure) => Some((label, failure)),
                _ => None,
            });
            Comparison::Failed(failures.collect())
        }
    }
}

fn value_of(state: &LeafState) -> DiffValue<'_> {
    if let (_, Some(FieldOutcome::Failed(failure))) | (Status::Failed(failure), _) =
        (&state.status, &state.outcome)
    {
        return DiffValue::Failed(failure.clone().into());
    }
    // A source that was not queried or failed could have another value than the later ones.
    let unknown = state
        .attempts
        .iter()
        .find_map(|attempt| match &attempt.result {
            FetchResult::NotConfigured(reason) => Some(SideError::NotConfigured(reason.clone())),
            FetchResult::Failed(failure) => Some(failure.clone().into()),
            _ => None,
        });
    match (unknown, &state.status) {
        (Some(unknown), _) => DiffValue::Failed(unknown),
        (None, Status::Found(found)) => DiffValue::Value(found),
        (None, _) => DiffValue::Missing,
    }
}

impl AwsSettings<'_> {
    /// Replaces values that do not depend on the settings with errors.
    fn verify(self, leaf: &Leaf, values: &mut [DiffValue<'_>; 2], labels: [&str; 2]) {
        for value in values.iter_mut() {
            value.require_aws();
        }
        let Some(regions) = self.regions else {
            return;
        };
        for (value, region) in values.iter_mut().zip(regions) {
            value.require_region(leaf, region);
        }
        let [first, second] = &*values;
        if let Some(arn) = arn(first).filter(|first| arn(second) == Some(first)) {
            let message = format!("same secret as in {}: `{arn}`", labels[0]);
            values[1] = DiffValue::invalid(message);
        }
    }
}

/// Returns the ARN of a value.
fn arn<'v>(value: &'v DiffValue<'_>) -> Option<&'v str> {
    match value {
        DiffValue::Value(found) => found.provenance.arn(),
        _ => None,
    }
}

impl DiffValue<'_> {
    fn invalid(message: String) -> Self {
        Self::Failed(SourceError::new(SourceErrorKind::Configuration, message).into())
    }

    /// Replaces a value with an error if its source ignores the region and the profile.
    fn require_aws(&mut self) {
        let Self::Value(found) = self else {
            return;
        };
        let source = found.provenance.source();
        // The agent has its own region and credentials.
        let is_agent = ["agent", "agent-ssm"].contains(&source);
        if is_agent || found.provenance.arn().is_none() {
            let message =
                format!("the value from `{source}` does not depend on the AWS region and profile");
            *self = Self::invalid(message);
        }
    }

    /// Replaces a value of another region with an error. A replica provides it if the region fails, and a source can
    /// have a region of its own. An ARN specifies its region.
    fn require_region(&mut self, leaf: &Leaf, region: Option<&str>) {
        let Self::Value(found) = self else {
            return;
        };
        let is_arn = leaf
            .address
            .as_ref()
            .is_some_and(|address| address.request.id().starts_with("arn:"));
        let arn = found.provenance.arn();
        let own = arn.and_then(|arn| arn.split(':').nth(3));
        let is_other = |own: &str| region.is_some_and(|region| region != own);
        let other = own.filter(|own| !is_arn && is_other(own));
        if let Some(other) = found.provenance.replica_region().or(other) {
            let message = format!("the value is from region {other}");
            let error = SourceError::new(SourceErrorKind::Unreachable, message);
            *self = Self::Failed(error.into());
        }
    }
}

fn equal(leaf: &Leaf, first: &FoundValue, second: &FoundValue) -> bool {
    if let Some(separator) = leaf.field.separator() {
        return first.value.equals_list(&second.value, separator);
    }
    if !leaf.field.is_binary() {
        return first.value.equals(&second.value);
    }
    let bytes = |found: &FoundValue| found.bytes().map(Zeroizing::new);
    matches!((bytes(first), bytes(second)), (Ok(first), Ok(second)) if first == second)
}

impl Comparison<'_> {
    pub(super) fn is_difference(&self) -> bool {
        !matches!(self, Self::Same | Self::InNeither)
    }

    /// Returns whether a side could not be queried.
    pub(super) fn is_unknown(&self) -> bool {
        let mut failures = self.failures().iter();
        failures.any(|(_, failure)| failure.is_unknown())
    }

    pub(super) fn failures(&self) -> &[(&str, SideError)] {
        match self {
            Self::Failed(failures) => failures,
            _ => &[],
        }
    }
}

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Same => f.write_str("same"),
            Self::Differs => f.write_str("differs"),
            Self::OnlyIn(side) => write!(f, "only in {side}"),
            Self::InNeither => f.write_str("in neither"),
            Self::Failed(failures) => {
                f.write_str("failed: ")?;
                for (i, (side, failure)) in failures.iter().enumerate() {
                    let comma = if i > 0 { ", " } else { "" };
                    write!(f, "{comma}{} ({side})", failure.cause())?;
                }
                Ok(())
            }
        }
    }
}
