//! Files that environment variables name.

use std::path::{Component, Path, PathBuf, is_separator};

use zeroize::Zeroizing;

use super::look::enter;
use super::view::View;
use super::{Disk, of};
use crate::source::local::Unread;
use crate::source::{
    Answer, Answers, Cause, Environment, Failure, Found, KeyedBy, Missing, Query, Request,
    SecretSource, Source,
};

/// Files that variables name: `DB_PASSWORD_FILE=/run/secrets/db_password` for the variable `DB_PASSWORD`, as the
/// official images of Docker take them.
/// <https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh>
#[derive(Debug)]
pub(crate) struct VariableFiles {
    environment: Environment,
    disk: Disk,
}

impl Source {
    /// Files that environment variables name: `DB_PASSWORD_FILE` for the variable `DB_PASSWORD`.
    pub fn variable_files() -> Self {
        Self::new("VariableFiles", |site| VariableFiles::new(site.environment))
    }
}

impl VariableFiles {
    fn new(environment: &Environment) -> Self {
        Self {
            environment: environment.clone(),
            disk: Disk::default(),
        }
    }

    async fn ask(&self, query: Query<'_>) -> Vec<Answer> {
        let named: Vec<Result<Named, Answer>> = query
            .requests()
            .iter()
            .map(|request| self.named(request))
            .collect();
        if named.iter().all(Result::is_err) {
            return named.into_iter().filter_map(Result::err).collect();
        }
        let read = move |view: &mut View| {
            let answer = |named: &Result<Named, Answer>| match named {
                Ok(named) => named.answer(view),
                Err(answer) => answer.clone(),
            };
            named.iter().map(answer).collect()
        };
        self.disk.read(query, read).await
    }

    /// The file for a variable, or the answer where there is none.
    fn named(&self, request: &Request) -> Result<Named, Answer> {
        let name = request.id();
        let variable = format!("{name}_FILE");
        let Some(path) = self.environment.path(&variable) else {
            return Err(Answer::Missing(Missing::Variable));
        };
        if !matches!(self.environment.answer(name), Answer::Missing(_)) {
            return Err(Answer::Failed(both(name, &variable)));
        }
        Ok(Named { variable, path })
    }
}

/// A variable that names a file.
struct Named {
    variable: String,
    path: PathBuf,
}

impl Named {
    fn answer(&self, view: &mut View) -> Answer {
        let hidden = PathBuf::from(format!("${}", self.variable));
        view.reading.begin(&hidden);
        let is_path = is_surely_a_path(&self.path);
        let shown = if is_path { &self.path } else { &hidden };
        let failure = match self.read(view, shown) {
            Ok(bytes) => return value(bytes),
            Err(Unread::Failed(failure)) => failure,
            Err(_) if !is_path => return Answer::Failed(self.no_path()),
            Err(Unread::Absent) => self.unusable(Cause::Unreachable, "is not there"),
            Err(Unread::Folder) => self.unusable(Cause::Malformed, "is a folder"),
        };
        Answer::Failed(of(&self.variable, &failure))
    }

    /// Through the folder that it is in, so that all files of a folder are of one state.
    fn read(&self, view: &mut View, shown: &Path) -> Result<Zeroizing<Vec<u8>>, Unread> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Err(Unread::Folder);
        };
        let is_here = folder.as_os_str().is_empty();
        let folder = if is_here { Path::new(".") } else { folder };
        let folder = enter(view, shown, folder)?;
        view.read(shown, &folder.child(name))
    }

    fn unusable(&self, cause: Cause, what: &str) -> Failure {
        let message = format!("`{}`, which it names, {what}", self.path.display());
        Failure::new(cause, message).with_hint("mount the file, or correct the variable")
    }

    /// The value may be the secret itself, so it is not shown.
    fn no_path(&self) -> Failure {
        let variable = &self.variable;
        let message = format!("`{variable}` does not contain the path of an existing file");
        Failure::new(Cause::Unreachable, message).with_hint(
            "set the variable to the path of a mounted file; the secret itself goes in the variable without `_FILE`",
        )
    }
}

/// Whether a variable's value is a path, and not a secret that was put there by mistake: it has a separator, and at
/// least its directory exists. Every path is in `/` or in the working directory, so these two do not count.
fn is_surely_a_path(value: &Path) -> bool {
    let bytes = value.as_os_str().as_encoded_bytes();
    let has_separator = bytes.iter().any(|byte| is_separator(char::from(*byte)));
    let is_named = |folder: &&Path| {
        let mut components = folder.components();
        components.any(|component| matches!(component, Component::Normal(_)))
    };
    let exists = || value.symlink_metadata().is_ok();
    let folder_exists = || value.parent().filter(is_named).is_some_and(Path::is_dir);
    has_separator && (exists() || folder_exists())
}

/// The value of such a file. The newlines at its end are dropped from text, as the shell's `$(< file)` does, and what
/// is empty then counts as missing, as an empty variable does. It is given as bytes, also where it is text: a `binary` field
/// takes them as they are, while base64 is what it takes of a variable's text.
fn value(mut bytes: Zeroizing<Vec<u8>>) -> Answer {
    if let Ok(text) = std::str::from_utf8(&bytes) {
        let trimmed = text.trim_end_matches(['\r', '\n']).len();
        bytes.truncate(trimmed);
    }
    if bytes.is_empty() {
        return Answer::Missing(Missing::EmptyFile);
    }
    Answer::Found(Found::binary(std::mem::take(&mut *bytes)))
}

/// As the official images refuse it: nobody can say which one is meant.
fn both(name: &str, variable: &str) -> Failure {
    let message = format!("`{name}` and `{variable}` are both set");
    Failure::new(Cause::Malformed, message).with_hint("unset one of them")
}

impl SecretSource for VariableFiles {
    fn name(&self) -> &'static str {
        "var-files"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::Variable
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(self.ask(query))
    }
}
