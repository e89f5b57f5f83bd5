//! Failures of AWS credentials: of the service that issues them, of the network, or of the settings.

use std::error::Error;
use std::fmt;
use std::io;

use aws_credential_types::provider::error::CredentialsError;

use super::credential_sources::Link;
use super::sdk_text::{ErrorResponse, chain, error_response, error_text};
use super::tls;
use crate::source::aws_api::errors::{CREDENTIALS_HINT, clock, first_line, is_throttling};
use crate::source::{SourceError, SourceErrorKind};

/// A failure on its way through the SDK, which passes errors on as they are.
#[derive(Clone, Debug)]
pub(super) struct Unusable(pub(super) SourceError);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.message())
    }
}

impl Error for Unusable {}

/// The failure of credentials in an error of the SDK, if it is about them.
pub(super) fn failure_in(error: &(dyn Error + 'static)) -> Option<SourceError> {
    chain(error).find_map(|cause| {
        let own = cause.downcast_ref::<Unusable>();
        own.map(|own| own.0.clone())
            .or_else(|| Some(foreign(cause.downcast_ref::<CredentialsError>()?)))
    })
}

/// The failure of a provider that the caller brought.
fn foreign(error: &CredentialsError) -> SourceError {
    if let Some(own) = error.source().and_then(failure_in) {
        return own;
    }
    described("cannot load AWS credentials", error, CREDENTIALS_HINT)
}

/// The failure of a place that issues credentials.
pub(super) fn failure(link: &Link, error: &CredentialsError) -> SourceError {
    let what = match link {
        Link::WebIdentity { .. } => format!("cannot assume the role in `AWS_ROLE_ARN` with {link}"),
        _ => format!("cannot load AWS credentials from {link}"),
    };
    // The SDK quotes the URI, which can contain a token.
    let is_quoted = matches!(
        (link, error),
        (
            Link::Container { .. },
            CredentialsError::InvalidConfiguration(_)
        )
    );
    if is_quoted {
        let message =
            format!("{what}: the URI or the authorization token is not one that the SDK accepts");
        return SourceError::new(SourceErrorKind::Configuration, message).with_hint(
            "use `https`, or `http` to the loopback, ECS or EKS address, and check `AWS_CONTAINER_AUTHORIZATION_TOKEN` and `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`",
        );
    }
    described(&what, error, &link.hint())
}

fn described(what: &str, error: &CredentialsError, hint: &str) -> SourceError {
    if let Some(failure) = tls::setup_failure(error) {
        return failure.clone();
    }
    let response = error_response(error);
    let cause = match &response {
        Some(response) => cause_of(response),
        None => cause_without_response(error),
    };
    let response = response.unwrap_or_default();
    let code = response.code.unwrap_or_default();
    let message = response.message.unwrap_or_default();
    let (text, hint) = if clock::is_meant_by(code, message) {
        (clock::message(message), clock::HINT.to_owned())
    } else {
        let text = text_of(error, code);
        let hint = compiled_out(&text).map_or_else(|| hint.to_owned(), feature_hint);
        (text, hint)
    };
    let failure = SourceError::new(cause, format!("{what}: {text}")).with_hint(hint);
    let failure = match response.code {
        Some(code) => failure.with_code(code),
        None => failure,
    };
    match response.request_id {
        Some(id) => failure.with_request_id(id),
        None => failure,
    }
}

fn feature_hint(feature: &str) -> String {
    format!(
        "enable the feature `{feature}` of from-secrets, which this profile needs, or set FROM_SECRETS_SOURCES=env to read environment variables only"
    )
}

fn cause_of(response: &ErrorResponse<'_>) -> SourceErrorKind {
    let code = response.code.unwrap_or_default();
    match response.status {
        _ if is_throttling(code) => SourceErrorKind::Throttled,
        Some(429) => SourceErrorKind::Throttled,
        Some(status) if status >= 500 => SourceErrorKind::Internal,
        _ if matches!(
            code,
            "InternalFailure" | "InternalError" | "ServiceUnavailable"
        ) =>
        {
            SourceErrorKind::Internal
        }
        _ => SourceErrorKind::Credentials,
    }
}

fn cause_without_response(error: &CredentialsError) -> SourceErrorKind {
    if is_transport_error(error) {
        SourceErrorKind::Unreachable
    } else {
        SourceErrorKind::Credentials
    }
}

/// Returns whether a place has no credentials, so that the next one is queried.
pub(super) fn is_without_credentials(error: &CredentialsError) -> bool {
    matches!(error, CredentialsError::CredentialsNotLoaded(_))
        && !is_transport_error(error)
        && tls::setup_failure(error).is_none()
}

/// Returns whether an issuer of credentials did not respond.
fn is_transport_error(error: &CredentialsError) -> bool {
    let is_of_the_network = |cause: &(dyn Error + 'static)| {
        let text = cause.to_string();
        let is_io = cause.downcast_ref::<io::Error>().is_some_and(|error| {
            use io::ErrorKind as Kind;
            matches!(
                error.kind(),
                Kind::ConnectionRefused
                    | Kind::ConnectionReset
                    | Kind::ConnectionAborted
                    | Kind::HostUnreachable
                    | Kind::NetworkUnreachable
                    | Kind::TimedOut
            )
        });
        is_io
            || matches!(&text[..], "dispatch failure" | "request has timed out")
            || text.contains("dns error")
    };
    matches!(error, CredentialsError::ProviderTimedOut(_)) || chain(error).any(is_of_the_network)
}

/// Returns the SDK's text, without the text of a signature error, which can quote the request, and without the standard
/// error of a credential process, which can contain a key.
fn text_of(error: &CredentialsError, code: &str) -> String {
    if code.contains("Signature") {
        return format!("AWS returned {code}");
    }
    let text = match error.source() {
        Some(source) => error_text(source),
        None => error_text(error),
    };
    match text.split_once(" Stderr:") {
        Some((text, _)) => format!("{} (its standard error is not shown)", first_line(text)),
        None => first_line(&text),
    }
}

/// Returns the feature of this crate that enables the one that the SDK reports as missing.
fn compiled_out(text: &str) -> Option<&'static str> {
    let (_, features) = text.split_once("cargo feature(s) enabled: ")?;
    Some(if features.starts_with("credentials-login") {
        "login"
    } else {
        "sso"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Link {
        Link::Profile {
            name: "work".to_owned(),
            key: "credential_process",
        }
    }

    #[test]
    fn process_standard_error_is_not_shown() {
        let text = "Error retrieving credentials: external process exited with code 1. Stderr: canary\ncanary";
        let failure = failure(&profile(), &CredentialsError::provider_error(text));
        assert!(failure.message().contains("code 1"), "{failure}");
        assert!(!failure.message().contains("canary"), "{failure}");
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
            let failure = failure(&profile(), &CredentialsError::invalid_configuration(text));
            let hint = failure.hint().unwrap();
            assert!(hint.contains(&format!("feature `{ours}`")), "{hint}");
        }
    }

    #[test]
    fn container_uri_is_not_shown() {
        let link = Link::Container {
            variable: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        };
        let text = "invalid full URI for ECS provider (x): http://user:canary@host/?token=canary";
        let failure = failure(&link, &CredentialsError::invalid_configuration(text));
        assert!(!failure.to_string().contains("canary"), "{failure}");
        assert!(
            failure
                .message()
                .contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"),
            "{failure}"
        );
    }
}
