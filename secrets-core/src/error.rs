//! The error of a load.

use std::fmt;
use std::sync::Arc;

use crate::format::{grouped, listed};
use crate::report::{FieldDetails, FieldLine, FieldOutcome, FieldReport, Hint, LoadReport, hints};

/// Error of a load, with all fields that failed. It never contains a value.
///
/// `{}` is one line. `{:#}` and `{:?}` add details: each failed field, each source that was queried, the service's own
/// code and request id, and hints. [`source`](std::error::Error::source) returns the details without the line, so that
/// `anyhow` and `eyre` print both.
///
/// ```
/// # use from_secrets::source::Memory;
/// # use from_secrets::{FromSecrets, Loader};
/// # #[derive(FromSecrets)]
/// # struct Config { api_token: String, port: u16 }
/// # fn main() {
/// let secrets = Memory::new().with_secret("PORT", "many");
/// let loaded = Loader::new().source(secrets).load_blocking::<Config>();
/// let error = loaded.err().unwrap();
/// assert_eq!(
///     error.to_string(),
///     "cannot load `Config`: 2 fields failed: `api_token` (missing); `port` (malformed)"
/// );
/// eprintln!("{error:#}"); // with details and hints
/// # }
/// ```
///
/// Clones share their content.
#[derive(Clone)]
pub struct Error(Arc<Repr>);

struct Repr {
    subject: &'static str,
    reason: ErrorReason,
}

enum ErrorReason {
    Declaration(Vec<Flaw>),
    Fields(LoadReport),
    Runtime(String),
}

/// Kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The declaration or a setting is invalid: a name that Secrets Manager would reject, an unknown source, a TTL of
    /// zero. No request was sent.
    ///
    /// Also a placeholder without a value in a name that a source needs. No secret was requested, unless the source
    /// needs the name only because of [`Loader::fall_back_on`](crate::Loader::fall_back_on).
    Declaration,
    /// One or more fields failed; [`Error::failed_fields`] returns them.
    Fields,
    /// The load could not run, for example without a Tokio runtime.
    Runtime,
}

