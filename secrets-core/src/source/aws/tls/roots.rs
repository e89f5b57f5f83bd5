//! Root certificates of the system.
//!
//! The HTTP client reads them with rustls-native-certs. If there are none it panics in debug builds, and rejects every
//! server in others. So the places that it reads are looked at first, up to the first certificate that TLS can use.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::bundle::CaBundle;
use super::certificate::is_usable;
use crate::source::{SourceError, SourceErrorKind};

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORIES: &str = "SSL_CERT_DIR";

const INSTALL: &str = "install root certificates (Debian, Ubuntu: `apt-get install ca-certificates`; Alpine: `apk add ca-certificates`; distroless or scratch images: copy `/etc/ssl/certs/ca-certificates.crt` from another image), or name a bundle in AWS_CA_BUNDLE";

/// Returns the root certificates to trust: those of a bundle, or else the system's.
pub(super) fn trusted(bundle: Option<&CaBundle>) -> Result<TrustStore, SourceError> {
    match bundle {
        Some(bundle) => Ok(TrustStore::empty().with_pem_certificate(bundle.read()?)),
        None => of_system(
            std::env::var_os(FILE).as_deref(),
            std::env::var_os(DIRECTORIES).as_deref(),
        ),
    }
}

fn of_system(file: Option<&OsStr>, directories: Option<&OsStr>) -> Result<TrustStore, SourceError> {
    let is_empty = file.is_some_and(OsStr::is_empty);
    let directories = directories.into_iter().flat_map(std::env::split_paths);
    let named = Store {
        file: file.filter(|_| !is_empty).map(PathBuf::from),
        directories: directories
            .filter(|path| !path.as_os_str().is_empty())
            .collect(),
    };
    if named.file.is_some() || !named.directories.is_empty() {
        named.check().map_err(|problem| none(&problem))?;
        return Ok(TrustStore::default());
    }
    let Some(default) = default_store() else {
        return Ok(TrustStore::default());
    };
    default.check().map_err(|_| none(""))?;
    match default.file {
        // rustls-native-certs takes the empty variable for the name of a file.
        Some(file) if is_empty => trusted(Some(&CaBundle::new("the system", file))),
        _ => Ok(TrustStore::default()),
    }
}

/// Returns where the system keeps its certificates, or `None` if it keeps them otherwise than in files.
#[cfg(all(unix, not(target_os = "macos")))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have none")]
fn default_store() -> Option<Store> {
    let found = openssl_probe::probe();
    Some(Store {
        file: found.cert_file,
        directories: found.cert_dir,
    })
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn default_store() -> Option<Store> {
    None
}

/// Files of certificates.
#[derive(Debug)]
struct Store {
    file: Option<PathBuf>,
    directories: Vec<PathBuf>,
}

impl Store {
    /// Returns an error that describes the problem if there is no certificate that TLS can use.
    fn check(&self) -> Result<(), String> {
        let file = self.file.as_deref().map(check_file);
        match file {
            Some(Ok(())) => return Ok(()),
            // rustls-native-certs would wait for it.
            Some(Err(NOT_A_FILE)) => {}
            _ if self
                .directories
                .iter()
                .any(|path| is_usable_directory(path)) =>
            {
                return Ok(());
            }
            _ => {}
        }
        let file = self.file.iter().zip(file.and_then(Result::err));
        let file = file.map(|(path, problem)| named(FILE, path, problem));
        let directory = self.directories.iter();
        let directory = directory.map(|path| named(DIRECTORIES, path, NO_CERTIFICATE));
        Err(file.chain(directory).collect::<Vec<_>>().join("; "))
    }
}

const ABSENT: &str = "does not exist";
const NOT_A_FILE: &str = "is not a regular file";
const UNREADABLE: &str = "cannot be read";
const NO_CERTIFICATE: &str = "contains no certificate that TLS can use";

fn named(variable: &str, path: &Path, problem: &str) -> String {
    format!("`{variable}` names `{}`, which {problem}", path.display())
}

fn check_file(path: &Path) -> Result<(), &'static str> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => ABSENT,
        _ => UNREADABLE,
    })?;
    if !metadata.is_file() {
        return Err(NOT_A_FILE);
    }
    let certificates = CertificateDer::pem_file_iter(path).map_err(|_| UNREADABLE)?;
    let mut usable = certificates.flatten().filter(is_usable);
    usable.next().map(|_| ()).ok_or(NO_CERTIFICATE)
}

