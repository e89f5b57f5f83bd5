//! Secrets that are mounted as files.

mod env_files;
mod json_dir;
mod lookup;
mod paths;
mod roots;
mod snapshot;

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::{
    Env, FetchContext, FetchFuture, FetchResult, MissingReason, Role, SecretRequest, SecretSource,
    Source, file_io, general_hint,
};
pub use env_files::EnvFiles;
use roots::Directories;
use snapshot::{DirectorySnapshot, FileReader};

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
/// use from_secrets::source::{Env, Files};
/// use from_secrets::{FromSecrets, Loader, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     api_token: SecretString, // /etc/my-app/secrets/API_TOKEN, else the variable API_TOKEN
/// }
///
/// # fn main() -> Result<(), from_secrets::Error> {
/// let files = Files::new().directory("/etc/my-app/secrets");
/// let config: Config = Loader::new().source(files).source(Env::new()).load_blocking()?;
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

impl From<Files> for Source {
    fn from(files: Files) -> Self {
        let label = format!("{files:?}");
        Self::new(label, Role::Secrets, move |context| files.open(context.env))
    }
}

impl Files {
    /// Creates a source of the directories in which secrets are mounted: the directory that the variable
    /// `FROM_SECRETS_DIRECTORY` names, which must exist then. Without it, those of these that exist, in this order:
    /// `$CREDENTIALS_DIRECTORY` (systemd; if it is set, the directory must exist), `/run/secrets` (Docker),
    /// `/mnt/secrets-store` (Kubernetes). If none exists, the source is not configured. If `/run/secrets` or
    /// `/mnt/secrets-store` cannot be read, only secrets that none of the others has fail.
    pub fn new() -> Self {
        Self { directory: None }
    }

    /// Sets the directory, which must exist.
    #[must_use]
    pub fn directory(self, path: impl Into<PathBuf>) -> Self {
        Self {
            directory: Some(path.into()),
        }
    }

    fn open(&self, env: &Env) -> OpenFiles {
        let directories = match &self.directory {
            Some(path) => Directories::named(path.clone()),
            None => Directories::mounted(env),
        };
        OpenFiles {
            directories,
            entered: Mutex::default(),
            reader: FileReader::default(),
        }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self::new()
    }
}

/// The directories of one load.
struct OpenFiles {
    directories: Directories,
    /// Those that exist, as far as they were searched.
    entered: Mutex<Vec<PathBuf>>,
    reader: FileReader,
}

impl OpenFiles {
    async fn read(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        let directories = self.directories.clone();
        let list = requests.to_vec();
        let read = move |view: &mut DirectorySnapshot| {
            let fetch = |request: &SecretRequest| lookup::fetch(view, &directories, request);
            let results = list.iter().map(fetch).collect();
            let paths = directories.paths().filter(|path| view.has_entered(path));
            (results, paths.map(Path::to_owned).collect())
        };
        match self.reader.read(context, read).await {
            Ok((results, entered)) => {
                *file_io::lock(&self.entered) = entered;
                results
            }
            Err(error) => vec![FetchResult::Failed(error); requests.len()],
        }
    }

    /// Returns the directories that exist, or those that are searched if that is not known or if none exists.
    fn place(&self) -> String {
        let entered = file_io::lock(&self.entered);
        let show = |path: &Path| path.display().to_string();
        let paths: Vec<String> = if entered.is_empty() {
            self.directories.paths().map(show).collect()
        } else {
            entered.iter().map(|path| show(path)).collect()
        };
        paths.join(", ")
    }
}

impl SecretSource for OpenFiles {
    fn name(&self) -> &'static str {
        "files"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(self.read(requests, context))
    }

    fn endpoint(&self) -> Option<String> {
        Some(self.place())
    }

    fn hint(&self, _: &SecretRequest, result: &FetchResult<()>) -> Option<String> {
        let hint = match result {
            FetchResult::NotConfigured(_) => return Some("mount the secrets".to_owned()),
            FetchResult::Missing(MissingReason::File) => "mount the file{s} for {names} in",
            FetchResult::Missing(MissingReason::EmptyFile) => {
                "write a value into the file{s} for {names} in"
            }
            _ => return general_hint("files", result),
        };
        Some(format!("{hint} {}", self.place()))
    }
}
