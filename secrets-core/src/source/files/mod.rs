//! Secrets that are mounted as files.

mod directories;
mod folder;
mod look;
mod names;
mod variables;
mod view;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use zeroize::Zeroizing;

use super::{
    Answer, Answers, Environment, Failure, Found, Query, Request, SecretSource, Source, local,
};
use directories::Directories;
use local::Reading;
use view::View;

/// Directories with a file for each secret, as Docker, Kubernetes and systemd mount them.
///
/// The file of the secret `prod/db` is `prod_db`, as the Secrets Store CSI driver writes it, or `db` in the folder
/// `prod`. The file of an ARN is that of its name, or has the whole ARN with `_` for each `/`. An ARN that ends in a
/// hyphen and six characters can be complete or [partial][arn], so the name with this end counts, and the name without
/// it. Where two of these files are there and differ, the load fails; secrets whose names differ in `/` and `_` alone
/// have one file. No name leads out of the directory. A pinned version is never there.
///
/// A file holds the secret as it is, text or bytes, with its newlines, and up to 1 MiB of it. An empty file counts as
/// missing. Where fields take JSON keys, the file holds JSON, or there is a folder with a file for each key, as
/// Kubernetes mounts its Secrets.
///
/// All values of a load are of one state of the directory, also while Kubernetes swaps it.
///
/// On Unix a file that its group or others can write, or that everybody on the machine can read, is warned of in the
/// log, once. Docker's and Kubernetes' own mounts may be readable: nobody else is in their containers.
///
/// ```no_run
/// use from_secrets::{Files, FromSecrets, Loader, SecretString, Source};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString, // /etc/my-app/secrets/API_TOKEN, else the variable API_TOKEN
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let files = Files::in_directory("/etc/my-app/secrets");
/// let config: Config = Loader::new().sources([files.into(), Source::environment()]).load_blocking()?;
/// # let _ = config.api_token;
/// # Ok(())
/// # }
/// ```
///
/// [arn]: https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
#[derive(Clone, Debug)]
pub struct Files {
    directory: Option<PathBuf>,
}

impl Source {
    /// A directory with one file per secret, where Docker, Kubernetes and systemd mount them.
    pub fn files() -> Self {
        Files::mounted().into()
    }
}

impl From<Files> for Source {
    fn from(files: Files) -> Self {
        Self::new(format!("{files:?}"), move |site| files.on(site.environment))
    }
}

impl Files {
    /// Where secrets are mounted: in the directory that the variable `FROM_SECRETS_DIRECTORY` names, which must be
    /// there then. Without it, in those of these that are there, asked in this order: `$CREDENTIALS_DIRECTORY`
    /// (systemd; if it is set, the directory must exist), `/run/secrets` (Docker), `/mnt/secrets-store` (Kubernetes).
    /// None of them: not configured. If `/run/secrets` or `/mnt/secrets-store` cannot be read, only secrets that are in
    /// none of the others fail.
    pub fn mounted() -> Self {
        Self { directory: None }
    }

    /// In this directory, which must be there.
    pub fn in_directory(path: impl Into<PathBuf>) -> Self {
        Self {
            directory: Some(path.into()),
        }
    }

    /// As one load asks them.
    fn on(&self, environment: &Environment) -> Mounts {
        let directories = match &self.directory {
            Some(path) => Directories::named(path.clone()),
            None => Directories::mounted(environment),
        };
        Mounts {
            directories,
            entered: Arc::default(),
            disk: Disk::default(),
        }
    }
}

/// The directories as one load sees them.
#[derive(Debug)]
pub(crate) struct Mounts {
    directories: Directories,
    /// Those that exist, as far as they were searched.
    entered: Arc<Mutex<Vec<PathBuf>>>,
    disk: Disk,
}

impl Mounts {
    async fn ask(&self, query: Query<'_>) -> Vec<Answer> {
        let directories = self.directories.clone();
        let entered = Arc::clone(&self.entered);
        let requests = query.requests().to_vec();
        let read = move |view: &mut View| {
            let answer = |request: &Request| look::answer(view, &directories, request);
            let answers = requests.iter().map(answer).collect();
            let paths = directories.paths().filter(|path| view.has_entered(path));
            *entered.lock().unwrap_or_else(PoisonError::into_inner) =
                paths.map(Path::to_owned).collect();
            answers
        };
        self.disk.read(query, read).await
    }
}

/// What a load has seen of the file system.
#[derive(Debug)]
struct Disk {
    view: Arc<Mutex<View>>,
    reading: Reading,
}

impl Disk {
    /// Reads away from the runtime's own threads, of one state, and says what is too open.
    async fn read(
        &self,
        query: Query<'_>,
        read: impl Fn(&mut View) -> Vec<Answer> + Send + 'static,
    ) -> Vec<Answer> {
        let view = Arc::clone(&self.view);
        let work = move |until: Instant| {
            let mut view = view.lock().unwrap_or_else(PoisonError::into_inner);
            let answers = view.consistently(until, &read);
            (answers, std::mem::take(&mut view.too_open))
        };
        let failed = |failure: Failure| {
            let requests = query.requests().iter();
            requests.map(|_| Answer::Failed(failure.clone())).collect()
        };
        match local::run(query.deadline(), &self.reading, work).await {
            Err(failure) => failed(failure),
            Ok((answers, too_open)) => {
                local::warn(&too_open);
                answers.unwrap_or_else(failed)
            }
        }
    }
}

impl Default for Disk {
    fn default() -> Self {
        let view = View::default();
        Self {
            reading: view.reading.clone(),
            view: Arc::new(Mutex::new(view)),
        }
    }
}

/// The same failure, of a variable.
fn of(variable: &str, failure: &Failure) -> Failure {
    let message = format!("`{variable}`: {}", failure.message());
    let told = Failure::new(failure.cause(), message);
    match failure.hint() {
        Some(hint) => told.with_hint(hint),
        None => told,
    }
}

/// The value of a file: text where it is UTF-8.
fn found(mut bytes: Zeroizing<Vec<u8>>) -> Found {
    match String::from_utf8(std::mem::take(&mut bytes)) {
        Ok(text) => Found::text(text),
        Err(error) => Found::binary(error.into_bytes()),
    }
}

impl SecretSource for Mounts {
    fn name(&self) -> &'static str {
        "files"
    }

    fn fetch<'a>(&'a self, query: Query<'a>) -> Answers<'a> {
        Box::pin(self.ask(query))
    }

    /// The directories that exist, and before that is known, or if none does, those that are searched.
    fn endpoint(&self) -> Option<String> {
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let show = |path: &Path| path.display().to_string();
        let paths: Vec<String> = if entered.is_empty() {
            self.directories.paths().map(show).collect()
        } else {
            entered.iter().map(|path| show(path)).collect()
        };
        Some(paths.join(", "))
    }
}
