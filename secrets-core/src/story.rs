//! A failed field, as a person reads of it: where it was looked for, what was answered, what to do.

use std::fmt;

use from_secrets_syntax::{Arn, suffix_like_an_arn};

use crate::report::{Attempt, AttemptAnswer, FieldReport, Outcome};
use crate::source::{KeyedBy, Missing};

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

/// A failed field in full.
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
        match hint(field) {
            Some(hint) => write!(f, "\n    help: {hint}"),
            None => Ok(()),
        }
    }
}

/// The likely fix.
pub(crate) fn hint(field: &FieldReport) -> Option<String> {
    if let Outcome::Failed(failure) = field.outcome() {
        return failure.hint().map(str::to_owned);
    }
    if field.attempts().is_empty() {
        return Some(
            "give the field an `env`, or put a source of secrets into the chain".to_owned(),
        );
    }
    let failed = field
        .attempts()
        .iter()
        .find_map(|attempt| match attempt.answer() {
            AttemptAnswer::Failed(failure) => failure.hint(),
            _ => None,
        });
    let fix = failed.map(str::to_owned).or_else(|| secret_hint(field));
    let has_variables = field
        .attempts()
        .iter()
        .any(|attempt| attempt.keyed_by == KeyedBy::Variable);
    let variable = field
        .variable()
        .filter(|_| has_variables)
        .map(|variable| format!("set the environment variable `{variable}`"));
    match (fix, variable) {
        (Some(fix), Some(variable)) => Some(format!("{fix}, or {variable}")),
        (fix, variable) => fix.or(variable),
    }
}

/// An ARN itself ends like one, and is complete.
fn is_name_like_an_arn(id: &str) -> bool {
    !Arn::is_meant_by(id) && suffix_like_an_arn(id)
}

/// What sets a source up, where it is not.
fn configured(source: &str) -> String {
    match source {
        "aws" | "ssm" => {
            "give this process AWS credentials (a role, or a profile in AWS_PROFILE)".to_owned()
        }
        "agent" | "agent-ssm" => "start the Secrets Manager Agent".to_owned(),
        "files" => "mount the secrets".to_owned(),
        "dotenv" => "write a `.env`".to_owned(),
        other => format!("set up the source `{other}`"),
    }
}

fn secret_hint(field: &FieldReport) -> Option<String> {
    let id = field.secret_id()?;
    let key = field.json_key().unwrap_or_default();
    field.attempts().iter().find_map(|attempt| match attempt.answer() {
        AttemptAnswer::NotConfigured(_) => Some(configured(attempt.source())),
        AttemptAnswer::Missing(Missing::Secret) if is_name_like_an_arn(id) => Some(format!(
            "create the secret `{id}`; if it exists, name it by its whole ARN, because Secrets Manager can take the end of this name for an ARN's suffix"
        )),
        AttemptAnswer::Missing(Missing::Secret) => {
            Some(format!("create the secret `{id}`, in the region and account that are asked"))
        }
        AttemptAnswer::Missing(Missing::Parameter) => Some(format!(
            "create the parameter `{id}`, in the region and account that are asked"
        )),
        AttemptAnswer::Missing(Missing::File) => {
            let place = attempt.endpoint().unwrap_or("the directory of the secrets");
            Some(format!("mount a file for `{id}` in {place}"))
        }
        AttemptAnswer::Missing(Missing::Name) => Some(format!(
            "give `{id}` a name that the source `{}` can hold, or put another source into the chain",
            attempt.source()
        )),
        AttemptAnswer::Missing(Missing::Version) => {
            Some(format!("put a value into the secret `{id}`, or correct the version"))
        }
        AttemptAnswer::Missing(Missing::JsonNull) => {
            Some(format!("put a value under the key `{key}` of the secret `{id}`"))
        }
        AttemptAnswer::Missing(Missing::JsonKey { .. }) => {
            Some(format!("add the key `{key}` to the secret `{id}`, or correct `json_key`"))
        }
        _ => None,
    })
}
