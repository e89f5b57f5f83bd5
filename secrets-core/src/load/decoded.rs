//! A decoded value, and its default if it is missing.

use std::fmt;

use super::state::LeafState;
use super::validate::{self, Validation};
use crate::report::FieldOutcome;

/// Value of one field, or the reason why it is missing.
pub struct Decoded<'a, T> {
    pub(super) value: Option<T>,
    pub(super) state: &'a mut LeafState,
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

    /// Returns the value, or the field of the struct's default if it is missing in all sources.
    pub fn or_take(self, take: impl FnOnce() -> Option<T>) -> Option<T> {
        match (self.value, &self.state.outcome) {
            (None, None) => {
                self.state.outcome = Some(FieldOutcome::Default);
                take()
            }
            (value, _) => value,
        }
    }

    /// Returns the value, or the optional field of the struct's default if it is missing in all sources.
    pub fn optional_or_take(self, take: impl FnOnce() -> Option<Option<T>>) -> Option<Option<T>> {
        if self.value.is_some() || self.state.outcome.is_some() {
            return self.value.map(Some);
        }
        let value = take()?;
        self.state.outcome = Some(match value {
            Some(_) => FieldOutcome::Default,
            None => FieldOutcome::Absent,
        });
        Some(value)
    }
}

impl<'a, T> Decoded<'a, T> {
    fn take(&mut self) -> Decoded<'_, T> {
        Decoded {
            value: self.value.take(),
            state: &mut *self.state,
        }
    }

    /// Sets the application's function that validates the value, also if the value is a default.
    pub fn validate<F: FnOnce(&T) -> Validation>(self, validate: F) -> Validated<'a, T, F> {
        Validated {
            decoded: self,
            validate,
        }
    }
}

/// Value of one field that is validated before it is returned.
pub struct Validated<'a, T, F> {
    decoded: Decoded<'a, T>,
    validate: F,
}

impl<T, F: FnOnce(&T) -> Validation> Validated<'_, T, F> {
    /// Returns the value. It is required.
    pub fn required(mut self) -> Option<T> {
        let value = self.decoded.take().required();
        self.valid(value)
    }

    /// Returns the value, or `Some(None)` if it is missing in all sources.
    pub fn optional(mut self) -> Option<Option<T>> {
        let value = self.decoded.take().optional()?;
        self.valid_or_none(value)
    }

    /// Returns the value, or the field of the struct's default if it is missing in all sources.
    pub fn or_take(mut self, take: impl FnOnce() -> Option<T>) -> Option<T> {
        let value = self.decoded.take().or_take(take);
        self.valid(value)
    }

    /// Returns the value, or the optional field of the struct's default if it is missing in all sources.
    pub fn optional_or_take(
        mut self,
        take: impl FnOnce() -> Option<Option<T>>,
    ) -> Option<Option<T>> {
        let value = self.decoded.take().optional_or_take(take)?;
        self.valid_or_none(value)
    }

    /// Returns the value, or the default if it is missing in all sources.
    pub fn or_else(mut self, default: impl FnOnce() -> T) -> Option<T> {
        let value = self.decoded.take().or_else(default);
        self.valid(value)
    }

    #[expect(clippy::option_option, reason = "`None` is an error")]
    fn valid_or_none(self, value: Option<T>) -> Option<Option<T>> {
        match value {
            None => Some(None),
            value => self.valid(value).map(Some),
        }
    }

    fn valid(self, value: Option<T>) -> Option<T> {
        let value = value?;
        match validate::run(&value, self.validate) {
            Ok(()) => Some(value),
            Err(error) => {
                self.decoded.state.outcome = Some(FieldOutcome::Failed(error));
                None
            }
        }
    }
}

impl<T> fmt::Debug for Decoded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoded").finish_non_exhaustive()
    }
}

impl<T, F> fmt::Debug for Validated<'_, T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Validated").finish_non_exhaustive()
    }
}
