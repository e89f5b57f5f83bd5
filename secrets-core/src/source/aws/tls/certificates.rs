//! Root certificates: of a bundle that a setting names, or of the system.
//!
//! The HTTP client reads the system's certificates with rustls-native-certs. Without any certificate it panics in debug
//! builds and rejects every server in release builds. So the files that it reads are checked before, up to the first
//! certificate that TLS can use.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use base64::prelude::{BASE64_STANDARD, Engine};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::source::aws::profiles::Profiles;
use crate::source::aws::setting::path_variable;
use crate::source::{SourceError, SourceErrorKind};

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORIES: &str = "SSL_CERT_DIR";

const NOT_A_FILE: &str = "is not a regular file";
const NO_CERTIFICATE: &str = "contains no certificate that TLS can use";

/// The maximum size of a bundle in bytes. The bundle of Debian has 220 kB.
const LARGEST: u64 = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns the root certificates of a bundle, or of the system.
pub(super) fn trust_store(bundle: Option<&CaBundle>) -> Result<TrustStore, SourceError> {
    match bundle {
        Some(bundle) => bundle.trust_store(),
        None => system_trust_store(
            std::env::var_os(FILE).as_deref(),
            std::env::var_os(DIRECTORIES).as_deref(),
        ),
    }
}

/// A file of root certificates, and the setting that names it.
#[derive(Debug)]
pub(super) struct CaBundle {
    setting: String,
    path: PathBuf,
}

impl CaBundle {
    /// Returns the bundle that the variable names, or else the profile. boto3 and the AWS CLI read the same settings.
    pub(super) fn configured(profiles: &Profiles) -> Option<Self> {
        let variable = path_variable("AWS_CA_BUNDLE").map(|path| Self {
            setting: "`AWS_CA_BUNDLE`".to_owned(),
            path,
        });
        variable.or_else(|| {
            let setting = profiles.key("ca_bundle")?;
            Some(Self {
                setting: setting.origin,
                path: setting.text.into(),
            })
        })
    }

    fn trust_store(&self) -> Result<TrustStore, SourceError> {
        let certificates = self.read().map_err(|problem| {
            let (setting, path) = (&self.setting, self.path.display());
            let message = format!("{setting} names the CA bundle `{path}`, which {problem}");
            SourceError::new(SourceErrorKind::Configuration, message).with_hint(format!(
                "correct {setting}, or remove it to use the root certificates of the system"
            ))
        })?;
        Ok(TrustStore::empty().with_pem_certificate(certificates))
    }

    /// Returns the certificates that TLS can use, in PEM format, or the problem if there are none. The HTTP client
    /// panics over a certificate that it cannot use.
    fn read(&self) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let mut file = open(&self.path)?.take(LARGEST + 1);
        file.read_to_end(&mut bytes)
            .map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > LARGEST {
            return Err("is larger than 16 MiB".to_owned());
        }
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
        let certificates = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>();
        let certificates = certificates.map_err(|_| "is not valid PEM")?;
        if certificates.is_empty() {
            return Err("contains no certificate in PEM format".to_owned());
        }
        let usable: String = certificates
            .iter()
            .filter(|one| is_usable(one))
            .map(pem)
            .collect();
        if usable.is_empty() {
            return Err(NO_CERTIFICATE.to_owned());
        }
        Ok(usable.into_bytes())
    }
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = BASE64_STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

fn system_trust_store(
    file: Option<&OsStr>,
    directories: Option<&OsStr>,
) -> Result<TrustStore, SourceError> {
    let path = file.filter(|file| !file.is_empty()).map(Path::new);
    let directories = directories.into_iter().flat_map(std::env::split_paths);
    let directories: Vec<PathBuf> = directories
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    if path.is_some() || !directories.is_empty() {
        check(path, &directories).map_err(|problem| no_certificates(&problem))?;
        return Ok(TrustStore::default());
    }
    // Other systems do not store certificates in files.
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        let system = openssl_probe::probe();
        check(system.cert_file.as_deref(), &system.cert_dir).map_err(|_| no_certificates(""))?;
        // rustls-native-certs would read the empty variable as the name of a file.
        if let (Some(path), Some(_)) = (system.cert_file, file) {
            let setting = "the system".to_owned();
            return CaBundle { setting, path }.trust_store();
        }
    }
    Ok(TrustStore::default())
}

/// Returns the problem if neither file nor directories contain a certificate that TLS can use.
fn check(file: Option<&Path>, directories: &[PathBuf]) -> Result<(), String> {
    let problem = match file.map(check_file) {
        Some(Ok(())) => return Ok(()),
        Some(Err(problem)) => Some(problem),
        None => None,
    };
    // rustls-native-certs would wait for a pipe.
    let is_blocking = problem.as_deref() == Some(NOT_A_FILE);
    if !is_blocking && directories.iter().any(|path| has_certificate(path)) {
        return Ok(());
    }
    let name = |variable, path: &Path, problem: &str| {
        format!("`{variable}` names `{}`, which {problem}", path.display())
    };
    let file = file.zip(problem);
    let file = file.map(|(path, problem)| name(FILE, path, &problem));
    let directories = directories.iter();
    let directories = directories.map(|path| name(DIRECTORIES, path, NO_CERTIFICATE));
    Err(file
        .into_iter()
        .chain(directories)
        .collect::<Vec<_>>()
        .join("; "))
}

