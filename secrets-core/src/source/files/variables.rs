//! Files that environment variables name.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::look::enter;
use super::view::View;
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
    view: Arc<Mutex<View>>,
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
            view: Arc::default(),
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
        super::read(&self.view, query, move |view| {
            let answer = |named: &Result<Named, Answer>| match named {
                Ok(named) => named.answer(view),
                Err(answer) => answer.clone(),
            };
            named.iter().map(answer).collect()
        })
        .await
    }

    /// The file for a variable, or the answer where there is none.
    fn named(&self, request: &Request) -> Result<Named, Answer> {
        let name = request.id();
        let variable = format!("{name}_FILE");
        let Some(path) = self.environment.get(&variable) else {
            return Err(match self.environment.answer(&variable) {
                Answer::Failed(failure) => Answer::Failed(of(&variable, &failure)),
                _ => Answer::Missing(Missing::Variable),
            });
        };
        if !matches!(self.environment.answer(name), Answer::Missing(_)) {
            return Err(Answer::Failed(both(name, &variable)));
        }
        let path = PathBuf::from(path.as_str());
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
        let path = self.path.display();
        let failure = |cause: Cause, what: &str| {
            let message = format!("`{path}`, which it names, {what}");
            Failure::new(cause, message).with_hint("mount the file, or correct the variable")
        };
        let failure = match self.read(view) {
            Ok(bytes) => return value(bytes),
            Err(Unread::Absent) => failure(Cause::Unreachable, "is not there"),
            Err(Unread::Folder) => failure(Cause::Malformed, "is a folder"),
            Err(Unread::Failed(failure)) => failure,
        };
        Answer::Failed(of(&self.variable, &failure))
    }

    /// Through the folder that it is in, so that all files of a folder are of one state.
    fn read(&self, view: &mut View) -> Result<Zeroizing<Vec<u8>>, Unread> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Err(Unread::Folder);
        };
        let is_here = folder.as_os_str().is_empty();
        let folder = if is_here { Path::new(".") } else { folder };
        let folder = enter(view, &self.path, folder)?;
        view.read(&self.path, &folder.child(name))
    }
}

/// The value of such a file. The newlines at its end are dropped from text, as the shell's `$(< file)` does, and what
/// is empty then counts as unset, as any variable does. It is given as bytes, also where it is text: a `binary` field
/// takes them as they are, while base64 is what it takes of a variable's text.
fn value(mut bytes: Zeroizing<Vec<u8>>) -> Answer {
    if let Ok(text) = std::str::from_utf8(&bytes) {
        let trimmed = text.trim_end_matches(['\r', '\n']).len();
        bytes.truncate(trimmed);
    }
    if bytes.is_empty() {
        return Answer::Missing(Missing::EmptyVariable);
    }
    Answer::Found(Found::binary(std::mem::take(&mut *bytes)))
}

/// The same of a variable.
fn of(variable: &str, failure: &Failure) -> Failure {
    let message = format!("`{variable}`: {}", failure.message());
    let told = Failure::new(failure.cause(), message);
    match failure.hint() {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
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
