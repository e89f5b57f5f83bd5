//! Reports of the source that provided each field.

mod hints;
mod render;

use std::fmt;
use std::time::SystemTime;

#[cfg(feature = "live")]
use crate::decode::{Fingerprint, VersionFacts};
#[cfg(feature = "live")]
use crate::source::SourceErrorKind;
use crate::source::{FetchResult, KeyedBy, MissingReason, SourceError, VersionSelector};

pub(crate) use hints::{Hint, hints};
pub(crate) use render::{FieldDetails, FieldLine};

/// A report of the source that provided each field. It never contains a value.
///
/// `Display` is a table with one line per field.
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Loader};
/// # #[derive(FromSecrets)]
/// # struct Config { api_token: String, api_user: Option<String> }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), from_secrets::Error> {
/// let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
/// let loader = Loader::new().source(secrets);
/// let (_config, report) = loader.load_with_report::<Config>().await?;
/// println!("{report}");
/// // field      source           requested  version
/// // api_token  memory           API_TOKEN  v1
/// // api_user   none (optional)
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LoadReport {
    fields: Vec<FieldReport>,
}

/// Attempts and outcome of one field.
#[derive(Clone, Debug)]
pub struct FieldReport {
    pub(crate) path: String,
    pub(crate) description: &'static str,
    pub(crate) secret: Option<ReportedSecret>,
    pub(crate) variable: Option<String>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) outcome: FieldOutcome,
    pub(crate) note: Option<Note>,
    #[cfg(feature = "live")]
    pub(crate) fingerprint: Fingerprint,
}

#[derive(Clone, Debug)]
pub(crate) struct ReportedSecret {
    pub(crate) id: String,
    pub(crate) json_key: Option<String>,
    pub(crate) version: VersionSelector,
}

/// A finding of decoding a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The type of a required field is an alias of `Option`.
    OptionalType,
    /// A text field contains an entire JSON object, as the console's key/value editor stores it.
    KeyValueObject,
}

/// A problem that did not fail the load.
enum FieldProblem<'a> {
    /// The secret does not have the JSON key, but this one.
    SimilarKey(&'a Attempt, &'a str),
    /// The field contains an entire JSON object.
    EntireObject,
}

/// Outcome of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldOutcome {
    /// A source provided the value.
    #[non_exhaustive]
    Found {
        /// Name of the source.
        source: String,
        /// ID of the secret's version, if the source has one.
        version_id: Option<String>,
        /// ARN of the secret, if the source has one.
        arn: Option<String>,
        /// Creation time of the version, if the source has it.
        created_at: Option<SystemTime>,
        /// Region of the replica that provided the value instead of the secret's own region.
        replica_region: Option<String>,
    },
    /// No source has a value, so the field has its default.
    Default,
    /// No source has a value, and the field is optional.
    Absent,
    /// No source has a value, and the field is required.
    Missing,
    /// A source failed, or the value does not fit the field.
    Failed(SourceError),
}

/// One query of a source for one field.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(crate) source: String,
    pub(crate) keyed_by: KeyedBy,
    pub(crate) endpoint: Option<String>,
    pub(crate) id: String,
    pub(crate) result: FetchResult<()>,
    /// How to fix a result without a value.
    pub(crate) hint: Option<String>,
}

impl Attempt {
    /// Returns the source's name.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the URL or path that the source queried.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns the requested id: a secret's name or ARN, or an environment variable.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the result, without its value.
    pub fn result(&self) -> &FetchResult<()> {
        &self.result
    }
}

impl FieldOutcome {
    /// Returns the source of the value, with the region of a replica: `aws (us-west-2)`.
    pub(crate) fn source(&self) -> Option<String> {
        match self {
            Self::Found {
                source,
                replica_region: Some(region),
                ..
            } => Some(format!("{source} ({region})")),
            Self::Found { source, .. } => Some(source.clone()),
            _ => None,
        }
    }

    #[cfg(feature = "live")]
    pub(crate) fn version_facts(&self) -> Option<VersionFacts> {
        match self {
            Self::Found {
                version_id: Some(id),
                arn,
                created_at,
                replica_region,
                ..
            } => Some(VersionFacts {
                id: id.clone(),
                arn: arn.clone(),
                created_at: *created_at,
                is_replica: replica_region.is_some(),
            }),
            _ => None,
        }
    }
}

impl LoadReport {
    pub(crate) fn new(fields: Vec<FieldReport>) -> Self {
        Self { fields }
    }

