//! Reports of the source that provided each field.

mod attempts;
#[cfg(feature = "live")]
mod changes;
mod hints;
mod render;
mod table;
mod value_free;
mod warnings;

use std::sync::Arc;

#[cfg(feature = "live")]
use crate::decode::Fingerprint;
use crate::source::{FetchResult, KeyedBy, SourceError, VersionSelector};

pub use attempts::Attempt;
pub(crate) use attempts::{Attempts, RequestedAlias};
#[cfg(feature = "live")]
pub(crate) use changes::ChangedValues;
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) use hints::filled;
pub(crate) use hints::{Hint, hints};
pub(crate) use render::{FieldDetails, FieldLine};
pub use value_free::ValueFree;
pub(crate) use warnings::FieldProblem;

pub use crate::source::provenance::Provenance;

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
    pub(crate) declaration: Arc<FieldDeclaration>,
    pub(crate) attempts: Attempts,
    pub(crate) outcome: FieldOutcome,
    pub(crate) note: Option<Note>,
    pub(crate) unused_alias: Option<Box<UnusedAlias>>,
    #[cfg(feature = "live")]
    pub(crate) fingerprint: Fingerprint,
}

/// The facts of a field, or of a struct that was rejected, that are the same in each load.
#[derive(Debug)]
pub(crate) struct FieldDeclaration {
    pub(crate) path: Arc<str>,
    pub(crate) is_struct: bool,
    pub(crate) description: &'static str,
    pub(crate) secret: Option<ReportedSecret>,
    pub(crate) variable: Option<Arc<str>>,
}

#[derive(Debug)]
pub(crate) struct ReportedSecret {
    pub(crate) id: Arc<str>,
    /// The id with placeholders, as declared.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "only changes are named by it")
    )]
    pub(crate) declared: Arc<str>,
    pub(crate) json_key: Option<Arc<str>>,
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

/// An alias that has a value, although another place provided the field's value.
#[derive(Clone, Debug)]
pub(crate) struct UnusedAlias {
    pub(crate) id: Arc<str>,
    pub(crate) json_key: Option<Arc<str>>,
}

/// Outcome of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldOutcome {
    /// A source provided the value.
    Found(Provenance),
    /// No source has a value, so the field has its default.
    Default,
    /// No source has a value, and the field is optional.
    Absent,
    /// No source has a value, and the field is required.
    Missing,
    /// A source failed, or the value does not fit the field or is not valid.
    Failed(SourceError),
}

impl FieldOutcome {
    /// Returns the source of the value, with the region of a replica: `aws (us-west-2)`.
    pub(crate) fn source(&self) -> Option<String> {
        let provenance = self.provenance()?;
        let source = provenance.source();
        Some(match provenance.replica_region() {
            Some(region) => format!("{source} ({region})"),
            None => source.to_owned(),
        })
    }

    /// Returns the source and the version of the value, if a source provided it.
    pub(crate) fn provenance(&self) -> Option<&Provenance> {
        match self {
            Self::Found(provenance) => Some(provenance),
            _ => None,
        }
    }
}

impl LoadReport {
    pub(crate) fn new(fields: Vec<FieldReport>) -> Self {
        Self { fields }
    }

    /// Returns all fields, including those of nested structs, in the order of their declaration. Structs that were
    /// rejected follow them.
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
    ///     if let FieldOutcome::Found(provenance) = field.outcome() {
    ///         println!("{} comes from {}", field.path(), provenance.source());
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
        &self.declaration.path
    }

    /// Returns whether this is a struct that was rejected, by its `validate` function or because of
    /// `deny_unknown_keys`.
    ///
    /// Its path is that of the `flatten` field, or the name of the struct that was loaded.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// #[derive(FromSecrets)]
    /// #[secrets(validate = Range::check)]
    /// struct Range {
    ///     low: u16,
    ///     high: u16,
    /// }
    ///
    /// impl Range {
    ///     fn check(&self) -> Result<(), &'static str> {
    ///         if self.low <= self.high { Ok(()) } else { Err("`low` is above `high`") }
    ///     }
    /// }
    ///
    /// let secrets = Memory::new().with_secret("LOW", "2").with_secret("HIGH", "1");
    /// let error = Loader::new().source(secrets).load_blocking::<Range>().err().unwrap();
    /// let failed = error.failed_fields().next().unwrap();
    /// assert!(failed.is_struct());
    /// assert_eq!(failed.path(), "Range");
    /// ```
    pub fn is_struct(&self) -> bool {
        self.declaration.is_struct
    }

    /// Returns the field's doc comment.
    pub fn description(&self) -> &str {
        self.declaration.description
    }

    /// Returns the secret's name or ARN, or `None` if the field is read from environment variables only.
    pub fn secret_id(&self) -> Option<&str> {
        self.declaration.secret.as_ref().map(|secret| &*secret.id)
    }

    /// Returns the key of the JSON secret, if the field has one.
    pub fn json_key(&self) -> Option<&str> {
        self.declaration.secret.as_ref()?.json_key.as_deref()
    }

    /// Returns the requested version of the secret.
    pub fn version(&self) -> Option<&VersionSelector> {
        self.declaration
            .secret
            .as_ref()
            .map(|secret| &secret.version)
    }

    /// Returns the environment variable, if the field has one.
    pub fn variable(&self) -> Option<&str> {
        self.declaration.variable.as_deref()
    }

    /// Returns the queries of sources, in order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Returns the outcome of the field.
    pub fn outcome(&self) -> &FieldOutcome {
        &self.outcome
    }

    /// Returns the error of a default or a struct, which no source provided.
    fn rejected_without_source(&self) -> Option<&SourceError> {
        match &self.outcome {
            FieldOutcome::Failed(error) if self.failed_attempt().is_none() => Some(error),
            _ => None,
        }
    }

    /// Returns the attempt with the error of the field. Later ones are those of aliases that are missing.
    pub(crate) fn failed_attempt(&self) -> Option<&Attempt> {
        let FieldOutcome::Failed(error) = &self.outcome else {
            return None;
        };
        let last = self.attempts.last()?;
        if matches!(last.result, FetchResult::Found(())) {
            return Some(last);
        }
        let is_failed = |attempt: &&Attempt| matches!(&attempt.result, FetchResult::Failed(own) if own == error);
        self.attempts.iter().rev().find(is_failed)
    }

    /// Returns the JSON key if the attempt used it. An environment variable contains the field's value alone.
    pub(crate) fn json_key_of<'a>(&'a self, attempt: &'a Attempt) -> Option<&'a str> {
        let own = || {
            self.json_key()
                .filter(|_| attempt.keyed_by == KeyedBy::SecretId)
        };
        match &attempt.alias {
            Some(alias) => alias.json_key.as_deref(),
            None => own(),
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
