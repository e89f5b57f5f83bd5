//! The directories in which secrets are mounted.

use std::path::{Path, PathBuf};

use super::snapshot::DirectorySnapshot;
use crate::source::file_io::Unread;
use crate::source::{Env, SourceError, SourceErrorKind};

/// Sets the directory instead of the usual ones.
const DIRECTORY: &str = "FROM_SECRETS_DIRECTORY";
/// systemd sets it for services with `LoadCredential=`. <https://systemd.io/CREDENTIALS/>
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Docker mounts secrets here. <https://docs.docker.com/engine/swarm/secrets/>
const DOCKER: &str = "/run/secrets";
/// The documentation of the Secrets Store CSI driver mounts secrets here.
/// <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
const KUBERNETES: &str = "/mnt/secrets-store";

/// The directories that may contain secrets, in the order in which they are searched.
#[derive(Clone, Debug)]
pub(super) struct Directories(Vec<Directory>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    path: PathBuf,
    origin: PathOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PathOrigin {
    /// A usual directory, which may be absent or unreadable for this process.
    Usual,
    Code,
    Variable(&'static str),
}

impl Directories {
    pub(super) fn mounted(environment: &Env) -> Self {
        let named = |variable| {
            let path = environment.path(variable)?;
            Some(Directory::new(path, PathOrigin::Variable(variable)))
        };
        if let Some(directory) = named(DIRECTORY) {
            return Self(vec![directory]);
        }
        let usual = [DOCKER, KUBERNETES].map(|path| Directory::new(path, PathOrigin::Usual));
        Self(named(CREDENTIALS).into_iter().chain(usual).collect())
    }

    pub(super) fn named(path: PathBuf) -> Self {
        Self(vec![Directory::new(path, PathOrigin::Code)])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Directory> {
        self.0.iter()
    }

    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.iter().map(Directory::path)
    }

    /// Returns the reason why no directory was searched.
    pub(super) fn not_found(&self) -> String {
        let paths: Vec<String> = self
            .paths()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        format!(
            "no secrets directory found ({}), and `{DIRECTORY}` is not set",
            paths.join(", ")
        )
    }
}

impl Directory {
    fn new(path: impl Into<PathBuf>, origin: PathOrigin) -> Self {
        Self {
            path: path.into(),
            origin,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the search continues in the next directory if this one cannot be read.
    pub(super) fn is_optional(&self) -> bool {
        self.origin == PathOrigin::Usual
    }

    /// Enters the directory. Returns `false` if it is optional and does not exist.
    pub(super) fn enter(&self, snapshot: &mut DirectorySnapshot) -> Result<bool, SourceError> {
        let path = self.path.display();
        let (message, hint) = match (snapshot.enter(&self.path, &self.path), self.origin) {
            (Ok(_), _) => return Ok(true),
            (Err(Unread::Failed(error)), PathOrigin::Variable(variable)) => {
                return Err(of_variable(variable, error));
            }
            (Err(Unread::Failed(error)), _) => return Err(error),
            (Err(_), PathOrigin::Usual) => return Ok(false),
            (Err(_), PathOrigin::Variable(variable)) => (
                format!("`{path}` from `{variable}` is not a directory"),
                format!("mount the secrets there, or correct `{variable}`"),
            ),
            (Err(_), PathOrigin::Code) => (
                format!("`{path}` is not a directory"),
                "mount the secrets there, or correct the path".to_owned(),
            ),
        };
        Err(SourceError::new(SourceErrorKind::Unreachable, message).with_hint(hint))
    }
}

/// Returns the error with the name of the variable that specifies the path.
pub(super) fn of_variable(variable: &str, error: SourceError) -> SourceError {
    let message = format!("`{variable}`: {}", error.message());
    error.with_message(message)
}

#[cfg(test)]
impl Directories {
    /// As if these were the usual places.
    pub(super) fn usual(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let usual = |path| Directory::new(path, PathOrigin::Usual);
        Self(paths.into_iter().map(usual).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounted(variables: &[(&str, &str)]) -> Vec<PathBuf> {
        let environment = Env::from_vars(variables.iter().copied());
        let directories = Directories::mounted(&environment);
        directories.paths().map(Path::to_owned).collect()
    }

    #[test]
    fn named_directory_replaces_the_usual_ones() {
        let variables = [
            (DIRECTORY, "/srv/secrets"),
            (CREDENTIALS, "/run/credentials/x"),
        ];
        assert_eq!(mounted(&variables), [Path::new("/srv/secrets")]);
        let usual = mounted(&[(DIRECTORY, ""), (CREDENTIALS, "/run/credentials/x")]);
        let expected = ["/run/credentials/x", "/run/secrets", "/mnt/secrets-store"];
        assert_eq!(usual, expected.map(PathBuf::from));
        assert_eq!(
            mounted(&[]),
            expected[1..].iter().map(PathBuf::from).collect::<Vec<_>>()
        );
    }

    #[test]
    fn named_directory_that_is_absent_fails() {
        for origin in [
            PathOrigin::Code,
            PathOrigin::Variable(DIRECTORY),
            PathOrigin::Variable(CREDENTIALS),
        ] {
            let directory = Directory::new("/from-secrets-nowhere", origin);
            let entered = directory.enter(&mut DirectorySnapshot::default());
            let error = entered.unwrap_err();
            assert_eq!(error.kind(), SourceErrorKind::Unreachable);
            let message = error.message();
            assert!(message.contains("`/from-secrets-nowhere`"), "{error}");
            if let PathOrigin::Variable(variable) = origin {
                assert!(message.contains(variable), "{error}");
            }
            assert!(error.hint().is_some());
        }
    }
}