fn has_certificate(directory: &Path) -> bool {
    let mut entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.any(|entry| check_file(&entry.path()).is_ok())
}

fn check_file(path: &Path) -> Result<(), String> {
    let mut certificates = CertificateDer::pem_reader_iter(BufReader::new(open(path)?)).flatten();
    let has_usable = certificates.any(|certificate| is_usable(&certificate));
    has_usable
        .then_some(())
        .ok_or_else(|| NO_CERTIFICATE.to_owned())
}

/// Opens a file of certificates, or returns the problem. A pipe is not opened: it would block without a writer.
fn open(path: &Path) -> Result<File, String> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !metadata.is_file() {
        return Err(NOT_A_FILE.to_owned());
    }
    File::open(path).map_err(|error| unreadable(&error))
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "does not exist".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

/// Returns whether TLS can use a certificate as a root.
fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

fn no_certificates(problem: &str) -> SourceError {
    const INSTALL: &str = "install root certificates (Debian, Ubuntu: `apt-get install ca-certificates`; Alpine: `apk add ca-certificates`; distroless or scratch images: copy `/etc/ssl/certs/ca-certificates.crt` from another image), or set AWS_CA_BUNDLE to the path of a bundle";
    let message = "this system has no root certificates";
    let (message, hint) = match problem {
        "" => (message.to_owned(), INSTALL.to_owned()),
        problem => (
            format!("{message}: {problem}"),
            format!("correct or unset the variable; or {INSTALL}"),
        ),
    };
    SourceError::new(SourceErrorKind::Configuration, message).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A self-signed certificate for `test`, valid as a root.
    const ROOT: &str = include_str!("root.pem");

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

    fn check_all(file: Option<&Path>, directories: &[&Path]) -> Result<(), String> {
        let directories = directories.iter().map(|path| (*path).to_owned());
        check(file, &directories.collect::<Vec<_>>())
    }

    #[test]
    fn certificate_in_file_or_directory_suffices() {
        let folder = Folder::new("usable");
        let file = folder.write("b.pem", ROOT);
        let empty = folder.write("a.pem", "");
        let absent = Path::new("/no/such/file");
        assert_eq!(check_all(Some(&file), &[]), Ok(()));
        assert_eq!(check_all(None, &[&folder.0]), Ok(()));
        assert_eq!(check_all(Some(&empty), &[&folder.0]), Ok(()));
        assert_eq!(check_all(Some(absent), &[&folder.0]), Ok(()));
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let default = system_trust_store(None, None).is_ok();
        assert_eq!(
            system_trust_store(Some(OsStr::new("")), Some(OsStr::new(""))).is_ok(),
            default
        );
    }

    fn bundle(name: &str, bytes: &[u8]) -> CaBundle {
        let file = format!("from-secrets-bundle-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(file);
        fs::write(&path, bytes).unwrap();
        let setting = "`AWS_CA_BUNDLE`".to_owned();
        CaBundle { setting, path }
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let bundle = bundle(name, bytes);
        let read = bundle.read();
        fs::remove_file(&bundle.path).unwrap();
        read
    }

    fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
        let certificates = CertificateDer::pem_slice_iter(pem);
        certificates.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn usable_certificates_are_returned() {
        let root = ROOT.as_bytes();
        let marked = [BYTE_ORDER_MARK, root].concat();
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        let beside_key = format!("# text\n{key}{ROOT}");
        for (name, bytes) in [
            ("root", root),
            ("marked", &marked),
            ("key", beside_key.as_bytes()),
        ] {
            assert_eq!(
                certificates(&read(name, bytes).unwrap()),
                certificates(root)
            );
        }
    }

    #[test]
    fn unusable_certificate_beside_others_is_dropped() {
        let other = pem(&CertificateDer::from(vec![1, 2, 3]));
        let bytes = read("mixed", format!("{other}{ROOT}").as_bytes()).unwrap();
        assert_eq!(certificates(&bytes), certificates(ROOT.as_bytes()));
    }

    #[test]
    fn largest_bundle_is_bounded() {
        let bundle = bundle("large", b"");
        File::options()
            .write(true)
            .open(&bundle.path)
            .unwrap()
            .set_len(LARGEST + 1)
            .unwrap();
        let problem = bundle.read().unwrap_err();
        fs::remove_file(&bundle.path).unwrap();
        assert_eq!(problem, "is larger than 16 MiB");
    }
}
