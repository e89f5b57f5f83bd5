//! A failed field, as a person reads of it: where it was looked for, and what was answered.

use std::fmt;

use crate::report::{Attempt, AttemptAnswer, FieldReport, Outcome};
use crate::source::KeyedBy;

/// A failed field in one line.
pub(crate) struct Line<'a>(pub(crate) &'a FieldReport);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        write!(f, "field `{}` ", field.path())?;
        match (field.outcome(), field.attempts()) {
            (Outcome::Failed(failure), [.., last]) => {
                write!(f, "({}): {failure}", Asked(field, last))
            }
            (_, [only]) => write!(f, "({}): {}", Asked(field, only), only.answer()),
            (_, []) => f.write_str("can be held by no source of the chain"),
            (_, [first, ..]) => write!(f, "({}): no source has it", Asked(field, first)),
        }
    }
}

/// What a source was asked for.
struct Asked<'a>(&'a FieldReport, &'a Attempt);

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(field, attempt) = self;
        let kind = match attempt.keyed_by {
            KeyedBy::Secret => "secret",
            KeyedBy::Variable => "variable",
        };
        write!(f, "{kind} `{}`", attempt.asked())?;
        match field.json_key_of(attempt) {
            Some(key) => write!(f, ", JSON key `{key}`"),
            None => Ok(()),
        }
    }
}

/// A failed field in full, but for the help.
pub(crate) struct Story<'a>(pub(crate) &'a FieldReport);

impl fmt::Display for Story<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.0;
        write!(f, "\n\n  {}", field.path())?;
        if !field.description().is_empty() {
            write!(f, ": {}", field.description().replace('\n', " "))?;
        }
        for attempt in field.attempts() {
            write!(f, "\n    {}", attempt.source())?;
            if let Some(endpoint) = attempt.endpoint() {
                write!(f, " ({endpoint})")?;
            }
            write!(f, ": `{}`", attempt.asked())?;
            if let Some(key) = field.json_key_of(attempt) {
                write!(f, ", JSON key `{key}`")?;
            }
            f.write_str(": ")?;
            match (attempt.answer(), field.outcome()) {
                (AttemptAnswer::Found, Outcome::Failed(failure)) => {
                    write!(f, "found, but {failure}")?;
                }
                (answer, _) => write!(f, "{answer}")?,
            }
        }
        Ok(())
    }
}
