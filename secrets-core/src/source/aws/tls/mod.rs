//! The HTTP client: TLS with the provider that was compiled in, root certificates, and proxies.

mod bundle;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod certificate;
#[cfg(any(feature = "rustls-aws-lc", feature = "rustls-ring"))]
mod client;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod error;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod proxies;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod roots;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
mod url;

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
use std::error::Error;

use aws_sdk_secretsmanager::config::SharedHttpClient;

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
use crate::source::SourceError;
pub(super) use bundle::CaBundle;
#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
pub(super) use error::{proxy_of, setup_failure};

/// Returns the HTTP client for all services, or `None` if no TLS provider is compiled in. Certificates are read, and
/// proxies checked, by the first request that needs them; [`setup_failure`] finds what is wrong with them.
///
/// With both providers the explicit one wins: AWS's own cryptography is never on by default.
#[cfg(feature = "rustls-aws-lc")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a TLS provider there is none"
)]
pub(super) fn http_client(ca_bundle: Option<CaBundle>) -> Option<SharedHttpClient> {
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    Some(client::new(CryptoMode::AwsLc, ca_bundle))
}

/// The SDK's own choice spends tens of milliseconds of CPU on its first handshake; this one does not.
#[cfg(all(feature = "rustls-ring", not(feature = "rustls-aws-lc")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a TLS provider there is none"
)]
pub(super) fn http_client(ca_bundle: Option<CaBundle>) -> Option<SharedHttpClient> {
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    Some(client::new(CryptoMode::Ring, ca_bundle))
}

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(super) fn http_client(_ca_bundle: Option<CaBundle>) -> Option<SharedHttpClient> {
    None
}

/// Without a TLS provider every HTTP client is the caller's.
#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(super) fn setup_failure<'a>(_error: &'a (dyn Error + 'static)) -> Option<&'a SourceError> {
    None
}

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(super) fn proxy_of(_error: &(dyn Error + 'static)) -> Option<&'static str> {
    None
}
