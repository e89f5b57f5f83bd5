//! Warnings about problems that did not fail the load.

use super::{Attempt, FieldOutcome, FieldReport, Note, UnusedAlias};
use crate::source::{FetchResult, KeyedBy, MissingReason};

impl FieldReport {
    /// Returns a warning, with a hint, about a problem that did not fail the load. Without the names of secrets and
    /// JSON keys, it is also logged, once per process.
    pub fn warning(&self) -> Option<String> {
        let unused_alias = self.unused_alias.as_deref();
        let problem = FieldProblem::of(&self.outcome, self.note, &self.attempts, unused_alias);
        Some(problem?.text(self))
    }
}

/// A problem that did not fail the load.
pub(crate) enum FieldProblem<'a> {
    /// The secret does not have the JSON key, but this one.
    SimilarKey(&'a Attempt, &'a str),
    /// The field contains an entire JSON object.
    EntireObject,
    /// An alias provided the value.
    FromAlias(&'a Attempt),
    /// An alias has a value too.
    UnusedAlias(&'a Attempt, &'a UnusedAlias),
}

impl<'a> FieldProblem<'a> {
    pub(crate) fn of(
        outcome: &FieldOutcome,
        note: Option<Note>,
        attempts: &'a [Attempt],
        unused_alias: Option<&'a UnusedAlias>,
    ) -> Option<Self> {
        match outcome {
            FieldOutcome::Absent | FieldOutcome::Default => attempts.iter().find_map(similar_key),
            FieldOutcome::Found(_) => of_alias(attempts, unused_alias).or_else(|| {
                matches!(note, Some(Note::KeyValueObject)).then_some(Self::EntireObject)
            }),
            FieldOutcome::Missing | FieldOutcome::Failed(_) => None,
        }
    }

    /// Returns the problem and a hint.
    fn text(&self, field: &FieldReport) -> String {
        match self {
            Self::SimilarKey(attempt, similar) => format!(
                "the secret `{}` has no key `{}`, but it has `{similar}`; correct `json_key` or the secret",
                attempt.id(),
                field.json_key_of(attempt).unwrap_or_default(),
            ),
            Self::EntireObject => format!(
                "the field contains the entire JSON object of the secret `{}`; to load one of its values, add `json_key = \"…\"`",
                field.attempts.last().map_or("", Attempt::id),
            ),
            Self::FromAlias(attempt) => format!(
                "the value is from an alias, the {}; store it as the {}, and then remove the alias",
                place_of(field, attempt),
                own_place(field, attempt),
            ),
            Self::UnusedAlias(attempt, alias) => format!(
                "the {} has a value, so its alias is not used: the {}; delete that value if no other application reads it",
                place_of(field, attempt),
                place(attempt.keyed_by, &alias.id, alias.json_key.as_deref()),
            ),
        }
    }

    /// Returns the problem for log events, without the names of secrets and JSON keys.
    pub(crate) fn logged(&self) -> &'static str {
        match self {
            Self::SimilarKey(..) => {
                "the secret does not have the JSON key, but a similar one; correct `json_key` or the secret"
            }
            Self::EntireObject => {
                "the field contains the entire JSON object of a secret; to load one of its values, add `json_key = \"…\"`"
            }
            Self::FromAlias(_) => {
                "the value is from an alias; store it under the current name, and then remove the alias"
            }
            Self::UnusedAlias(..) => {
                "an alias of the field has a value, which is not used; delete it if no other application reads it"
            }
        }
    }
}

/// Returns the key that an attempt found instead of the requested one.
fn similar_key(attempt: &Attempt) -> Option<FieldProblem<'_>> {
    match attempt.result() {
        FetchResult::Missing(MissingReason::JsonKey {
            similar: Some(similar),
        }) => Some(FieldProblem::SimilarKey(attempt, similar)),
        _ => None,
    }
}

fn of_alias<'a>(
    attempts: &'a [Attempt],
    unused_alias: Option<&'a UnusedAlias>,
) -> Option<FieldProblem<'a>> {
    let last = attempts.last()?;
    match unused_alias {
        _ if last.alias.is_some() => Some(FieldProblem::FromAlias(last)),
        Some(alias) => Some(FieldProblem::UnusedAlias(last, alias)),
        None => None,
    }
}

fn place_of(field: &FieldReport, attempt: &Attempt) -> String {
    place(attempt.keyed_by, attempt.id(), field.json_key_of(attempt))
}

/// Returns the field's own place in the source that provided the value of an alias.
fn own_place(field: &FieldReport, attempt: &Attempt) -> String {
    let id = match attempt.keyed_by {
        KeyedBy::SecretId => field.secret_id(),
        KeyedBy::EnvVar => field.variable(),
    };
    let key = field
        .json_key()
        .filter(|_| attempt.keyed_by == KeyedBy::SecretId);
    place(attempt.keyed_by, id.unwrap_or_default(), key)
}

fn place(keyed_by: KeyedBy, id: &str, json_key: Option<&str>) -> String {
    match (keyed_by, json_key) {
        (KeyedBy::SecretId, None) => format!("secret `{id}`"),
        (KeyedBy::SecretId, Some(key)) => format!("key `{key}` of the secret `{id}`"),
        (KeyedBy::EnvVar, _) => format!("environment variable `{id}`"),
    }
}
