//! `.env` files.

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

/// A `.env` file, which sets environment variables for local development.
///
/// The process's variables take precedence: they are queried before the file, even if the chain does not contain them.
/// Fields with `env_only` and values of placeholders, such as `{stage}`, can be in the file too. Settings of this crate
/// and of the SDK, such as `AWS_REGION`, are read from the process's variables only.
///
/// ```
/// use from_secrets::source::{Dotenv, Env};
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: String,
///     #[secret(env_only)]
///     port: u16,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("from-secrets-doc-dotenv-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// # let path = directory.join(".env");
/// std::fs::write(&path, "API_TOKEN='for development'\nPORT=8080\n")?;
///
/// let env = Env::from_vars([("PORT", "9090")]);
/// let loader = Loader::new().source(Dotenv::new().path(&path)).env(env);
/// let config: Config = loader.load_blocking()?;
/// assert_eq!(config.api_token, "for development");
/// assert_eq!(config.port, 9090);
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(())
/// # }
/// ```
///
/// # Syntax
///
/// A line is `NAME=value`, with the syntax of python-dotenv; [the guide](crate::guide::dotenv) describes the syntax and
/// the differences. An empty value counts as unset. The value of a `binary` field is base64.
///
/// `$` is literal, except in `${NAME}` outside single quotes. `${NAME}` is replaced with the process's variable, or
/// with the value of a line above, or with the default in `${NAME:-default}`. Without any of them, the line is an
/// error. A literal `$NAME` whose variable is set is logged as a warning, once, with its name.
///
/// The file is read at most once per load, and only if the environment does not provide all fields and placeholders. On
/// Unix, a warning is logged, once, if other users can read or write the file.
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
    /// Creates a source of the file `.env` in the working directory. Parent directories are not searched. If the file
    /// does not exist, the source is not configured.
    pub fn new() -> Self {
        Self { path: None }
    }

    /// Sets the path of the file, which must exist.
    ///
    /// ```
    /// use from_secrets::Loader;
    /// use from_secrets::source::Dotenv;
    ///
    /// // Two files: the first one takes precedence.
    /// let loader = Loader::new()
    ///     .source(Dotenv::new().path(".env.local"))
    ///     .source(Dotenv::new().path(".env.development"));
    /// ```
    #[must_use]
    pub fn path(self, path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
        }
    }

    fn file(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(".env"))
    }

    async fn read(
        &self,
        env: &Env,
        requests: &[SecretRequest],
        deadline: Instant,
    ) -> Result<Lines, FetchResult> {
        let path = self.file();
        let read = file_io::read_file(path, path, deadline).await;
        let bytes = read.map_err(|unread| self.unread(unread))?;
        let requested: Vec<&str> = requests.iter().map(SecretRequest::id).collect();
        let lines = parse(&bytes, env, &requested);
        let lines = lines.map_err(|bad_line| FetchResult::Failed(bad_line.source_error(path)))?;
        warn_of_kept(path, &lines.kept);
        Ok(lines)
    }

    fn unread(&self, unread: Unread) -> FetchResult {
        let path = self.file().display();
        let (kind, message, hint) = match unread {
            Unread::Failed(error) => return FetchResult::Failed(error),
            Unread::Absent if self.path.is_none() => {
                let reason = format!("no `{path}` in the working directory");
                return FetchResult::NotConfigured(reason);
            }
            Unread::Absent => (
                SourceErrorKind::Unreachable,
                format!("`{path}` does not exist"),
                "create the file, or correct the path",
            ),
            Unread::Folder => (
                SourceErrorKind::Malformed,
                format!("`{path}` is a directory"),
                "use a file, or correct the path",
            ),
        };
        FetchResult::Failed(SourceError::new(kind, message).with_hint(hint))
    }
}

/// Reads a file or a pipe. Errors contain the `requested` names.
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) fn read_stream(
    path: &Path,
    environment: &Env,
    requested: &[&str],
) -> Result<Lines, SourceError> {
    let bytes = file_io::read_stream(path)?;
    parse(&bytes, environment, requested).map_err(|bad_line| bad_line.source_error(path))
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
                "`$` before the name of a variable is not replaced; write `${{NAME}}` to replace it, or put the value in single quotes"
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

    fn endpoint(&self) -> Option<String> {
        Some(self.dotenv.file().display().to_string())
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async move {
            let read = || self.dotenv.read(&self.env, requests, context.deadline());
            match self.lines.get_or_init(read).await {
                Ok(lines) => lines.fetch_all(requests),
                Err(result) => vec![result.clone(); requests.len()],
            }
        })
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        match result {
            FetchResult::NotConfigured(_) => Some("create a `.env` file".to_owned()),
            FetchResult::Missing(MissingReason::SimilarLine { name, line }) => Some(format!(
                "rename `{name}` in line {line} of {} to `{}`",
                self.dotenv.file().display(),
                request.id()
            )),
            _ => None,
        }
    }
}

impl Default for Dotenv {
    fn default() -> Self {
        Self::new()
    }
}
