//! Validation of values and structs by functions of the application.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::report::ValueFree;
use crate::source::{SourceError, SourceErrorKind};

/// Result of a `validate` function: the reason of a rejection, or `None` if its text could contain the value.
pub(super) type Validation = Result<(), Option<String>>;

/// Result of a call of the application's function, before its error becomes a `Validation`.
///
/// Error types that are marked as free of values use the inherent method, and all others the one of [`HiddenReason`].
#[derive(Debug)]
pub struct Validity<E>(pub Result<(), E>);

impl<E: ValueFree> Validity<E> {
    /// Returns the verdict with its reason.
    ///
    /// # Errors
    ///
    /// Returns the reason if the function rejected the value.
    pub fn verdict(self) -> Validation {
        self.0.map_err(|reason| Some(reason.to_string()))
    }
}

/// Verdicts without the reason.
pub trait HiddenReason {
    /// Returns the verdict without its reason.
    ///
    /// # Errors
    ///
    /// Returns `None` if the function rejected the value.
    fn verdict(self) -> Validation;
}

impl<E> HiddenReason for Validity<E> {
    fn verdict(self) -> Validation {
        self.0.map_err(|_| None)
    }
}

/// Calls the application's function, and returns an error if it rejects the value or panics.
pub(super) fn run<T>(
    value: &T,
    validate: impl FnOnce(&T) -> Validation,
) -> Result<(), SourceError> {
    let message = match catch_unwind(AssertUnwindSafe(|| validate(value))) {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(Some(reason))) => reason,
        Ok(Err(None)) => "rejected by the function of `validate`".to_owned(),
        Err(_) => "the function of `validate` panicked".to_owned(),
    };
    Err(SourceError::new(SourceErrorKind::Invalid, message)
        .with_hint("correct the value, or the function of `validate`"))
}