impl Error {
    pub(crate) fn declaration(subject: &'static str, flaws: Vec<Flaw>) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: ErrorReason::Declaration(flaws),
        }))
    }

    pub(crate) fn fields_of(subject: &'static str, report: LoadReport) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: ErrorReason::Fields(report),
        }))
    }

    pub(crate) fn runtime(subject: &'static str, message: impl Into<String>) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: ErrorReason::Runtime(message.into()),
        }))
    }

    /// Returns the kind of the error.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String, port: u16 }
    /// # fn main() {
    /// let secrets = Memory::new().with_secret("PORT", "many");
    /// let loaded = Loader::new().source(secrets).load_blocking::<Config>();
    /// let error = loaded.err().unwrap();
    /// assert_eq!(error.kind(), from_secrets::ErrorKind::Fields);
    /// # }
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match self.0.reason {
            ErrorReason::Declaration(_) => ErrorKind::Declaration,
            ErrorReason::Fields(_) => ErrorKind::Fields,
            ErrorReason::Runtime(_) => ErrorKind::Runtime,
        }
    }

    /// Returns the cause in one word, for spans and metrics: that of the first field that failed.
    pub(crate) fn cause(&self) -> &'static str {
        let of_field = |field: &FieldReport| match &field.outcome {
            FieldOutcome::Failed(error) => error.kind().label(),
            _ => "missing",
        };
        match self.kind() {
            ErrorKind::Declaration => "declaration",
            ErrorKind::Runtime => "runtime",
            ErrorKind::Fields => self.failed_fields().next().map_or("missing", of_field),
        }
    }

    /// Returns the fields that failed with their causes, without the names of secrets, for log events.
    #[cfg(feature = "live")]
    pub(crate) fn without_names(&self) -> String {
        match &self.0.reason {
            ErrorReason::Runtime(message) => message.clone(),
            ErrorReason::Declaration(flaws) => {
                let paths = paths_of(flaws);
                if paths.is_empty() {
                    return "invalid settings".to_owned();
                }
                format!("invalid declaration or settings: {}", listed(paths))
            }
            ErrorReason::Fields(_) => by_reason(&self.failed_fields().collect::<Vec<_>>()),
        }
    }

    /// Returns the error code of the first field that failed, if it has one, for log events.
    #[cfg(feature = "live")]
    pub(crate) fn code_label(&self) -> Option<&str> {
        match self.failed_fields().next()?.outcome() {
            FieldOutcome::Failed(error) => error.code_label(),
            _ => None,
        }
    }

    /// Returns the fields that failed, in the order of their declaration.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String, port: u16 }
    /// # fn main() {
    /// let secrets = Memory::new().with_secret("PORT", "many");
    /// let loaded = Loader::new().source(secrets).load_blocking::<Config>();
    /// let error = loaded.err().unwrap();
    /// let paths: Vec<&str> = error.failed_fields().map(|field| field.path()).collect();
    /// assert_eq!(paths, ["api_token", "port"]);
    /// # }
    /// ```
    pub fn failed_fields(&self) -> impl Iterator<Item = &FieldReport> {
        self.report().into_iter().flat_map(LoadReport::failed)
    }

    /// Returns the report of all fields if the kind is [`ErrorKind::Fields`], or `None`.
    ///
    /// ```
    /// # use from_secrets::source::Memory;
    /// # use from_secrets::{FromSecrets, Loader};
    /// # #[derive(FromSecrets)]
    /// # struct Config { api_token: String, port: u16 }
    /// # fn main() {
    /// let secrets = Memory::new().with_secret("PORT", "many");
    /// let loaded = Loader::new().source(secrets).load_blocking::<Config>();
    /// let error = loaded.err().unwrap();
    /// let report = error.report().unwrap();
    /// println!("{report}"); // a table
    /// # }
    /// ```
    pub fn report(&self) -> Option<&LoadReport> {
        match &self.0.reason {
            ErrorReason::Fields(report) => Some(report),
            _ => None,
        }
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot load `{}`: ", self.0.subject)?;
        match &self.0.reason {
            ErrorReason::Runtime(message) => f.write_str(message),
            ErrorReason::Declaration(flaws) => match &flaws[..] {
                [flaw] => write!(f, "{flaw}"),
                flaws => f.write_str(&several_flaws(flaws)),
            },
            ErrorReason::Fields(_) => {
                let fields: Vec<&FieldReport> = self.failed_fields().collect();
                match &fields[..] {
                    [field] => write!(f, "{}", FieldLine(field)),
                    fields => f.write_str(&several_fields(fields)),
                }
            }
        }
    }
}

/// 3 fields failed: `key`, `token` (missing); `port` (malformed)
fn several_fields(fields: &[&FieldReport]) -> String {
    let count = distinct(fields.iter().map(|field| field.path())).len();
    format!("{} failed: {}", counted(count), by_reason(fields))
}

/// `key`, `token` (missing); `port` (malformed)
fn by_reason(fields: &[&FieldReport]) -> String {
    let reasons = fields.iter().map(|field| {
        let reason = match field.outcome() {
            FieldOutcome::Failed(error) => error.kind().as_str(),
            _ => "missing",
        };
        (reason, field.path())
    });
    let parts = grouped(reasons)
        .into_iter()
        .map(|(reason, fields)| format!("{} ({reason})", listed(distinct(fields))));
    parts.collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary(f)?;
        if f.alternate() && self.0.reason.has_details() {
            let details = self.0.reason.to_string();
            f.write_str("\n")?;
            for line in details.lines() {
                let indent = if line.is_empty() { "" } else { "  " };
                write!(f, "\n{indent}{line}")?;
            }
        }
        Ok(())
    }
}

/// `fn main() -> Result<(), Error>` and `unwrap` show this.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let reason = &self.0.reason;
        reason.has_details().then_some(reason)
    }
}

impl ErrorReason {
    /// Returns whether there are details in addition to the one line.
    fn has_details(&self) -> bool {
        match self {
            Self::Runtime(_) => false,
            Self::Declaration(flaws) => flaws.len() > 1,
            Self::Fields(_) => true,
        }
    }
}

impl std::error::Error for ErrorReason {}

impl fmt::Debug for ErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The details, without the one line.
impl fmt::Display for ErrorReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(message) => f.write_str(message),
            Self::Declaration(flaws) => write_flaws(flaws, f),
            Self::Fields(report) => write_fields(report, f),
        }
    }
}

