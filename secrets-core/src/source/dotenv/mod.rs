//! A `.env` file.

mod bad_line;
mod lines;
mod parse;
mod replace;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;
use tokio::time::Instant;

use super::file_io::{self, Unread};
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
            lines: OnceCell::new(),
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

    async fn read(&self, env: &Env, deadline: Instant) -> Result<Lines, FetchResult> {
        let path = self.file();
        let read = file_io::read_file(path, path, deadline).await;
        let bytes = read.map_err(|unread| self.unread(unread))?;
        let lines = parse(&bytes, env);
        let lines = lines.map_err(|bad_line| FetchResult::Failed(bad_line.failure(path)))?;
        warn_of_kept(path, &lines.kept);
        Ok(lines)
    }

    fn unread(&self, unread: Unread) -> FetchResult {
        let path = self.file().display();
        let (kind, message, hint) = match unread {
            Unread::Failed(error) => return FetchResult::Failed(error),
            Unread::Absent if self.path.is_none() => {
                let reason = format!("there is no `{path}` in the working directory");
                return FetchResult::NotConfigured(reason);
            }
            Unread::Absent => (
                SourceErrorKind::Unreachable,
                format!("`{path}` is not there"),
                "put the file there, or correct the path",
            ),
            Unread::Folder => (
                SourceErrorKind::Malformed,
                format!("`{path}` is a folder, and no file"),
                "put a file there, or correct the path",
            ),
        };
        FetchResult::Failed(SourceError::new(kind, message).with_hint(hint))
    }
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

/// A `.env` file of one load, which is read by the first request.
#[derive(Debug)]
struct OpenDotenv {
    dotenv: Dotenv,
    env: Env,
    lines: OnceCell<Result<Lines, FetchResult>>,
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
            let read = || self.dotenv.read(&self.env, context.deadline());
            match self.lines.get_or_init(read).await {
                Ok(lines) => lines.fetch_all(requests),
                Err(result) => vec![result.clone(); requests.len()],
            }
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
