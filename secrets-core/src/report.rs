//! Who answered what.

use std::fmt;
use std::time::SystemTime;

#[cfg(feature = "live")]
use crate::identity::Identity;
use crate::source::{Answer, Failure, KeyedBy, Missing, Version};

/// Which source answered each field of a load. Never holds a value.
///
/// `Display` is a table with a line for each field.
#[derive(Clone, Debug)]
pub struct Report {
    fields: Vec<FieldReport>,
}

/// What a load did for one field.
#[derive(Clone, Debug)]
pub struct FieldReport {
    pub(crate) path: String,
    pub(crate) description: &'static str,
    pub(crate) secret: Option<ReportedSecret>,
    pub(crate) variable: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) outcome: Outcome,
    pub(crate) note: Option<Note>,
    #[cfg(feature = "live")]
    pub(crate) identity: Identity,
}

#[derive(Clone, Debug)]
pub(crate) struct ReportedSecret {
    pub(crate) id: String,
    pub(crate) json_key: Option<String>,
    pub(crate) version: Version,
}

/// A finding of decoding a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The type of a required field is an alias of `Option`.
    OptionalType,
    /// A text field contains an entire JSON object, as the console's key/value editor stores it.
    KeyValueObject,
}

/// What came of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A source has it, and it is what the field needs.
    #[non_exhaustive]
    Answered {
        /// The source's name.
        source: String,
        /// The id of the secret's version, where the source tells.
        version_id: Option<String>,
        /// The secret's ARN, where the source tells.
        arn: Option<String>,
        /// When the version was created, where the source tells.
        created_at: Option<SystemTime>,
    },
    /// No source has it, and the field has a default.
    Default,
    /// No source has it, and the field is optional.
    Absent,
    /// No source has it, and the field is required.
    Missing,
    /// A source failed, or what it has is not what the field needs.
    Failed(Failure),
}

/// One source asked for one field.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) source: String,
    pub(crate) keyed_by: KeyedBy,
    pub(crate) endpoint: Option<String>,
    pub(crate) asked: String,
    pub(crate) answer: AttemptAnswer,
}

/// What a source answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptAnswer {
    /// It has it.
    Found,
    /// It does not have it.
    Missing(Missing),
    /// It is not set up here.
    NotConfigured(String),
    /// It should have answered and could not.
    Failed(Failure),
}

impl Attempt {
    /// The source's name.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Where the source asked: a URL, a path.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// What it was asked for: a secret's name or ARN, or a variable.
    pub fn asked(&self) -> &str {
        &self.asked
    }

    /// What it answered.
    pub fn answer(&self) -> &AttemptAnswer {
        &self.answer
    }
}

impl AttemptAnswer {
    pub(crate) fn of(answer: &Answer) -> Self {
        match answer {
            Answer::Found(_) => Self::Found,
            Answer::Missing(missing) => Self::Missing(missing.clone()),
            Answer::NotConfigured(why) => Self::NotConfigured(why.clone()),
            Answer::Failed(failure) => Self::Failed(failure.clone()),
        }
    }
}

impl fmt::Display for AttemptAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found => f.write_str("found"),
            Self::Missing(missing) => missing.fmt(f),
            Self::NotConfigured(why) => write!(f, "not configured: {why}"),
            Self::Failed(failure) => failure.fmt(f),
        }
    }
}

impl Report {
    pub(crate) fn new(fields: Vec<FieldReport>) -> Self {
        Self { fields }
    }

    /// The paths of the fields that have another version in a later report of the same struct.
    #[cfg(feature = "live")]
    pub(crate) fn changed(&self, later: &Self) -> Vec<String> {
        let fields = self.fields.iter().zip(&later.fields);
        fields
            .filter(|(old, new)| !old.identity.is_same_version(&new.identity))
            .map(|(_, new)| new.path.clone())
            .collect()
    }

