//! A `.env` file.

mod bad_line;
mod lines;
mod parse;
mod replace;
mod value;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::file_io::{self, TooOpen, Unread};
use super::{
    Env, FetchContext, FetchFuture, FetchResult, KeyedBy, MissingReason, Role, SecretRequest,
    SecretSource, Source, SourceError, SourceErrorKind,
};
use crate::per_process::PerProcess;
pub(crate) use lines::{Kept, Lines};
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) use lines::{Line, Replacement, Replacer, is_comparable};
pub(crate) use parse::parse;

/// A `.env` file, which sets variables for local development without `export`.
///
/// It never overrides the environment: that is asked before it, where the chain does not have it before it anyway.
/// `env_only` fields are read from it too, after the environment. Parameters (`{stage}` in names) and the variables of
/// this crate and of the SDK (`FROM_SECRETS_SOURCES`, `AWS_REGION`) are read from the environment alone.
///
/// A line is `NAME=value`, as python-dotenv reads it; [the guide](crate::guide::dotenv) has the syntax and the
/// differences. A `$` is literal. Only `${NAME}` outside single quotes is replaced: with the process's variable, or else
/// with the value of a line above, or with the default of `${NAME:-default}`. If there is none of them, it is an error.
/// A literal `$NAME` whose variable is set is logged as a warning, once, by its name. An empty value counts as unset; a
/// `binary` field's value is base64.
///
/// The file is read at most once in a load, and only when the environment leaves something open. On Unix, a file that
/// its group or others can write, or that everybody on the machine can read, is warned of in the log, once.
///
/// ```no_run
/// use from_secrets::source::Dotenv;
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString, // the variable API_TOKEN, else its line in .env.local
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let config: Config = Loader::new().source(Dotenv::new().path(".env.local")).load_blocking()?;
/// # let _ = config.api_token;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Dotenv {
    path: Option<PathBuf>,
}

impl From<Dotenv> for Source {
    fn from(dotenv: Dotenv) -> Self {
        let label = format!("{dotenv:?}");
        Self::new(label, Role::EnvFallback, move |context| OpenDotenv {
            dotenv: dotenv.clone(),
            env: context.env.clone(),
            read: Mutex::default(),
        })
    }
}

impl Dotenv {
    /// Creates a source of the file `.env` in the working directory, not in those above it. If it does not exist, the
    /// source is not configured.
    pub fn new() -> Self {
        Self { path: None }
    }

    /// Sets the path of the file, which must exist.
    #[must_use]
    pub fn path(self, path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
        }
    }

    fn file(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(".env"))
    }

    async fn lines(&self, environment: &Env, deadline: Instant) -> Result<Arc<Lines>, FetchResult> {
        let path = self.file().to_owned();
        let environment = environment.clone();
        let reading = file_io::Reading::default();
        reading.begin(&path);
        let work = move |_| {
            let mut too_open = Vec::new();
            (lines(&path, &environment, &mut too_open), too_open)
        };
        let read = file_io::run(deadline, &reading, work).await;
        let (read, too_open) = read.map_err(FetchResult::Failed)?;
        file_io::warn(&too_open);
        let lines = read.map_err(|unread| self.unread(unread))?;
        warn_of_kept(self.file(), &lines.kept);
        Ok(Arc::new(lines))
    }

    fn unread(&self, unread: Unread) -> FetchResult {
        let path = self.file().display();
        match (unread, &self.path) {
            (Unread::Absent, None) => {
                FetchResult::NotConfigured(format!("there is no `{path}` in the working directory"))
            }
            (Unread::Absent, Some(_)) => FetchResult::Failed(
                SourceError::new(
                    SourceErrorKind::Unreachable,
                    format!("`{path}` is not there"),
                )
                .with_hint("put the file there, or correct the path"),
            ),
            (Unread::Folder, _) => FetchResult::Failed(
                SourceError::new(
                    SourceErrorKind::Malformed,
                    format!("`{path}` is a folder, and no file"),
                )
                .with_hint("put a file there, or correct the path"),
            ),
            (Unread::Failed(failure), _) => FetchResult::Failed(failure),
        }
    }
}

fn lines(path: &Path, environment: &Env, too_open: &mut Vec<TooOpen>) -> Result<Lines, Unread> {
    let bytes = file_io::read(path, path, too_open)?;
    parse(&bytes, environment).map_err(|bad_line| Unread::Failed(bad_line.failure(path)))
}

/// Reads a file that may be a pipe.
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) fn read_stream(path: &Path, environment: &Env) -> Result<Lines, SourceError> {
    let bytes = file_io::read_stream(path)?;
    parse(&bytes, environment).map_err(|bad_line| bad_line.failure(path))
}

/// Logs each variable once in a process.
fn warn_of_kept(path: &Path, kept: &[Kept]) {
    static SEEN: PerProcess<BTreeSet<(PathBuf, String)>> = PerProcess::new();
    for Kept { number, name } in kept {
        if SEEN.with(|seen| seen.insert((path.to_owned(), name.clone()))) {
            tracing::warn!(
                path = %path.display(),
                line = number,
                variable = name,
                "a `$` before a variable's name is not replaced; write `${{NAME}}` to replace it, or put the value in single quotes"
            );
        }
    }
}

/// A `.env` file that is read when it is first asked, and never again.
#[derive(Debug)]
struct OpenDotenv {
    dotenv: Dotenv,
    env: Env,
    read: Mutex<Option<Result<Arc<Lines>, FetchResult>>>,
}

impl OpenDotenv {
    async fn lines(&self, deadline: Instant) -> Result<Arc<Lines>, FetchResult> {
        let known = self.read().clone();
        if let Some(known) = known {
            return known;
        }
        let read = self.dotenv.lines(&self.env, deadline).await;
        self.read().insert(read).clone()
    }

    fn read(&self) -> std::sync::MutexGuard<'_, Option<Result<Arc<Lines>, FetchResult>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretSource for OpenDotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::EnvVar
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async move {
            let lines = self.lines(context.deadline()).await;
            let fetch = |request: &SecretRequest| match &lines {
                Ok(lines) => lines.fetch(request, requests),
                Err(result) => result.clone(),
            };
            requests.iter().map(fetch).collect()
        })
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        match result {
            FetchResult::NotConfigured(_) => Some("write a `.env`".to_owned()),
            FetchResult::Missing(MissingReason::SimilarLine { name, line }) => Some(format!(
                "rename `{name}` in line {line} of {} to `{}`",
                self.dotenv.file().display(),
                request.id()
            )),
            _ => None,
        }
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.dotenv.file().display().to_string())
    }
}

impl Default for Dotenv {
    fn default() -> Self {
        Self::new()
    }
}
