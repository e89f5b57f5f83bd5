//! Secrets in mounted files.

mod env_files;
mod json_dir;
mod lookup;
mod paths;
mod roots;
mod snapshot;

use std::path::{Path, PathBuf};

use super::{
    Env, FetchContext, FetchFuture, FetchResult, MissingReason, ReadyFuture, Role, SecretRequest,
    SecretSource, Source, general_hint,
};
pub use env_files::EnvFiles;
use roots::Directories;
use snapshot::{DirectorySnapshot, FileReader};

use crate::sync::{Mutex, lock};

/// Directories with a file for each secret, as Docker, Kubernetes and systemd mount them.
///
/// ```
/// use from_secrets::source::Files;
/// use from_secrets::{FromSecrets, Loader};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     #[secret("prod/api/token")]
///     token: String,
///     #[secret(name = "prod/db", json_key = "password")]
///     db_password: String,
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = std::env::temp_dir().join(format!("from-secrets-doc-files-{}", std::process::id()));
/// # std::fs::create_dir_all(&directory)?;
/// std::fs::write(directory.join("prod_api_token"), "a token")?;
/// // A file for each key, as Kubernetes mounts its Secrets.
/// std::fs::create_dir_all(directory.join("prod/db"))?;
/// std::fs::write(directory.join("prod/db/password"), "a password")?;
///
/// let loader = Loader::new().source(Files::new().directory(&directory));
/// let config: Config = loader.load_blocking()?;
/// assert_eq!(config.token, "a token");
/// assert_eq!(config.db_password, "a password");
/// # std::fs::remove_dir_all(directory)?;
/// # Ok(())
/// # }
/// ```
///
/// # File names
///
/// The file of the secret `prod/db` is `prod_db`, as the Secrets Store CSI driver writes it, or `db` in the
/// subdirectory `prod`. The file of an ARN has the name of the secret, or the whole ARN with `_` for each `/`. An ARN
/// that ends in a hyphen and six characters can be complete or [partial][arn], so the name counts with and without this
/// end. If several of these files exist with different content, the load fails. Names that differ only in `/` and `_`
/// share a file. Names cannot lead out of the directory. Pinned versions are always missing.
///
/// # Content
///
/// A file contains text or bytes, at most 1 MiB. Newlines are part of the value. An empty file counts as missing. If
/// fields have JSON keys, the file contains a JSON object, or there is a subdirectory with a file for each key.
///
/// All values of a load are of one state of the directory, even while Kubernetes replaces its content.
///
/// On Unix, a warning is logged, once per file, if other users can read or write the file. The mounts of Docker and
/// Kubernetes can be readable, because their containers do not have other users.
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
    /// Creates a source of the directories in which secrets are mounted.
    ///
    /// If `FROM_SECRETS_DIRECTORY` is set, only its directory is searched, which must exist. Otherwise, these
    /// directories are searched, in order, if they exist:
    ///
    /// 1. `$CREDENTIALS_DIRECTORY` (systemd), which must exist if the variable is set
    /// 2. `/run/secrets` (Docker)
    /// 3. `/mnt/secrets-store` (Kubernetes)
    ///
    /// If none exists, the source is not configured. If `/run/secrets` or `/mnt/secrets-store` cannot be read, only
    /// secrets that are not in another directory fail.
    pub fn new() -> Self {
        Self { directory: None }
    }

    /// Sets the directory, which must exist.
    ///
    /// ```
    /// use from_secrets::Loader;
    /// use from_secrets::source::{Env, Files};
    ///
    /// let files = Files::new().directory("/etc/my-app/secrets");
    /// let loader = Loader::new().source(files).source(Env::new());
    /// ```
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
    /// The directories that exist, as far as they were searched.
    entered: Mutex<Vec<PathBuf>>,
    reader: FileReader,
}

impl OpenFiles {
    async fn read(&self, requests: &[SecretRequest], context: FetchContext) -> Vec<FetchResult> {
        let directories = self.directories.clone();
        let list = requests.to_vec();
        let read = move |snapshot: &mut DirectorySnapshot| {
            let fetch = |request: &SecretRequest| lookup::fetch(snapshot, &directories, request);
            let results = list.iter().map(fetch).collect();
            let paths = directories
                .paths()
                .filter(|path| snapshot.has_entered(path));
            (results, paths.map(Path::to_owned).collect())
        };
        match self.reader.read(context, read).await {
            Ok((results, entered)) => {
                *lock(&self.entered) = entered;
                results
            }
            Err(error) => vec![FetchResult::Failed(error); requests.len()],
        }
    }

    async fn look_for_directory(&self, context: FetchContext) -> Result<(), FetchResult> {
        let directories = self.directories.clone();
        let look = move |snapshot: &mut DirectorySnapshot| lookup::ready(snapshot, &directories);
        let ready = self.reader.read(context, look).await;
        ready.unwrap_or_else(|error| Err(FetchResult::Failed(error)))
    }

    /// Returns the directories that exist, or those that are searched if that is not known or if none exists.
    fn place(&self) -> String {
        let entered = lock(&self.entered);
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

    fn ready(&self, context: FetchContext) -> ReadyFuture<'_> {
        Box::pin(self.look_for_directory(context))
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