    /// The places of the fields at this path, of those below it, and of the one that it leads into.
    #[cfg(feature = "live")]
    pub(crate) fn fields_of(&self, path: &str) -> Vec<usize> {
        let is_below = |below: &str, above: &str| {
            let rest = below.strip_prefix(above);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let fields = self.fields.iter().enumerate();
        fields
            .filter(|(_, field)| is_below(&field.path, path) || is_below(path, &field.path))
            .map(|(place, _)| place)
            .collect()
    }

    /// Whether these of the fields have the same values in both reports.
    #[cfg(feature = "live")]
    pub(crate) fn is_same(&self, later: &Self, fields: &[usize]) -> bool {
        fields.iter().all(|&i| {
            let (old, new) = (&self.fields[i].identity, &later.fields[i].identity);
            old.is_same_value(new)
        })
    }

    /// Every field, those of nested structs included, in the order of their declaration.
    pub fn fields(&self) -> &[FieldReport] {
        &self.fields
    }

    pub(crate) fn failed(&self) -> impl Iterator<Item = &FieldReport> {
        self.fields.iter().filter(|field| field.has_failed())
    }
}

impl FieldReport {
    /// The field's path from the outermost struct, as `db.password`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The field's doc comment.
    pub fn description(&self) -> &str {
        self.description
    }

    /// The secret's name or ARN; `None` for a field that is read from the environment only.
    pub fn secret_id(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.id.as_str())
    }

    /// The key of the JSON secret.
    pub fn json_key(&self) -> Option<&str> {
        self.secret.as_ref()?.json_key.as_deref()
    }

    /// The version of the secret.
    pub fn version(&self) -> Option<&Version> {
        self.secret.as_ref().map(|secret| &secret.version)
    }

    /// The environment variable.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// The sources that were asked, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// What came of it.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// Returns a problem that did not fail the load, with its fix. It is also logged, once per process.
    pub fn warning(&self) -> Option<String> {
        let near = |attempt: &Attempt| match attempt.answer() {
            AttemptAnswer::Missing(Missing::JsonKey {
                similar: Some(similar),
            }) => Some(format!(
                "the secret `{}` has no key `{}`, but it has `{similar}`; correct `json_key` or the secret",
                attempt.asked(),
                self.json_key().unwrap_or_default(),
            )),
            _ => None,
        };
        match (&self.outcome, self.note) {
            (Outcome::Absent | Outcome::Default, _) => self.attempts.iter().find_map(near),
            (Outcome::Answered { .. }, Some(Note::KeyValueObject)) => Some(format!(
                "the field contains the entire JSON object of the secret `{}`; to load one of its values, add `json_key = \"…\"`",
                self.attempts.last().map_or("", Attempt::asked),
            )),
            _ => None,
        }
    }

    /// Whether the field kept the struct from being loaded.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Missing | Outcome::Failed(_))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.fields.iter().map(FieldReport::row).collect();
        let head = ["field", "answered by", "asked for", "version"].map(str::to_owned);
        let width = |column: usize| {
            rows.iter()
                .chain([&head])
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        for (i, [field, source, asked, version]) in [&head].into_iter().chain(&rows).enumerate() {
            let newline = if i == 0 { "" } else { "\n" };
            let line = format!(
                "{field:<0$}  {source:<1$}  {asked:<2$}  {version}",
                widths[0], widths[1], widths[2]
            );
            write!(f, "{newline}{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl FieldReport {
    /// The JSON key, where the attempt was one to find it: a variable holds the field's value alone.
    pub(crate) fn json_key_of(&self, attempt: &Attempt) -> Option<&str> {
        self.json_key()
            .filter(|_| attempt.keyed_by == KeyedBy::Secret)
    }

    fn row(&self) -> [String; 4] {
        let asked = self
            .attempts
            .last()
            .map(|attempt| match self.json_key_of(attempt) {
                Some(key) => format!("{} ({key})", attempt.asked()),
                None => attempt.asked().to_owned(),
            });
        let asked = asked.unwrap_or_default();
        let (source, asked, version) = match &self.outcome {
            Outcome::Answered {
                source, version_id, ..
            } => (
                source.clone(),
                asked,
                version_id.clone().unwrap_or_default(),
            ),
            Outcome::Default => ("default".to_owned(), String::new(), String::new()),
            Outcome::Absent => ("nobody (optional)".to_owned(), String::new(), String::new()),
            Outcome::Missing => ("nobody".to_owned(), String::new(), String::new()),
            Outcome::Failed(failure) => (
                format!("nobody ({})", failure.cause()),
                asked,
                String::new(),
            ),
        };
        [self.path.clone(), source, asked, version]
    }
}
