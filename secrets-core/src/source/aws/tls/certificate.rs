//! Root certificates.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

/// Returns whether TLS can use a certificate as a root.
pub(super) fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}