    /// Returns the paths of the fields that have another version in a later report of the same struct. The older
    /// version of a replica is not a change.
    #[cfg(feature = "live")]
    pub(crate) fn changed(&self, later: &Self) -> Vec<String> {
        let is_changed = |old: &Fingerprint, new: &Fingerprint| {
            !old.is_same_version(new) && !new.is_older_replica_of(old)
        };
        let fields = self.fields.iter().zip(&later.fields);
        fields
            .filter(|(old, new)| is_changed(&old.fingerprint, &new.fingerprint))
            .map(|(_, new)| new.path.clone())
            .collect()
    }

    /// Remembers the versions that an earlier report of the same struct has.
    #[cfg(feature = "live")]
    pub(crate) fn replace(&mut self, earlier: &Self) {
        for (new, old) in self.fields.iter_mut().zip(&earlier.fields) {
            new.fingerprint.replace(&old.fingerprint);
        }
    }

    /// Returns whether a replica provided an older version of a field in a later report of the same struct.
    #[cfg(feature = "live")]
    pub(crate) fn is_ahead_of(&self, later: &Self) -> bool {
        let mut fields = self.fields.iter().zip(&later.fields);
        fields.any(|(old, new)| new.fingerprint.is_older_replica_of(&old.fingerprint))
    }

    /// Turns the fields for which a replica provided an older version than this report has into failures.
    #[cfg(feature = "live")]
    pub(crate) fn fail_older(&self, later: &mut Self) {
        for (old, new) in self.fields.iter().zip(&mut later.fields) {
            if new.fingerprint.is_older_replica_of(&old.fingerprint)
                && let FieldOutcome::Found { replica_region, .. } = &new.outcome
            {
                let region = replica_region.as_deref().unwrap_or_default();
                let message =
                    format!("the replica in {region} has an older version than the one in use");
                let error = SourceError::new(SourceErrorKind::Unreachable, message)
                    .with_hint("wait until the region of the secret is available again");
                new.outcome = FieldOutcome::Failed(error);
            }
        }
    }

    /// Returns the indexes of the field at this path, of all fields below it, and of the field that contains it.
    #[cfg(feature = "live")]
    pub(crate) fn fields_of(&self, path: &str) -> Vec<usize> {
        let is_below = |below: &str, above: &str| {
            let rest = below.strip_prefix(above);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let fields = self.fields.iter().enumerate();
        fields
            .filter(|(_, field)| is_below(&field.path, path) || is_below(path, &field.path))
            .map(|(index, _)| index)
            .collect()
    }

    /// Returns whether these fields have the same values in both reports.
    #[cfg(feature = "live")]
    pub(crate) fn is_same(&self, later: &Self, fields: &[usize]) -> bool {
        fields.iter().all(|&i| {
            let (old, new) = (&self.fields[i].fingerprint, &later.fields[i].fingerprint);
            old.is_same_value(new)
        })
    }

    /// Returns all fields, including those of nested structs, in the order of their declaration.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), from_secrets::Error> {
    /// use from_secrets::report::FieldOutcome;
    ///
    /// # let secrets = Memory::new().with_secret("API_TOKEN", "for tests");
    /// # let loader = Loader::new().source(secrets);
    /// let (_config, report) = loader.load_with_report::<Config>().await?;
    /// for field in report.fields() {
    ///     if let FieldOutcome::Found { source, .. } = field.outcome() {
    ///         println!("{} comes from {source}", field.path());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fields(&self) -> &[FieldReport] {
        &self.fields
    }

    pub(crate) fn failed(&self) -> impl Iterator<Item = &FieldReport> {
        self.fields.iter().filter(|field| field.has_failed())
    }
}

impl FieldReport {
    /// Returns the field's path from the outermost struct, such as `db.password`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the field's doc comment.
    pub fn description(&self) -> &str {
        self.description
    }

