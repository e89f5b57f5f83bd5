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

use super::local::{self, TooOpen, Unread};
use super::{
    Answer, Answers, Cause, Environment, Failure, KeyedBy, Query, Request, Role, SecretSource,
    Source,
};
use crate::per_process::PerProcess;
pub(crate) use lines::{Kept, Lines};
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) use lines::{Line, Replacement, Replacer, is_comparable};
pub(crate) use parse::parse;

/// A `.env` file, which holds variables as the environment does: for a laptop, where nobody wants to export them.
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
/// use from_secrets::{Dotenv, FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString, // the variable API_TOKEN, else its line in .env.local
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let config: Config = Loader::new().sources([Dotenv::at(".env.local")]).load_blocking()?;
/// # let _ = config.api_token;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Dotenv {
    path: Option<PathBuf>,
}

impl Source {
    /// The file `.env` in the working directory. The environment is asked before it, whether the chain names it or not.
    pub fn dotenv() -> Self {
        Dotenv::new().into()
    }
}

impl From<Dotenv> for Source {
    fn from(dotenv: Dotenv) -> Self {
        let source = Self::new(format!("{dotenv:?}"), move |site| Once {
            dotenv: dotenv.clone(),
            environment: site.environment.clone(),
            read: Mutex::default(),
        });
        source.with_role(Role::MoreVariables)
    }
}

impl Dotenv {
    /// The file `.env` in the working directory, and not in those above it. Where there is none, the source is not
    /// configured.
    pub fn new() -> Self {
        Self { path: None }
    }

    /// The file at this path, which must be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: Some(path.into()),
        }
    }

    fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(".env"))
    }

    async fn lines(
        &self,
        environment: &Environment,
        deadline: Instant,
    ) -> Result<Arc<Lines>, Answer> {
        let path = self.path().to_owned();
        let environment = environment.clone();
        let reading = local::Reading::default();
        reading.begin(&path);
        let work = move |_| {
            let mut too_open = Vec::new();
            (lines(&path, &environment, &mut too_open), too_open)
        };
        let read = local::run(deadline, &reading, work).await;
        let (read, too_open) = read.map_err(Answer::Failed)?;
        local::warn(&too_open);
        let lines = read.map_err(|unread| self.answer(unread))?;
        warn_of_kept(self.path(), &lines.kept);
        Ok(Arc::new(lines))
    }

    fn answer(&self, unread: Unread) -> Answer {
        let path = self.path().display();
        match (unread, &self.path) {
            (Unread::Absent, None) => {
                Answer::NotConfigured(format!("there is no `{path}` in the working directory"))
            }
            (Unread::Absent, Some(_)) => Answer::Failed(
                Failure::new(Cause::Unreachable, format!("`{path}` is not there"))
                    .with_hint("put the file there, or correct the path"),
            ),
            (Unread::Folder, _) => Answer::Failed(
                Failure::new(
                    Cause::Malformed,
                    format!("`{path}` is a folder, and no file"),
                )
                .with_hint("put a file there, or correct the path"),
            ),
            (Unread::Failed(failure), _) => Answer::Failed(failure),
        }
    }
}

fn lines(
    path: &Path,
    environment: &Environment,
    too_open: &mut Vec<TooOpen>,
) -> Result<Lines, Unread> {
    let bytes = local::read(path, path, too_open)?;
    parse(&bytes, environment).map_err(|bad_line| Unread::Failed(bad_line.failure(path)))
}

/// Reads a file that may be a pipe.
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) fn read_stream(path: &Path, environment: &Environment) -> Result<Lines, Failure> {
    let bytes = local::read_stream(path)?;
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
struct Once {
    dotenv: Dotenv,
    environment: Environment,
    read: Mutex<Option<Result<Arc<Lines>, Answer>>>,
}

impl Once {
    async fn lines(&self, deadline: Instant) -> Result<Arc<Lines>, Answer> {
        let known = self.read().clone();
        if let Some(known) = known {
            return known;
        }
        let read = self.dotenv.lines(&self.environment, deadline).await;
        self.read().insert(read).clone()
    }

    fn read(&self) -> std::sync::MutexGuard<'_, Option<Result<Arc<Lines>, Answer>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretSource for Once {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::Variable
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(async move {
            let lines = self.lines(query.deadline()).await;
            let requests = query.requests();
            let answer = |request: &Request| match &lines {
                Ok(lines) => lines.answer(request, requests),
                Err(answer) => answer.clone(),
            };
            requests.iter().map(answer).collect()
        })
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.dotenv.path().display().to_string())
    }
}

/// The chain with the environment before the first `.env` file, because such a file never overrides it.
pub(crate) fn behind_environment(mut sources: Vec<Source>) -> Vec<Source> {
    let is_environment = |source: &Source| source.role() == Role::Environment;
    let first = sources.iter().position(Source::holds_settings);
    let Some(first) = first.filter(|first| !sources[..*first].iter().any(is_environment)) else {
        return sources;
    };
    // All of them stand behind, where they would be asked in vain.
    sources.retain(|source| !is_environment(source));
    sources.insert(first, Source::environment());
    sources
}

impl Default for Dotenv {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn order(sources: Vec<Source>) -> Vec<&'static str> {
        let name = |source: &Source| match source.role() {
            Role::Environment => "env",
            Role::MoreVariables => "dotenv",
            Role::Secrets => "other",
        };
        behind_environment(sources).iter().map(name).collect()
    }

    #[test]
    fn the_environment_stands_before_the_first_file_and_once() {
        let (env, file) = (Source::environment, Source::dotenv);
        let other = || Source::from(Memory::new());
        assert_eq!(order(vec![file()]), ["env", "dotenv"]);
        assert_eq!(
            order(vec![env(), other(), file()]),
            ["env", "other", "dotenv"]
        );
        assert_eq!(
            order(vec![other(), file(), env()]),
            ["other", "env", "dotenv"]
        );
        assert_eq!(
            order(vec![file(), env(), file(), other(), env()]),
            ["env", "dotenv", "dotenv", "other"]
        );
        assert_eq!(order(vec![other(), env()]), ["other", "env"]);
    }
}
