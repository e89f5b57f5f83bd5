//! The HTTP client, with the TLS provider that was compiled in.

use aws_sdk_secretsmanager::config::SharedHttpClient;

/// With both providers the explicit one wins: AWS's own cryptography is never on by default.
#[cfg(feature = "rustls-aws-lc")]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a TLS provider there is none"
)]
pub(super) fn http_client() -> Option<SharedHttpClient> {
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    Some(https(CryptoMode::AwsLc))
}

/// The SDK's own choice spends tens of milliseconds of CPU on its first handshake; this one does not.
#[cfg(all(feature = "rustls-ring", not(feature = "rustls-aws-lc")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "without a TLS provider there is none"
)]
pub(super) fn http_client() -> Option<SharedHttpClient> {
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    Some(https(CryptoMode::Ring))
}

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(super) fn http_client() -> Option<SharedHttpClient> {
    None
}

#[cfg(any(feature = "rustls-ring", feature = "rustls-aws-lc"))]
fn https(mode: aws_smithy_http_client::tls::rustls_provider::CryptoMode) -> SharedHttpClient {
    use aws_smithy_http_client::{Builder, tls::Provider};
    Builder::new()
        .tls_provider(Provider::Rustls(mode))
        .build_https()
}
