//! The place of the HTTP client without a TLS provider: every client is the caller's.

use std::error::Error;

use aws_sdk_secretsmanager::config::SharedHttpClient;

use super::profiles::Profiles;
use crate::source::{SourceError, SourceErrorKind};

pub(super) fn http_client(_: &Profiles) -> Result<SharedHttpClient, SourceError> {
    let message = "no TLS provider is compiled in";
    Err(SourceError::new(SourceErrorKind::Configuration, message).with_hint(
        "enable the feature `rustls-ring` of from-secrets, or pass a client to `Loader::client`",
    ))
}

pub(super) fn proxy_of(_: &(dyn Error + 'static)) -> Option<&'static str> {
    None
}
