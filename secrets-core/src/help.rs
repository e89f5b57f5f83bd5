//! What to do about fields that failed.

use from_secrets_syntax::{Arn, is_managed, suffix_like_an_arn};

use crate::grouped::grouped;
use crate::report::{Attempt, AttemptAnswer, FieldReport, Note, Outcome};
use crate::source::{KeyedBy, Missing};

/// Ways to fill a field; any of them will do.
struct Help(Vec<Remedy>);

struct Remedy {
    /// As it is told of this field.
    own: String,
    /// As it is told of fields for which `own` differs, but not in kind.
    shared: String,
}

/// What to do about one field, or about several.
pub(crate) struct Advice<'a> {
    pub(crate) fields: Vec<&'a str>,
    pub(crate) text: String,
}

/// What to do about these. What is the same for several is said once.
pub(crate) fn advice<'a>(failed: impl IntoIterator<Item = &'a FieldReport>) -> Vec<Advice<'a>> {
    let helps: Vec<(Help, &str)> = failed
        .into_iter()
        .filter_map(|field| Some((help(field)?, field.path())))
        .collect();
    let groups = grouped(
        helps
            .iter()
            .map(|(help, path)| (help.kind(), (help, *path))),
    );
    let told = groups.into_iter().map(|(_, those)| {
        let (helps, fields): (Vec<&Help>, Vec<&str>) = those.into_iter().unzip();
        Advice {
            fields,
            text: together(&helps),
        }
    });
    told.collect()
}

/// What helps all of these, which are of one kind.
fn together(helps: &[&Help]) -> String {
    let Some((first, others)) = helps.split_first() else {
        return String::new();
    };
    let remedies = first.0.iter().enumerate().map(|(index, remedy)| {
        let is_same = others.iter().all(|help| help.0[index].own == remedy.own);
        let text = if is_same { &remedy.own } else { &remedy.shared };
        text.as_str()
    });
    remedies.collect::<Vec<_>>().join(", or ")
}

impl Help {
    fn kind(&self) -> Vec<&str> {
        self.0.iter().map(|remedy| remedy.shared.as_str()).collect()
    }
}

impl Remedy {
    fn new(own: impl Into<String>, shared: impl Into<String>) -> Self {
        Self {
            own: own.into(),
            shared: shared.into(),
        }
    }

    fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::new(text.clone(), text)
    }
}

fn help(field: &FieldReport) -> Option<Help> {
    if let Outcome::Failed(failure) = field.outcome() {
        return Some(Help(vec![Remedy::same(failure.hint()?)]));
    }
    let attempts = field.attempts();
    if attempts.is_empty() {
        return Some(Help(vec![Remedy::new(
            "give the field an `env`, or put a source of secrets into the chain",
            "give these fields an `env`, or put a source of secrets into the chain",
        )]));
    }
    let failed = attempts.iter().find_map(|attempt| match attempt.answer() {
        AttemptAnswer::Failed(failure) => failure.hint().map(Remedy::same),
        _ => None,
    });
    let fix = failed.or_else(|| by_secret(field));
    let has_variables = attempts
        .iter()
        .any(|attempt| attempt.keyed_by == KeyedBy::Variable);
    let variable = field.variable().filter(|_| has_variables).map(|variable| {
        Remedy::new(
            format!("set the environment variable `{variable}`"),
            "set these environment variables",
        )
    });
    let alias = (field.note == Some(Note::OptionalType)).then(|| {
        Remedy::same(
            "write the field's type as `Option<…>`, because the derive cannot see through an alias",
        )
    });
    let line = field.attempts().iter().find_map(by_line);
    let fixes = fix.into_iter().chain(line).chain(variable);
    let remedies: Vec<Remedy> = fixes.chain(alias).collect();
    (!remedies.is_empty()).then_some(Help(remedies))
}

/// What the first source lacks that is keyed by secrets.
fn by_secret(field: &FieldReport) -> Option<Remedy> {
    const PLACE: &str = "in the region and account that are asked";
    let id = field.secret_id()?;
    let key = field.json_key().unwrap_or_default();
    field.attempts().iter().find_map(|attempt| {
        let missing = match attempt.answer() {
            AttemptAnswer::NotConfigured(_) => {
                return Some(Remedy::same(configured(attempt.source())));
            }
            AttemptAnswer::Missing(missing) => missing,
            _ => return None,
        };
        match missing {
            Missing::Secret if is_name_like_an_arn(id) => Some(Remedy::same(format!(
                "create the secret `{id}`; if it exists, name it by its whole ARN, because Secrets Manager can take the end of this name for an ARN's suffix"
            ))),
            Missing::Secret if is_managed(id) => Some(Remedy::new(
                format!("check the name `{id}`, {PLACE}; only the AWS service that manages this secret can create it"),
                format!("check these names, {PLACE}; only the AWS services that manage these secrets can create them"),
            )),
            Missing::Secret => Some(Remedy::new(
                format!("create the secret `{id}`, {PLACE}"),
                format!("create these secrets, {PLACE}"),
            )),
            Missing::Parameter => Some(Remedy::new(
                format!("create the parameter `{id}`, {PLACE}"),
                format!("create these parameters, {PLACE}"),
            )),
            Missing::EmptyFile if attempt.keyed_by == KeyedBy::Variable => Some(Remedy::new(
                format!("write a value into the file that `{}_FILE` names", attempt.asked()),
                "write values into these files",
            )),
            Missing::EmptyFile => {
                let place = attempt.endpoint().unwrap_or("the directory of the secrets");
                Some(Remedy::new(
                    format!("write a value into the file for `{id}` in {place}"),
                    format!("write values into these files in {place}"),
                ))
            }
            Missing::File => {
                let place = attempt.endpoint().unwrap_or("the directory of the secrets");
                Some(Remedy::new(
                    format!("mount a file for `{id}` in {place}"),
                    format!("mount these files in {place}"),
                ))
            }
            Missing::Name => {
                let rest = format!(
                    "that the source `{}` can hold, or put another source into the chain",
                    attempt.source()
                );
                Some(Remedy::new(
                    format!("give `{id}` a name {rest}"),
                    format!("give these names {rest}"),
                ))
            }
            Missing::Version => Some(Remedy::new(
                format!("put a value into the secret `{id}`, or correct the version"),
                "put values into these secrets, or correct the versions",
            )),
            Missing::JsonNull => Some(Remedy::new(
                format!("put a value under the key `{key}` of the secret `{id}`"),
                "put values under these keys",
            )),
            Missing::JsonKey { .. } => Some(Remedy::new(
                format!("add the key `{key}` to the secret `{id}`, or correct `json_key`"),
                "add these keys to the secrets, or correct `json_key`",
            )),
            _ => None,
        }
    })
}

/// The line of a file that is spelled much like the variable.
fn by_line(attempt: &Attempt) -> Option<Remedy> {
    let AttemptAnswer::Missing(Missing::SimilarLine { name, line }) = attempt.answer() else {
        return None;
    };
    let file = attempt.endpoint().unwrap_or("the file");
    Some(Remedy::new(
        format!(
            "rename `{name}` in line {line} of {file} to `{}`",
            attempt.asked()
        ),
        format!("correct these names in {file}"),
    ))
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
