//! Where files of secrets are mounted.

use std::path::{Path, PathBuf};

use super::view::View;
use crate::source::{Answer, Cause, Environment, Failure, local};

/// Names the directory, where it is none of the usual ones.
const DIRECTORY: &str = "FROM_SECRETS_DIRECTORY";
/// systemd sets it for services with `LoadCredential=`. <https://systemd.io/CREDENTIALS/>
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";
/// Where Docker mounts secrets. <https://docs.docker.com/engine/swarm/secrets/>
const DOCKER: &str = "/run/secrets";
/// Where the documentation of the Secrets Store CSI driver mounts them.
/// <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
const KUBERNETES: &str = "/mnt/secrets-store";

/// The directories that may hold secrets.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    /// One that somebody named, so it has to be there.
    Named {
        path: PathBuf,
        /// The variable that names it.
        variable: Option<&'static str>,
    },
    /// Those of the usual ones that are there.
    Usual(Vec<PathBuf>),
}

impl Wanted {
    pub(super) fn mounted(environment: &Environment) -> Self {
        if let Some(path) = environment.get(DIRECTORY) {
            return Self::Named {
                path: PathBuf::from(path.as_str()),
                variable: Some(DIRECTORY),
            };
        }
        let credentials = environment.get(CREDENTIALS);
        let credentials = credentials.iter().map(|path| path.as_str());
        Self::Usual(
            credentials
                .chain([DOCKER, KUBERNETES])
                .map(PathBuf::from)
                .collect(),
        )
    }

    pub(super) fn paths(&self) -> &[PathBuf] {
        match self {
            Self::Named { path, .. } => std::slice::from_ref(path),
            Self::Usual(paths) => paths,
        }
    }

    /// Those that are there, or what is to be answered where there is none.
    pub(super) fn present(&self, view: &mut View) -> Result<Vec<PathBuf>, Answer> {
        let mut present = Vec::new();
        for path in self.paths() {
            match view.enter(path) {
                Ok(_) => present.push(path.clone()),
                Err(error) if local::is_absence(&error) => {}
                Err(error) => return Err(Answer::Failed(local::failure(path, &error))),
            }
        }
        match self {
            _ if !present.is_empty() => Ok(present),
            Self::Named { path, variable } => Err(Answer::Failed(absent(path, *variable))),
            Self::Usual(paths) => Err(Answer::NotConfigured(nowhere(paths))),
        }
    }
}

fn absent(path: &Path, variable: Option<&str>) -> Failure {
    let path = path.display();
    let (message, hint) = match variable {
        Some(variable) => (
            format!("`{variable}` names `{path}`, which is no directory"),
            format!("mount the secrets there, or correct `{variable}`"),
        ),
        None => (
            format!("`{path}` is no directory"),
            "mount the secrets there, or correct the path".to_owned(),
        ),
    };
    Failure::new(Cause::Unreachable, message).with_hint(hint)
}

fn nowhere(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    format!(
        "no directory of secrets is mounted ({}), and `{DIRECTORY}` names none",
        paths.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mounted(variables: &[(&str, &str)]) -> Wanted {
        Wanted::mounted(&Environment::from_vars(variables.iter().copied()))
    }

    #[test]
    fn a_directory_that_is_named_is_asked_alone() {
        let variables = [
            (DIRECTORY, "/srv/secrets"),
            (CREDENTIALS, "/run/credentials/x"),
        ];
        assert_eq!(mounted(&variables).paths(), [Path::new("/srv/secrets")]);
        let usual = mounted(&[(DIRECTORY, ""), (CREDENTIALS, "/run/credentials/x")]);
        let expected = ["/run/credentials/x", "/run/secrets", "/mnt/secrets-store"];
        assert_eq!(usual.paths(), expected.map(PathBuf::from));
        assert_eq!(
            mounted(&[]).paths(),
            expected[1..].iter().map(PathBuf::from).collect::<Vec<_>>()
        );
    }

    #[test]
    fn where_nothing_is_mounted_nothing_is_set_up() {
        let nowhere = Wanted::Usual(vec!["/from-secrets-nowhere/a".into(), "/dev/null".into()]);
        let Err(Answer::NotConfigured(why)) = nowhere.present(&mut View::default()) else {
            panic!("it is there");
        };
        assert!(
            why.contains("`/from-secrets-nowhere/a`, `/dev/null`"),
            "{why}"
        );
        assert!(why.contains(DIRECTORY), "{why}");
    }

    #[test]
    fn a_directory_that_was_named_and_is_absent_is_a_failure() {
        for variable in [None, Some(DIRECTORY)] {
            let path = PathBuf::from("/from-secrets-nowhere");
            let named = Wanted::Named { path, variable };
            let Err(Answer::Failed(failure)) = named.present(&mut View::default()) else {
                panic!("it is there");
            };
            assert_eq!(failure.cause(), Cause::Unreachable);
            assert!(
                failure.message().contains("`/from-secrets-nowhere`"),
                "{failure}"
            );
            assert_eq!(failure.message().contains(DIRECTORY), variable.is_some());
            assert!(failure.hint().is_some());
        }
    }
}
