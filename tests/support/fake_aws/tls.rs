//! A certificate for a server on loopback.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// A certificate that signs itself, in a file that goes when the certificate does.
pub struct Certificate {
    chain: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
    authority: PathBuf,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}

impl Certificate {
    /// Creates one for loopback, for the hosts of AWS in a region, and for `.test`.
    pub fn create() -> Self {
        let names = [
            "127.0.0.1",
            "localhost",
            "*.us-east-1.amazonaws.com",
            "*.test",
        ];
        let names = names.map(str::to_owned);
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).expect("a certificate");
        let authority = crate::target::scratch("authority").with_extension("pem");
        std::fs::write(&authority, cert.pem()).expect("the target directory can be written");
        Self {
            chain: cert.der().clone(),
            key: PrivatePkcs8KeyDer::from(signing_key.serialize_der()),
            authority,
        }
    }

    /// Returns the file with the certificate, for `SSL_CERT_FILE` and `AWS_CA_BUNDLE`.
    pub fn authority(&self) -> PathBuf {
        self.authority.clone()
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivateKeyDer::Pkcs8(self.key.clone_key());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring supports TLS")
            .with_no_client_auth()
            .with_single_cert(vec![self.chain.clone()], key)
            .expect("the key fits the certificate");
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Drop for Certificate {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.authority);
    }
}
