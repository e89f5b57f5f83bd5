//! The interface that derived constructors use.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::plan::Plan;
use super::state::{LeafState, LoadState, Status};
use crate::decode::{Accepted, Mismatch, Value, is_optional, type_name};
use crate::report::{FieldOutcome, Note};
use crate::source::{KeyedBy, SourceError, SourceErrorKind};
use crate::spec::{Field, Spec};

/// Values of a struct, from which its fields are decoded.
///
/// Every field is decoded, even after one that failed, so that one load reports all failures.
pub struct Values<'a> {
    spec: &'static Spec,
    /// The field that was decoded last, and the place of its first value in the plan.
    field: usize,
    leaf: usize,
    state: &'a mut LoadState,
}

/// Value of one field, or the reason why it is missing.
pub struct Decoded<'a, T> {
    value: Option<T>,
    state: &'a mut LeafState,
}

impl<'a> Values<'a> {
    /// Returns the values of a plan's struct.
    pub(crate) fn new(plan: &Plan, state: &'a mut LoadState) -> Self {
        Self {
            spec: plan.spec,
            field: 0,
            leaf: 0,
            state,
        }
    }
}

impl Values<'_> {
    /// Decodes a field with serde.
    pub fn decode<T: DeserializeOwned>(&mut self, field: usize) -> Decoded<'_, T> {
        let recording = self.state.recording;
        let mut note = None;
        #[cfg(any(feature = "config", feature = "figment"))]
        let mut recorded = None;
        let decoded = self.with(field, |value, keyed_by| {
            let accepted: Accepted<T> = value.deserialize(recording)?;
            let is_secret = keyed_by == KeyedBy::SecretId;
            if is_secret && accepted.is_whole_text && value.is_key_value_object() {
                note = Some(Note::KeyValueObject);
            }
            #[cfg(any(feature = "config", feature = "figment"))]
            {
                recorded = accepted.recorded;
            }
            Ok(accepted.value)
        });
        if matches!(decoded.state.status, Status::Open { .. }) && is_optional::<T>() {
            note = Some(Note::OptionalType);
        }
        decoded.state.note = note;
        #[cfg(any(feature = "config", feature = "figment"))]
        {
            decoded.state.recorded = recorded;
        }
        decoded
    }

    /// Parses a field with `FromStr`.
    pub fn parse<T: FromStr>(&mut self, field: usize) -> Decoded<'_, T> {
        self.parse_with(field, T::from_str)
    }

    /// Parses a field with the application's function.
    pub fn parse_with<T, E, F: Fn(&str) -> Result<T, E>>(
        &mut self,
        field: usize,
        parse: F,
    ) -> Decoded<'_, T> {
        self.with(field, |value, _| value.parse(parse))
    }

    /// Decodes a field of bytes.
    pub fn binary<T: TryFrom<Vec<u8>>>(&mut self, field: usize) -> Decoded<'_, T> {
        self.with(field, |value, keyed_by| {
            value.binary(keyed_by == KeyedBy::EnvVar)
        })
    }

    /// Decodes a nested struct.
    ///
    /// The constructor is an argument, not a bound on `T`, so that the compiler reports a missing implementation only
    /// once, for the declaration. The box keeps the caller's stack frame small.
    pub fn nested<T>(
        &mut self,
        field: usize,
        build: fn(&mut Values<'_>) -> Option<T>,
    ) -> Option<Box<T>> {
        let leaf = self.leaf(field);
        let values = &mut Values {
            spec: self.spec.fields().get(field)?.nested_spec()?,
            field: 0,
            leaf,
            state: self.state,
        };
        build(values).map(Box::new)
    }

    /// Decodes an optional nested struct. It is `None` if all of its values are missing.
    pub fn nested_optional<T>(
        &mut self,
        field: usize,
        build: fn(&mut Values<'_>) -> Option<T>,
    ) -> Option<Box<Option<T>>> {
        let first = self.leaf(field);
        let count = self.spec.fields().get(field)?.leaf_count();
        let leaves = &mut self.state.leaves[first..first + count];
        if leaves
            .iter()
            .all(|leaf| matches!(leaf.status, Status::Open { .. }))
        {
            for leaf in leaves {
                leaf.outcome = Some(FieldOutcome::Absent);
            }
            return Some(Box::new(None));
        }
        let nested = self.nested(field, build)?;
        Some(Box::new(Some(*nested)))
    }

    fn with<T>(
        &mut self,
        field: usize,
        decode: impl FnOnce(&Value, KeyedBy) -> Result<T, Mismatch>,
    ) -> Decoded<'_, T> {
        let leaf = self.leaf(field);
        let state = &mut self.state.leaves[leaf];
        let (value, outcome) = match &state.status {
            Status::Open { .. } => (None, None),
            Status::Failed(error) => (None, Some(FieldOutcome::Failed(error.clone()))),
            Status::Found(found) => match decode(&found.value, found.keyed_by) {
                Ok(value) => (Some(value), Some(found.outcome.clone())),
                Err(mismatch) => (None, Some(FieldOutcome::Failed(malformed::<T>(&mismatch)))),
            },
        };
        state.outcome = outcome;
        Decoded { value, state }
    }

    /// Returns the place of a field's first value. Fields are decoded in the order of their declaration, so each is
    /// counted once.
    fn leaf(&mut self, field: usize) -> usize {
        let skipped = self.spec.fields().get(self.field..field);
        self.leaf += skipped
            .into_iter()
            .flatten()
            .map(Field::leaf_count)
            .sum::<usize>();
        self.field = field;
        self.leaf
    }
}

fn malformed<T>(mismatch: &Mismatch) -> SourceError {
    SourceError::new(SourceErrorKind::Malformed, mismatch.to_string()).with_hint(format!(
        "the field's type is `{}`; correct the value or the type",
        type_name::<T>()
    ))
}

impl<T> Decoded<'_, T> {
    /// Returns the value. It is required.
    pub fn required(self) -> Option<T> {
        if self.value.is_none() {
            self.state.outcome.get_or_insert(FieldOutcome::Missing);
        }
        self.value
    }

    /// Returns the value, or `Some(None)` if it is missing in all sources.
    pub fn optional(self) -> Option<Option<T>> {
        match (self.value, &self.state.outcome) {
            (Some(value), _) => Some(Some(value)),
            (None, Some(_)) => None,
            (None, None) => {
                self.state.outcome = Some(FieldOutcome::Absent);
                Some(None)
            }
        }
    }

    /// Returns the value, or the default if it is missing in all sources.
    pub fn or_else(self, default: impl FnOnce() -> T) -> Option<T> {
        match (self.value, &self.state.outcome) {
            (Some(value), _) => Some(value),
            (None, Some(_)) => None,
            (None, None) => {
                self.state.outcome = Some(FieldOutcome::Default);
                Some(default())
            }
        }
    }
}

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("spec", &self.spec.name())
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Decoded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").finish_non_exhaustive()
    }
}
