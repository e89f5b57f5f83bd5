//! Files whose paths are in environment variables.

use std::path::{Component, Path, PathBuf, is_separator};

use zeroize::Zeroizing;

use super::roots::of_variable;
use super::snapshot::{DirectorySnapshot, FileReader};
use crate::source::file_io::Unread;
use crate::source::{
    Env, FetchContext, FetchFuture, FetchResult, KeyedBy, MissingReason, Role, SecretRequest,
    SecretSource, SecretValue, Source, SourceError, SourceErrorKind,
};

/// Files whose paths are in environment variables, as [Docker's official images][docker] accept them.
///
/// The file for the variable `DB_PASSWORD` is the path in `DB_PASSWORD_FILE`. It is an error if both variables are set.
/// Newlines at the end of text are removed.
///
/// ```
/// use from_secrets::source::{Env, EnvFiles};
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     db_password: String,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let path = std::env::temp_dir().join(format!("from-secrets-doc-env-files-{}", std::process::id()));
/// std::fs::write(&path, "a password\n")?;
///
/// let env = Env::from_vars([("DB_PASSWORD_FILE", path.to_str().unwrap())]);
/// let config: Config = Loader::new().source(EnvFiles::new()).env(env).load_blocking()?;
/// assert_eq!(config.db_password, "a password");
/// # std::fs::remove_file(path)?;
/// # Ok(())
/// # }
/// ```
///
/// [docker]: https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh
#[derive(Clone, Debug, Default)]
pub struct EnvFiles(());

impl EnvFiles {
    /// Creates a source of the files in the loader's environment variables.
    pub fn new() -> Self {
        Self::default()
    }
}

impl From<EnvFiles> for Source {
    fn from(_: EnvFiles) -> Self {
        Self::new("EnvFiles", Role::Secrets, |context| OpenEnvFiles {
            env: context.env.clone(),
            reader: FileReader::default(),
        })
    }
}

/// The files of one load.
struct OpenEnvFiles {
    env: Env,
    reader: FileReader,
}

impl OpenEnvFiles {
    async fn read(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        let named: Vec<Result<Named, FetchResult>> =
            requests.iter().map(|request| self.named(request)).collect();
        if named.iter().all(Result::is_err) {
            return named.into_iter().filter_map(Result::err).collect();
        }
        let read = move |snapshot: &mut DirectorySnapshot| {
            let fetch = |named: &Result<Named, FetchResult>| match named {
                Ok(named) => named.fetch(snapshot),
                Err(result) => result.clone(),
            };
            named.iter().map(fetch).collect()
        };
        let results = self.reader.read(context, read).await;
        results.unwrap_or_else(|error| vec![FetchResult::Failed(error); requests.len()])
    }

    /// Returns the file for a variable, or the result if there is no file.
    fn named(&self, request: &SecretRequest) -> Result<Named, FetchResult> {
        let name = request.id();
        let variable = format!("{name}_FILE");
        let Some(path) = self.env.path(&variable) else {
            return Err(FetchResult::Missing(MissingReason::EnvVar));
        };
        if !matches!(self.env.fetch(name), FetchResult::Missing(_)) {
            // Docker's official images reject this too, because it is ambiguous.
            let message = format!("`{name}` and `{variable}` are both set");
            let error = SourceError::new(SourceErrorKind::Malformed, message);
            return Err(FetchResult::Failed(error.with_hint("unset one of them")));
        }
        Ok(Named { variable, path })
    }
}

/// A variable that contains the path of a file.
struct Named {
    variable: String,
    path: PathBuf,
}

impl Named {
    fn fetch(&self, snapshot: &mut DirectorySnapshot) -> FetchResult {
        let hidden = PathBuf::from(format!("${}", self.variable));
        snapshot.reading.begin(&hidden);
        let is_path = is_surely_a_path(&self.path);
        let shown = if is_path { &self.path } else { &hidden };
        let (variable, path) = (&self.variable, self.path.display());
        let (kind, message, hint) = match self.read(snapshot, shown) {
            Ok(bytes) => return value(bytes),
            Err(Unread::Failed(error)) => {
                return FetchResult::Failed(of_variable(variable, error));
            }
            // The value may be the secret itself, so it is not shown.
            Err(_) if !is_path => (
                SourceErrorKind::Unreachable,
                format!("`{variable}` does not contain the path of an existing file"),
                "set the variable to the path of a mounted file, or put the secret itself into the variable without `_FILE`",
            ),
            Err(Unread::Absent) => (
                SourceErrorKind::Unreachable,
                format!("`{path}` from `{variable}` does not exist"),
                "mount the file, or correct the variable",
            ),
            Err(Unread::Folder) => (
                SourceErrorKind::Malformed,
                format!("`{path}` from `{variable}` is a directory"),
                "mount the file, or correct the variable",
            ),
        };
        FetchResult::Failed(SourceError::new(kind, message).with_hint(hint))
    }

    /// Reads the file through its directory, so that all files of a directory are of one state.
    fn read(
        &self,
        snapshot: &mut DirectorySnapshot,
        shown: &Path,
    ) -> Result<Zeroizing<Vec<u8>>, Unread> {
        let (Some(folder), Some(name)) = (self.path.parent(), self.path.file_name()) else {
            return Err(Unread::Folder);
        };
        let is_here = folder.as_os_str().is_empty();
        let folder = if is_here { Path::new(".") } else { folder };
        let folder = snapshot.enter(shown, folder)?;
        snapshot.read(shown, &folder.child(name))
    }
}

/// Returns whether a variable's value is a path, and not a secret that was put there by mistake: it has a separator,
/// and at least its directory exists. Every path is in `/` or in the working directory, so these two do not count.
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

/// Returns the value of a file. Newlines at the end of text are removed, as by the shell's `$(< file)`; the rest counts
/// as missing if it is empty, as an empty variable does. The value is binary even if it is text, so that a `binary`
/// field accepts it as it is, and not as base64.
fn value(mut bytes: Zeroizing<Vec<u8>>) -> FetchResult {
    if let Ok(text) = std::str::from_utf8(&bytes) {
        let trimmed = text.trim_end_matches(['\r', '\n']).len();
        bytes.truncate(trimmed);
    }
    if bytes.is_empty() {
        return FetchResult::Missing(MissingReason::EmptyFile);
    }
    FetchResult::Found(SecretValue::binary(std::mem::take(&mut *bytes)))
}

impl SecretSource for OpenEnvFiles {
    fn name(&self) -> &'static str {
        "env-files"
    }

    fn keyed_by(&self) -> KeyedBy {
        KeyedBy::EnvVar
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.read(requests, context))
    }

    fn hint(&self, request: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        let variable = format!("{}_FILE", request.id());
        match result {
            FetchResult::Missing(MissingReason::EmptyFile) => {
                Some(format!("write a value into the file in `{variable}`"))
            }
            FetchResult::Missing(_) => Some(format!(
                "set `{variable}` to the path of a file with the value"
            )),
            _ => None,
        }
    }
}