fn is_usable_directory(path: &Path) -> bool {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    let mut files = entries.map(|entry| entry.path());
    files.any(|file| check_file(&file).is_ok())
}

fn none(problem: &str) -> SourceError {
    let message = "this system has no root certificates";
    if problem.is_empty() {
        return SourceError::new(SourceErrorKind::Configuration, message).with_hint(INSTALL);
    }
    SourceError::new(
        SourceErrorKind::Configuration,
        format!("{message}: {problem}"),
    )
    .with_hint(format!("correct or unset the variable; or {INSTALL}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = include_str!("bundle/root.pem");

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = format!("from-secrets-roots-{}-{name}", std::process::id());
            let folder = std::env::temp_dir().join(folder);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn write(&self, file: &str, text: &str) -> PathBuf {
            let path = self.0.join(file);
            fs::write(&path, text).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn store(file: Option<&Path>, directories: &[&Path]) -> Store {
        Store {
            file: file.map(Path::to_owned),
            directories: directories.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn certificate_in_file_or_directory_suffices() {
        let folder = Folder::new("usable");
        let file = folder.write("b.pem", ROOT);
        let empty = folder.write("a.pem", "");
        assert_eq!(store(Some(&file), &[]).check(), Ok(()));
        assert_eq!(store(None, &[&folder.0]).check(), Ok(()));
        assert_eq!(store(Some(&empty), &[&folder.0]).check(), Ok(()));
        let absent = Path::new("/no/such/file");
        assert_eq!(store(Some(absent), &[&folder.0]).check(), Ok(()));
    }

    #[test]
    fn store_without_certificates_names_its_variables() {
        let folder = Folder::new("unusable");
        let file = folder.write("a.pem", "hello");
        let absent = Path::new("/no/such/file");
        for (store, problem) in [
            (
                store(Some(absent), &[]),
                "`SSL_CERT_FILE` names `/no/such/file`, which does not exist",
            ),
            (
                store(Some(&file), &[]),
                "which contains no certificate that TLS can use",
            ),
            (store(Some(&folder.0), &[]), "which is not a regular file"),
            (store(None, &[&folder.0]), "`SSL_CERT_DIR` names"),
            (
                store(None, &[absent]),
                "`SSL_CERT_DIR` names `/no/such/file`",
            ),
            (
                store(Some(absent), &[&folder.0]),
                "does not exist; `SSL_CERT_DIR`",
            ),
        ] {
            let described = store.check().unwrap_err();
            assert!(described.contains(problem), "{described}");
        }
    }

    #[test]
    fn system_without_certificates_gets_instructions() {
        assert!(store(None, &[]).check().is_err());
        let failure = none("");
        assert_eq!(failure.message(), "this system has no root certificates");
        for part in [
            "apt-get install ca-certificates",
            "apk add",
            "scratch",
            "AWS_CA_BUNDLE",
        ] {
            assert!(failure.hint().unwrap().contains(part), "{failure:?}");
        }
        let failure = of_system(Some(OsStr::new("/no/such/file")), None).unwrap_err();
        assert!(failure.message().contains("`SSL_CERT_FILE`"), "{failure}");
        assert!(failure.hint().unwrap().contains("ca-certificates"));
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let default = of_system(None, None).is_ok();
        assert_eq!(
            of_system(Some(OsStr::new("")), Some(OsStr::new(""))).is_ok(),
            default
        );
    }
}
