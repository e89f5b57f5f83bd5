//! Text about failed fields.

use std::fmt;

use super::{Attempt, FieldOutcome, FieldReport};
use crate::source::{FetchResult, KeyedBy};

/// A failed field in one line.
pub(crate) struct FieldLine<'a>(pub(crate) &'a FieldReport);

impl fmt::Display for FieldLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        write!(f, "field `{}` ", field.path())?;
        match (field.outcome(), field.attempts()) {
            (FieldOutcome::Failed(error), [.., last]) => {
                write!(f, "({}): {error}", Requested(field, last))
            }
            (_, [only]) => write!(f, "({}): {}", Requested(field, only), only.result()),
            (_, []) => f.write_str("cannot be stored by any source of the chain"),
            (_, [first, ..]) => write!(f, "({}): not found in any source", Requested(field, first)),
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
        Ok(())
    }
}
