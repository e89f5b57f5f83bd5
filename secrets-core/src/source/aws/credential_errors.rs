//! Errors of AWS credentials: of the service that issues them, of the network, or of settings.

use std::error::Error;
use std::io::{self, ErrorKind};

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::result::ConnectorError;

use super::credential_sources::{CredentialSource, CredentialSourceKind};
use super::sdk_text::{ErrorResponse, chain, error_response, error_text};
use super::setting::or_env_only;
use crate::source::aws_api::errors::{CREDENTIALS_HINT, clock, first_line, is_throttling};
use crate::source::{SourceError, SourceErrorKind};

/// Returns this crate's error from the chain of an SDK error. The HTTP client and the credentials provider return such
/// errors.
fn own_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a SourceError> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

/// Returns the setup or credentials error that an SDK error contains, including errors of an application's own
/// credentials provider.
pub(super) fn setup_or_credentials_error(error: &(dyn Error + 'static)) -> Option<SourceError> {
    let of_caller = || {
        let error = chain(error).find_map(|cause| cause.downcast_ref())?;
        Some(described(
            "cannot load AWS credentials",
            error,
            CREDENTIALS_HINT,
        ))
    };
    own_error(error).cloned().or_else(of_caller)
}

/// Returns the error of a place that issues credentials.
pub(super) fn issuer_error(source: &CredentialSource, error: &CredentialsError) -> SourceError {
    let place = &source.place;
    let failed = match source.kind {
        CredentialSourceKind::WebIdentity => {
            format!("cannot assume the role in `AWS_ROLE_ARN` with {place}")
        }
        CredentialSourceKind::Role => format!("cannot assume {place}"),
        _ => format!("cannot load AWS credentials from {place}"),
    };
    match (source.kind, error) {
        // The SDK quotes the URI, which can contain a token.
        (CredentialSourceKind::Container, CredentialsError::InvalidConfiguration(_)) => {
            let message =
                format!("{failed}: the SDK does not accept the URI or the authorization token");
            SourceError::new(SourceErrorKind::Configuration, message).with_hint(
                "use `https`, or `http` to the loopback, ECS or EKS address, and check `AWS_CONTAINER_AUTHORIZATION_TOKEN` and `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`",
            )
        }
        _ => described(&failed, error, &source.hint),
    }
}

fn described(failed: &str, error: &CredentialsError, hint: &str) -> SourceError {
    if let Some(own) = own_error(error) {
        return own.clone();
    }
    let response = error_response(error);
    let kind = match &response {
        Some(response) => response_kind(response),
        None if is_transport_error(error) => SourceErrorKind::Unreachable,
        None => SourceErrorKind::Credentials,
    };
    let response = response.unwrap_or_default();
    let code = response.code.unwrap_or_default();
    let message = response.message.unwrap_or_default();
    let (text, hint) = if clock::is_meant_by(code, message) {
        (clock::message(message), clock::HINT.to_owned())
    } else {
        let text = text_of(error, code);
        let hint = missing_feature(&text).unwrap_or_else(|| hint.to_owned());
        (text, hint)
    };
    let mut described = SourceError::new(kind, format!("{failed}: {text}")).with_hint(hint);
    if let Some(code) = response.code {
        described = described.with_code(code);
    }
    if let Some(id) = response.request_id {
        described = described.with_request_id(id);
    }
    described
}

fn response_kind(response: &ErrorResponse<'_>) -> SourceErrorKind {
    match (response.code.unwrap_or_default(), response.status) {
        (code, _) if is_throttling(code) => SourceErrorKind::Throttled,
        (_, Some(429)) => SourceErrorKind::Throttled,
        (_, Some(500..)) | ("InternalFailure" | "InternalError" | "ServiceUnavailable", _) => {
            SourceErrorKind::Internal
        }
        _ => SourceErrorKind::Credentials,
    }
}

/// Returns whether a place does not issue credentials, so that the next one is queried.
pub(super) fn is_without_credentials(error: &CredentialsError) -> bool {
    matches!(error, CredentialsError::CredentialsNotLoaded(_))
        && !is_transport_error(error)
        && own_error(error).is_none()
}

/// Returns whether an issuer of credentials did not respond.
fn is_transport_error(error: &CredentialsError) -> bool {
    let is_transport = |cause: &(dyn Error + 'static)| {
        if let Some(connector) = cause.downcast_ref::<ConnectorError>() {
            // The SDK also returns a connector error if it cannot sign the request.
            return connector.is_io() || connector.is_timeout();
        }
        let text = cause.to_string();
        let io = cause.downcast_ref().map(io::Error::kind);
        matches!(
            io,
            Some(
                ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::TimedOut
            )
        ) || text == "request has timed out"
            || text.contains("dns error")
    };
    matches!(error, CredentialsError::ProviderTimedOut(_)) || chain(error).any(is_transport)
}

/// Returns the SDK's text without secrets: a signature error can quote the request, and the standard error of a
/// credential process can contain a key.
fn text_of(error: &CredentialsError, code: &str) -> String {
    if code.contains("Signature") {
        return format!("AWS returned {code}");
    }
    let text = error_text(error.source().unwrap_or(error));
    match text.split_once(" Stderr:") {
        Some((text, _)) => format!("{} (its standard error is not shown)", first_line(text)),
        None => first_line(&text),
    }
}

/// Returns the hint for a feature that the SDK reports as not compiled in.
fn missing_feature(text: &str) -> Option<String> {
    let (_, features) = text.split_once("cargo feature(s) enabled: ")?;
    let feature = if features.starts_with("credentials-login") {
        "login"
    } else {
        "sso"
    };
    Some(or_env_only(&format!(
        "enable the feature `{feature}` of from-secrets, which this profile needs"
    )))
}

#[cfg(test)]
mod tests {
    use aws_credential_types::Credentials;

    use super::*;

    fn profile() -> CredentialSource {
        let provider = Credentials::new("AKID", "key", None, None, "test");
        CredentialSource::new(CredentialSourceKind::Profile, "a profile", "", provider)
    }

    #[test]
    fn process_standard_error_is_hidden() {
        let text = "Error retrieving credentials: external process exited with code 1. Stderr: canary\ncanary";
        let error = issuer_error(&profile(), &CredentialsError::provider_error(text));
        assert!(error.message().contains("code 1"), "{error}");
        assert!(!error.message().contains("canary"), "{error}");
    }

    #[test]
    fn missing_feature_is_named() {
        for (theirs, ours) in [
            ("sso", "sso"),
            ("credentials-process", "sso"),
            ("credentials-login", "login"),
        ] {
            let text =
                format!("This behavior requires following cargo feature(s) enabled: {theirs}. ");
            let error = issuer_error(&profile(), &CredentialsError::invalid_configuration(text));
            let hint = error.hint().unwrap();
            assert!(hint.contains(&format!("feature `{ours}`")), "{hint}");
        }
    }
}