    /// Returns the secret's name or ARN, or `None` if the field is read from environment variables only.
    pub fn secret_id(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.id.as_str())
    }

    /// Returns the key of the JSON secret, if the field has one.
    pub fn json_key(&self) -> Option<&str> {
        self.secret.as_ref()?.json_key.as_deref()
    }

    /// Returns the requested version of the secret.
    pub fn version(&self) -> Option<&VersionSelector> {
        self.secret.as_ref().map(|secret| &secret.version)
    }

    /// Returns the environment variable, if the field has one.
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// Returns the queries of sources, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Returns the outcome of the field.
    pub fn outcome(&self) -> &FieldOutcome {
        &self.outcome
    }

    /// Returns a warning, with a hint, about a problem that did not fail the load. Without the names of secrets and
    /// JSON keys, it is also logged, once per process.
    pub fn warning(&self) -> Option<String> {
        Some(match self.problem()? {
            FieldProblem::SimilarKey(attempt, similar) => format!(
                "the secret `{}` has no key `{}`, but it has `{similar}`; correct `json_key` or the secret",
                attempt.id(),
                self.json_key().unwrap_or_default(),
            ),
            FieldProblem::EntireObject => format!(
                "the field contains the entire JSON object of the secret `{}`; to load one of its values, add `json_key = \"…\"`",
                self.attempts.last().map_or("", Attempt::id),
            ),
        })
    }

    /// Returns the warning without names, which log events must not contain.
    pub(crate) fn logged_warning(&self) -> Option<&'static str> {
        Some(match self.problem()? {
            FieldProblem::SimilarKey(..) => {
                "the secret does not have the JSON key, but a similar one; correct `json_key` or the secret"
            }
            FieldProblem::EntireObject => {
                "the field contains the entire JSON object of a secret; to load one of its values, add `json_key = \"…\"`"
            }
        })
    }

    fn problem(&self) -> Option<FieldProblem<'_>> {
        let near = |attempt| match Attempt::result(attempt) {
            FetchResult::Missing(MissingReason::JsonKey {
                similar: Some(similar),
            }) => Some(FieldProblem::SimilarKey(attempt, similar)),
            _ => None,
        };
        match (&self.outcome, self.note) {
            (FieldOutcome::Absent | FieldOutcome::Default, _) => {
                self.attempts.iter().find_map(near)
            }
            (FieldOutcome::Found { .. }, Some(Note::KeyValueObject)) => {
                Some(FieldProblem::EntireObject)
            }
            _ => None,
        }
    }

    /// Returns the error code of the service, if the field failed with one.
    #[cfg(feature = "live")]
    pub(crate) fn code(&self) -> Option<&str> {
        match &self.outcome {
            FieldOutcome::Failed(error) => error.code(),
            _ => None,
        }
    }

    /// Returns whether the field failed the load.
    pub fn has_failed(&self) -> bool {
        matches!(
            self.outcome,
            FieldOutcome::Missing | FieldOutcome::Failed(_)
        )
    }
}

impl fmt::Display for LoadReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.fields.iter().map(FieldReport::row).collect();
        let head = ["field", "source", "requested", "version"].map(str::to_owned);
        let width = |column: usize| {
            rows.iter()
                .chain([&head])
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths = [width(0), width(1), width(2)];
        for (i, [field, source, requested, version]) in [&head].into_iter().chain(&rows).enumerate()
        {
            let newline = if i == 0 { "" } else { "\n" };
            let line = format!(
                "{field:<0$}  {source:<1$}  {requested:<2$}  {version}",
                widths[0], widths[1], widths[2]
            );
            write!(f, "{newline}{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl FieldReport {
    /// Returns the JSON key if the attempt used it. An environment variable contains the field's value alone.
    pub(crate) fn json_key_of(&self, attempt: &Attempt) -> Option<&str> {
        self.json_key()
            .filter(|_| attempt.keyed_by == KeyedBy::SecretId)
    }

    fn row(&self) -> [String; 4] {
        let requested = self
            .attempts
            .last()
            .map(|attempt| match self.json_key_of(attempt) {
                Some(key) => format!("{} ({key})", attempt.id()),
                None => attempt.id().to_owned(),
            });
        let requested = requested.unwrap_or_default();
        let (source, requested, version) = match &self.outcome {
            FieldOutcome::Found { version_id, .. } => (
                self.outcome.source().unwrap_or_default(),
                requested,
                version_id.clone().unwrap_or_default(),
            ),
            FieldOutcome::Default => ("default".to_owned(), String::new(), String::new()),
            FieldOutcome::Absent => ("none (optional)".to_owned(), String::new(), String::new()),
            FieldOutcome::Missing => ("none".to_owned(), String::new(), String::new()),
            FieldOutcome::Failed(error) => {
                (format!("none ({})", error.kind()), requested, String::new())
            }
        };
        [self.path.clone(), source, requested, version]
    }
}
