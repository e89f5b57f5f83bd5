//! Reading a bundle, so that the HTTP client can use all that it is given.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};

use base64::prelude::{BASE64_STANDARD, Engine};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::CaBundle;
use crate::source::aws::tls::certificate::is_usable;
use crate::source::{SourceError, SourceErrorKind};

/// How large a bundle may be, in bytes. That of Debian has 220 kB.
const LARGEST: u64 = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl CaBundle {
    /// Returns the certificates that TLS can use, in PEM format.
    ///
    /// # Errors
    ///
    /// Returns an error that names the setting and the path if there is no such certificate. smithy's HTTP client
    /// panics over a certificate that it cannot use.
    pub(in super::super) fn read(&self) -> Result<Vec<u8>, SourceError> {
        let bytes = self.bytes()?;
        let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes);
        let certificates = CertificateDer::pem_slice_iter(text).collect::<Result<Vec<_>, _>>();
        let Ok(certificates) = certificates else {
            return Err(self.failure("which is not valid PEM"));
        };
        if certificates.is_empty() {
            return Err(self.failure("which contains no certificate in PEM format"));
        }
        let usable: Vec<_> = certificates.iter().filter(|one| is_usable(one)).collect();
        match usable.len() {
            0 => Err(self.failure("which contains no certificate that TLS can use")),
            count if count == certificates.len() => Ok(text.to_owned()),
            _ => Ok(usable.into_iter().map(pem).collect::<String>().into_bytes()),
        }
    }

    /// Reads the file within bounds. A pipe is not opened, because one without a writer would be waited for.
    fn bytes(&self) -> Result<Vec<u8>, SourceError> {
        let unread = |error: io::Error| self.unread(&error);
        let metadata = fs::metadata(&self.path).map_err(unread)?;
        if metadata.is_dir() {
            return Err(self.failure("which is a directory"));
        }
        if !metadata.is_file() {
            return Err(self.failure("which is not a regular file"));
        }
        let mut bytes = Vec::new();
        let file = File::open(&self.path).map_err(unread)?;
        let mut file = file.take(LARGEST + 1);
        file.read_to_end(&mut bytes).map_err(unread)?;
        if bytes.len() as u64 > LARGEST {
            return Err(self.failure("which is larger than 16 MiB"));
        }
        Ok(bytes)
    }

    fn unread(&self, error: &io::Error) -> SourceError {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => self.failure("which does not exist"),
            ErrorKind::PermissionDenied => self.failure("which this process may not read"),
            _ => self.failure(&format!("which cannot be read: {error}")),
        }
    }

    fn failure(&self, problem: &str) -> SourceError {
        let (setting, path) = (&self.setting, self.path.display());
        let message = format!("{setting} names the CA bundle `{path}`, {problem}");
        SourceError::new(SourceErrorKind::Configuration, message).with_hint(format!(
            "correct {setting}, or remove it to use the root certificates of the system"
        ))
    }
}

fn pem(certificate: &CertificateDer<'_>) -> String {
    let text = BASE64_STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceErrorKind;

    /// A self-signed certificate for `test`, valid as a root.
    const ROOT: &str = include_str!("root.pem");

    fn bundle(name: &str, bytes: &[u8]) -> CaBundle {
        let file = format!("from-secrets-bundle-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(file);
        fs::write(&path, bytes).unwrap();
        CaBundle::new("`AWS_CA_BUNDLE`", path)
    }

    fn read(name: &str, bytes: &[u8]) -> Result<Vec<u8>, SourceError> {
        let bundle = bundle(name, bytes);
        let read = bundle.read();
        fs::remove_file(&bundle.path).unwrap();
        read
    }

    #[test]
    fn usable_certificates_are_returned() {
        assert_eq!(read("root", ROOT.as_bytes()).unwrap(), ROOT.as_bytes());
        let marked = [BYTE_ORDER_MARK, ROOT.as_bytes()].concat();
        assert_eq!(read("marked", &marked).unwrap(), ROOT.as_bytes());
        let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        assert!(read("key", format!("# text\n{key}{ROOT}").as_bytes()).is_ok());
    }

    #[test]
    fn unusable_certificate_beside_others_is_dropped() {
        let other = pem(&CertificateDer::from(vec![1, 2, 3]));
        let bytes = read("mixed", format!("{other}{ROOT}").as_bytes()).unwrap();
        let left: Vec<_> = CertificateDer::pem_slice_iter(&bytes).collect();
        assert_eq!(left.len(), 1);
        assert!(is_usable(left[0].as_ref().unwrap()));
    }

    #[test]
    fn malformed_bundle_names_setting_and_path() {
        let unusable = pem(&CertificateDer::from(vec![1, 2, 3]));
        for (name, bytes, problem) in [
            ("empty", &b""[..], "no certificate in PEM format"),
            ("text", b"hello", "no certificate in PEM format"),
            (
                "der",
                &[0x30, 0x82, 0, 1, 0xff],
                "no certificate in PEM format",
            ),
            (
                "cut",
                b"-----BEGIN CERTIFICATE-----\nAAAA\n",
                "not valid PEM",
            ),
            (
                "base64",
                b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n",
                "not valid PEM",
            ),
            (
                "unusable",
                unusable.as_bytes(),
                "no certificate that TLS can use",
            ),
        ] {
            let failure = read(name, bytes).unwrap_err();
            assert_eq!(failure.kind(), SourceErrorKind::Configuration);
            for part in [problem, "`AWS_CA_BUNDLE`", name] {
                assert!(failure.message().contains(part), "{name}: {failure}");
            }
        }
    }

    #[test]
    fn path_without_file_is_described() {
        let failure = |path: &str| CaBundle::new("x", path).read().unwrap_err();
        assert!(
            failure("/no/such/file")
                .message()
                .ends_with("which does not exist")
        );
        let directory = std::env::temp_dir();
        let failure = failure(&directory.display().to_string());
        assert!(
            failure.message().contains("which is a directory"),
            "{failure}"
        );
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
        let failure = bundle.read().unwrap_err();
        fs::remove_file(&bundle.path).unwrap();
        assert!(
            failure.message().ends_with("larger than 16 MiB"),
            "{failure}"
        );
    }
}
