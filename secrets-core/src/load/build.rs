//! The interface that derived constructors use.

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::decoded::Decoded;
use super::plan::Plan;
use super::state::{LeafState, LoadState, RejectedStruct, Status};
use super::validate::{self, Validation};
use crate::decode::{Accepted, Input, Mismatch, Value, is_optional, type_name};
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
    /// The fields that lead to a nested struct.
    nesting: Option<Nesting<'a>>,
    /// The default of the next field, if it is decoded.
    default_text: Option<&'static str>,
    state: &'a mut LoadState,
}

/// A field that contains a nested struct.
struct Nesting<'a> {
    field: &'static Field,
    outer: Option<&'a Nesting<'a>>,
}

impl Nesting<'_> {
    fn path(&self) -> String {
        let name = self.field.name();
        let outer = self.outer.map(|outer| format!("{}.", outer.path()));
        outer.unwrap_or_default() + name
    }
}

impl<'a> Values<'a> {
    /// Returns the values of a plan's struct.
    pub(crate) fn new(plan: &Plan, state: &'a mut LoadState) -> Self {
        state.rejected.clear();
        Self {
            spec: plan.spec,
            field: 0,
            leaf: 0,
            nesting: None,
            default_text: None,
            state,
        }
    }
}

impl Values<'_> {
    /// Decodes a field with serde.
    pub fn decode<T: DeserializeOwned>(&mut self, field: usize) -> Decoded<'_, T> {
        let decoded = self.decode_with(field, |input| T::deserialize(input));
        if matches!(decoded.state.status, Status::Open { .. }) && is_optional::<T>() {
            decoded.state.note = Some(Note::OptionalType);
        }
        decoded
    }

    /// Decodes a field with a function of serde's signature.
    pub fn decode_with<T, F: Fn(Input<'_, '_>) -> Result<T, Mismatch>>(
        &mut self,
        field: usize,
        decode: F,
    ) -> Decoded<'_, T> {
        let recording = self.state.recording;
        let separator = self.spec.fields().get(field).and_then(Field::separator);
        let mut note = None;
        #[cfg(any(feature = "config", feature = "figment"))]
        let mut recorded = None;
        let decoded = self.with(field, |value, keyed_by| {
            let list = separator.map(|separator| value.split(separator));
            let list = list.transpose()?;
            let value = list.as_ref().unwrap_or(value);
            let accepted: Accepted<T> = value.deserialize(recording, &decode)?;
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

    /// Decodes a field whose default is text: converted if its type has a conversion, and decoded like a value if not.
    pub fn or_text<T>(
        &mut self,
        text: &'static str,
        convert: Option<fn(&'static str) -> T>,
        decode: impl for<'v> FnOnce(&'v mut Self) -> Decoded<'v, T>,
    ) -> Decoded<'_, T> {
        self.default_text = convert.is_none().then_some(text);
        let mut decoded = decode(self);
        if let (Some(convert), None, None) = (convert, &decoded.value, &decoded.state.outcome) {
            decoded.state.outcome = Some(FieldOutcome::Default);
            decoded.value = Some(convert(text));
        }
        decoded
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
        let field = self.spec.fields().get(field)?;
        let values = &mut Values {
            spec: field.nested_spec()?,
            field: 0,
            leaf,
            nesting: Some(Nesting {
                field,
                outer: self.nesting.as_ref(),
            }),
            default_text: None,
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
        let is_open = |leaf: &LeafState| matches!(leaf.status, Status::Open { .. });
        if !self.state.checks_defaults && leaves.iter().all(is_open) {
            for leaf in leaves {
                leaf.outcome = Some(FieldOutcome::Absent);
            }
            return Some(Box::new(None));
        }
        let nested = self.nested(field, build)?;
        Some(Box::new(Some(*nested)))
    }

    /// Returns the struct if the application's function accepts it.
    pub fn validate<T>(&mut self, built: T, validate: impl FnOnce(&T) -> Validation) -> Option<T> {
        let Err(error) = validate::run(&built, validate) else {
            return Some(built);
        };
        let nesting = self.nesting.as_ref();
        self.state.rejected.push(RejectedStruct {
            path: nesting.map_or_else(|| self.spec.name().to_owned(), Nesting::path),
            description: nesting.map_or("", |nesting| nesting.field.description()),
            error,
        });
        None
    }

    fn with<T>(
        &mut self,
        field: usize,
        decode: impl FnOnce(&Value, KeyedBy) -> Result<T, Mismatch>,
    ) -> Decoded<'_, T> {
        let leaf = self.leaf(field);
        let default = self.default_text.take();
        let state = &mut self.state.leaves[leaf];
        let (value, outcome) = match &state.status {
            Status::Open { .. } => {
                match default.map(|text| decode(&Value::text_of(text), KeyedBy::EnvVar)) {
                    None => (None, None),
                    Some(Ok(value)) => (Some(value), Some(FieldOutcome::Default)),
                    Some(Err(mismatch)) => {
                        (None, Some(FieldOutcome::Failed(malformed::<T>(&mismatch))))
                    }
                }
            }
            Status::Failed(error) => (None, Some(FieldOutcome::Failed(error.clone()))),
            Status::Found(found) => match decode(&found.value, found.keyed_by) {
                Ok(value) => {
                    let provenance = found.provenance.clone();
                    (Some(value), Some(FieldOutcome::Found(provenance)))
                }
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

impl fmt::Debug for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Values")
            .field("spec", &self.spec.name())
            .finish_non_exhaustive()
    }
}
