//! Text about failed fields.

use std::fmt;

use super::{Attempt, FieldOutcome, FieldReport};
use crate::source::{FetchResult, KeyedBy};

/// A failed field in one line.
pub(crate) struct FieldLine<'a>(pub(crate) &'a FieldReport);

impl fmt::Display for FieldLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        let kind = if field.is_struct() { "struct" } else { "field" };
        write!(f, "{kind} `{}`", field.path())?;
        if let Some(error) = field.rejected_without_source() {
            let default = if field.is_struct() { "" } else { " (default)" };
            return write!(f, "{default}: {error}");
        }
        f.write_str(" ")?;
        let own = field.attempts().iter();
        let own: Vec<&Attempt> = own.filter(|attempt| attempt.alias.is_none()).collect();
        match (field.outcome(), field.failed_attempt(), &own[..]) {
            (FieldOutcome::Failed(error), Some(failed), _) => {
                write!(f, "({}): {error}", Requested(field, failed))
            }
            (_, _, [only]) => write!(f, "({}): {}", Requested(field, only), only.result()),
            (_, _, []) => f.write_str("cannot be stored by any source of the chain"),
            (_, _, [first, ..]) => {
                write!(f, "({}): not found in any source", Requested(field, first))
            }
        }
    }
}

/// The id and key of an attempt.
struct Requested<'a>(&'a FieldReport, &'a Attempt);

impl fmt::Display for Requested<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(field, attempt) = self;
        let kind = match attempt.keyed_by {
            KeyedBy::SecretId => "secret",
            KeyedBy::EnvVar => "variable",
        };
        write!(f, "{kind} `{}`", attempt.id())?;
        match field.json_key_of(attempt) {
            Some(key) => write!(f, ", JSON key `{key}`"),
            None => Ok(()),
        }
    }
}

/// A failed field with all attempts, without hints.
pub(crate) struct FieldDetails<'a>(pub(crate) &'a FieldReport);

impl fmt::Display for FieldDetails<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        f.write_str(field.path())?;
        if !field.description().is_empty() {
            write!(f, ": {}", field.description().replace('\n', " "))?;
        }
        for attempt in field.attempts() {
            write!(f, "\n  {}", attempt.source())?;
            if let Some(endpoint) = attempt.endpoint() {
                write!(f, " ({endpoint})")?;
            }
            write!(f, ": `{}`", attempt.id())?;
            if let Some(key) = field.json_key_of(attempt) {
                write!(f, ", JSON key `{key}`")?;
            }
            f.write_str(": ")?;
            match (attempt.result(), field.outcome()) {
                (FetchResult::Found(()), FieldOutcome::Failed(error)) => {
                    write!(f, "found, but {error}")?;
                }
                (result, _) => write!(f, "{result}")?,
            }
        }
        if let Some(error) = field.rejected_without_source() {
            let default = if field.is_struct() { "" } else { "default: " };
            write!(f, "\n  {default}{error}")?;
        }
        Ok(())
    }
}