/// Writes each message once, with all its fields.
fn write_flaws(flaws: &[Flaw], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let messages = flaws
        .iter()
        .map(|flaw| (flaw.message.as_str(), flaw.path.as_str()));
    for (i, (message, fields)) in grouped(messages).into_iter().enumerate() {
        let newline = if i > 0 { "\n" } else { "" };
        match &distinct(fields)[..] {
            [""] => write!(f, "{newline}{message}")?,
            [field] => write!(f, "{newline}field `{field}`: {message}")?,
            fields => write!(f, "{newline}fields {}: {message}", listed(fields))?,
        }
    }
    Ok(())
}

/// Writes each field with its own hint, and then hints for several fields.
fn write_fields(report: &LoadReport, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (shared, own): (Vec<Hint<'_>>, Vec<Hint<'_>>) = hints(report.failed())
        .into_iter()
        .partition(|hint| hint.fields.len() > 1);
    for (i, field) in report.failed().enumerate() {
        let newline = if i > 0 { "\n\n" } else { "" };
        write!(f, "{newline}{}", FieldDetails(field))?;
        // The same struct can be rejected twice, with two hints.
        if own.iter().any(|hint| hint.fields == [field.path()])
            && let Some(hint) = hints([field]).pop()
        {
            write!(f, "\n  help: {}", hint.text)?;
        }
    }
    shared.iter().try_for_each(|hint| {
        let fields = listed(&hint.fields);
        write!(f, "\n\nhelp for {fields}: {}", hint.text)
    })
}

/// A reason why a declaration cannot be loaded.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    /// The field's path; empty for a setting of the loader.
    pub(crate) path: String,
    pub(crate) message: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "field `{}`: {}", self.path, self.message)
    }
}

/// Summarizes several flaws.
fn several_flaws(flaws: &[Flaw]) -> String {
    let paths = paths_of(flaws);
    if paths.is_empty() {
        return "invalid settings".to_owned();
    }
    let fields = counted(paths.len());
    format!(
        "{fields} cannot be looked up as declared: {}",
        listed(paths)
    )
}

/// Returns the path of each field with a flaw once. A field can have more than one.
fn paths_of(flaws: &[Flaw]) -> Vec<&str> {
    let paths = flaws.iter().map(|flaw| flaw.path.as_str());
    distinct(paths.filter(|path| !path.is_empty()))
}

fn distinct<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let groups = grouped(paths.into_iter().map(|path| (path, ())));
    groups.into_iter().map(|(path, _)| path).collect()
}

fn counted(fields: usize) -> String {
    let plural = if fields == 1 { "" } else { "s" };
    format!("{fields} field{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(path: &str) -> Flaw {
        Flaw {
            path: path.to_owned(),
            message: format!("flaw of {path:?}"),
        }
    }

    #[test]
    fn summary_counts_each_field_once() {
        let text = |flaws| Error::declaration("Pocket", flaws).to_string();
        let of_key = vec![flaw("key"), flaw("token"), flaw("key")];
        assert_eq!(
            text(of_key),
            "cannot load `Pocket`: 2 fields cannot be looked up as declared: `key`, `token`"
        );
        assert_eq!(
            text(vec![flaw("key"), flaw("key")]),
            "cannot load `Pocket`: 1 field cannot be looked up as declared: `key`"
        );
    }

    #[test]
    fn settings_are_not_fields() {
        let error = Error::declaration("Pocket", vec![flaw(""), flaw("key"), flaw("key")]);
        assert_eq!(
            format!("{error:#}"),
            "cannot load `Pocket`: 1 field cannot be looked up as declared: `key`\n\n  \
             flaw of \"\"\n  field `key`: flaw of \"key\""
        );
        let error = Error::declaration("Pocket", vec![flaw(""), flaw("")]);
        assert_eq!(error.to_string(), "cannot load `Pocket`: invalid settings");
    }

    #[cfg(feature = "live")]
    #[test]
    fn text_without_names_lacks_empty_list() {
        let text = |flaws| Error::declaration("Pocket", flaws).without_names();
        assert_eq!(text(vec![flaw("")]), "invalid settings");
        assert_eq!(
            text(vec![flaw(""), flaw("key")]),
            "invalid declaration or settings: `key`"
        );
    }
}
