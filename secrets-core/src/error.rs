//! Why a struct could not be loaded, told without any value.

use std::fmt;
use std::sync::Arc;

use crate::grouped::{grouped, listed};
use crate::help::{Advice, advice};
use crate::plan::Flaw;
use crate::report::{FieldReport, Outcome, Report};
use crate::story::{Line, Story};

/// Why a struct could not be loaded: every field that failed, at once.
///
/// `{}` is one line. `{:#}` and `{:?}` are the whole story: each field, each source that was asked, the service's own
/// code and request id, and the likely fix. None of them ever holds a value.
///
/// A clone shares what it tells.
#[derive(Clone)]
pub struct Error(Arc<Repr>);

struct Repr {
    subject: &'static str,
    reason: Reason,
}

enum Reason {
    Declaration(Vec<Flaw>),
    Fields(Report),
    Runtime(String),
}

/// What kind of error it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What to load, or how to keep it fresh, is not clear: a parameter without a value, a name that Secrets Manager
    /// would refuse, an unknown source, a TTL of zero. Nothing was asked for.
    Declaration,
    /// One or more fields could not be filled; [`Error::fields`] tells which and why.
    Fields,
    /// The load could not run: no Tokio runtime, no thread.
    Runtime,
}

impl Error {
    pub(crate) fn declaration(subject: &'static str, flaws: Vec<Flaw>) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: Reason::Declaration(flaws),
        }))
    }

    pub(crate) fn fields_of(subject: &'static str, report: Report) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: Reason::Fields(report),
        }))
    }

    pub(crate) fn runtime(subject: &'static str, message: impl Into<String>) -> Self {
        Self(Arc::new(Repr {
            subject,
            reason: Reason::Runtime(message.into()),
        }))
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        match self.0.reason {
            Reason::Declaration(_) => ErrorKind::Declaration,
            Reason::Fields(_) => ErrorKind::Fields,
            Reason::Runtime(_) => ErrorKind::Runtime,
        }
    }

    /// The fields that failed, in the order of their declaration.
    pub fn fields(&self) -> impl Iterator<Item = &FieldReport> {
        self.report().into_iter().flat_map(Report::failed)
    }

    /// What was done for every field, where the load came that far.
    pub fn report(&self) -> Option<&Report> {
        match &self.0.reason {
            Reason::Fields(report) => Some(report),
            _ => None,
        }
    }

    fn summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot load `{}`: ", self.0.subject)?;
        match &self.0.reason {
            Reason::Runtime(message) => f.write_str(message),
            Reason::Declaration(flaws) => match &flaws[..] {
                [flaw] => write!(f, "{flaw}"),
                _ => write!(
                    f,
                    "{} fields cannot be looked up as declared: {}",
                    flaws.len(),
                    listed(flaws.iter().map(|flaw| &flaw.path))
                ),
            },
            Reason::Fields(_) => {
                let fields: Vec<&FieldReport> = self.fields().collect();
                match &fields[..] {
                    [field] => write!(f, "{}", Line(field)),
                    _ => write!(f, "{} fields failed: {}", fields.len(), by_reason(&fields)),
                }
            }
        }
    }
}

/// `key`, `token` (missing); `port` (malformed)
fn by_reason(fields: &[&FieldReport]) -> String {
    let reasons = fields.iter().map(|field| {
        let reason = match field.outcome() {
            Outcome::Failed(failure) => failure.cause().as_str(),
            _ => "missing",
        };
        (reason, field.path())
    });
    let told = grouped(reasons)
        .into_iter()
        .map(|(reason, those)| format!("{} ({reason})", listed(&those)));
    told.collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.summary(f)?;
        if f.alternate() {
            write!(f, "{}", self.0.reason)
        } else {
            Ok(())
        }
    }
}

/// The whole story, because this is what `fn main() -> Result<(), Error>` and `unwrap` show.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

/// What the one line leaves out is the source, so that whoever prints the chain, as `anyhow` does, tells it too.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.reason {
            Reason::Runtime(_) => None,
            Reason::Declaration(flaws) if flaws.len() == 1 => None,
            told => Some(told),
        }
    }
}

impl std::error::Error for Reason {}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What there is to tell beyond the one line.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(_) => Ok(()),
            Self::Declaration(flaws) if flaws.len() == 1 => Ok(()),
            Self::Declaration(flaws) => flawed(flaws, f),
            Self::Fields(report) => failed(report, f),
        }
    }
}

/// What several fields have in common is said once, with all of them before it.
fn flawed(flaws: &[Flaw], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let messages = flaws
        .iter()
        .map(|flaw| (flaw.message.as_str(), flaw.path.as_str()));
    grouped(messages).iter().try_for_each(|(message, those)| {
        let plural = if those.len() > 1 { "s" } else { "" };
        write!(f, "\n  field{plural} {}: {message}", listed(those))
    })
}

/// Each field with its own help; help for several comes last.
fn failed(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (shared, own): (Vec<Advice<'_>>, Vec<Advice<'_>>) = advice(report.failed())
        .into_iter()
        .partition(|advice| advice.fields.len() > 1);
    for field in report.failed() {
        write!(f, "{}", Story(field))?;
        if let Some(advice) = own.iter().find(|advice| advice.fields == [field.path()]) {
            write!(f, "\n    help: {}", advice.text)?;
        }
    }
    shared.iter().try_for_each(|advice| {
        let those = listed(&advice.fields);
        write!(f, "\n\n  help for {those}: {}", advice.text)
    })
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "field `{}`: {}", self.path, self.message)
    }
}
