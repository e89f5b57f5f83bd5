//! Text of the SDK's errors, without its `Debug` output.
//!
//! The SDK prints an unmodeled service error as `Error { code: …, message: … }`, a response of the instance metadata
//! service with its body, and a variable that is not Unicode with its value.

use std::env::VarError;
use std::error::Error;
use std::iter::successors;

use aws_config::imds::client::error::ImdsError;
use aws_sdk_secretsmanager::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;
#[cfg(feature = "sso")]
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// An error as the SDK passes it around.
type SdkChain<'a> = &'a (dyn Error + 'static);

/// An error response of a service that issues credentials.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ErrorResponse<'a> {
    /// The name of the service, if the error's type identifies it.
    pub(super) service: Option<&'static str>,
    pub(super) code: Option<&'a str>,
    pub(super) message: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
    /// The HTTP status, if the error contains it.
    pub(super) status: Option<u16>,
}

/// Returns the first error response in a chain of errors, or `None` if no service responded.
pub(super) fn error_response(error: SdkChain<'_>) -> Option<ErrorResponse<'_>> {
    chain(error).find_map(response)
}

/// Returns a chain of errors as text, cause by cause, up to the message of a service's error response. The
/// code of the response is left to [`error_response`].
pub(super) fn error_text(error: SdkChain<'_>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in chain(error) {
        let response = response(cause);
        let text = match &response {
            Some(response) => response.text(),
            None => cause_text(cause),
        };
        let repeats = parts.last().is_some_and(|last| last.ends_with(&text));
        if !repeats && !is_wrapper(&text) {
            parts.push(text);
        }
        if response.is_some() {
            break;
        }
    }
    parts.join(": ")
}

/// Returns an error and its sources, the deepest last.
pub(super) fn chain(error: SdkChain<'_>) -> impl Iterator<Item = SdkChain<'_>> {
    successors(Some(error), |&error| error.source())
}

fn response(error: SdkChain<'_>) -> Option<ErrorResponse<'_>> {
    #[cfg(feature = "sso")]
    if let Some(response) = sdk_response::<GetRoleCredentialsError>(error, "IAM Identity Center") {
        return Some(response);
    }
    sdk_response::<AssumeRoleError>(error, "STS")
        .or_else(|| sdk_response::<AssumeRoleWithWebIdentityError>(error, "STS"))
        .or_else(|| metadata_service(error))
        .or_else(|| container(error))
        .or_else(|| error.downcast_ref().map(unknown_service))
}

fn sdk_response<'a, E>(error: SdkChain<'a>, service: &'static str) -> Option<ErrorResponse<'a>>
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error.downcast_ref::<SdkError<E, HttpResponse>>()? {
        SdkError::ServiceError(context) => Some(ErrorResponse {
            service: Some(service),
            status: Some(context.raw().status().as_u16()),
            ..unknown_service(context.err().meta())
        }),
        _ => None,
    }
}

fn metadata_service(error: SdkChain<'_>) -> Option<ErrorResponse<'_>> {
    match error.downcast_ref::<ImdsError>()? {
        ImdsError::ErrorResponse(context) => Some(ErrorResponse {
            service: Some("the instance metadata service"),
            status: Some(context.response().status().as_u16()),
            ..ErrorResponse::default()
        }),
        _ => None,
    }
}

/// Reads the text of the provider for containers, which ends in `StatusCode(500)`: it has no error type of its own.
fn container(error: SdkChain<'_>) -> Option<ErrorResponse<'_>> {
    let text = error.to_string();
    let (_, status) = text.split_once("HTTP credential provider: StatusCode(")?;
    Some(ErrorResponse {
        service: Some("the container credentials endpoint"),
        status: status.trim_end_matches(')').parse().ok(),
        ..ErrorResponse::default()
    })
}

fn unknown_service(meta: &ErrorMetadata) -> ErrorResponse<'_> {
    ErrorResponse {
        code: meta.code(),
        message: meta.message().filter(|message| !message.is_empty()),
        request_id: meta.request_id(),
        ..ErrorResponse::default()
    }
}

impl ErrorResponse<'_> {
    fn text(&self) -> String {
        let service = self.service.unwrap_or("AWS");
        match (self.message, self.code, self.status) {
            (Some(message), ..) => message.to_owned(),
            (None, Some(code), _) => format!("{service} returned {code}"),
            (None, None, Some(status)) => format!("{service} returned HTTP {status}"),
            (None, None, None) => format!("{service} returned an error"),
        }
    }
}

fn cause_text(cause: SdkChain<'_>) -> String {
    match cause.downcast_ref() {
        Some(VarError::NotUnicode(_)) => "an environment variable is not valid Unicode".to_owned(),
        _ => cause.to_string(),
    }
}

/// Returns whether a text of the SDK adds nothing to the text of its source.
fn is_wrapper(text: &str) -> bool {
    text == "service error" || text == "dispatch failure" || text.starts_with("unhandled error")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use aws_credential_types::provider::error::CredentialsError;
    use aws_smithy_runtime_api::http::StatusCode;

    use super::*;

    fn denied() -> ErrorMetadata {
        ErrorMetadata::builder()
            .code("AccessDenied")
            .message("User: u is not authorized to perform: sts:AssumeRole")
            .custom("aws_request_id", "1-2-3")
            .build()
    }

    fn http(status: u16) -> HttpResponse {
        HttpResponse::new(StatusCode::try_from(status).unwrap(), "canary body".into())
    }

    #[test]
    fn sts_error_has_code_id_status() {
        let error = AssumeRoleError::generic(denied());
        let error = CredentialsError::provider_error(SdkError::service_error(error, http(403)));
        let error = CredentialsError::provider_error(error);
        let response = error_response(&error).unwrap();
        assert_eq!(
            (response.service, response.code, response.status),
            (Some("STS"), Some("AccessDenied"), Some(403))
        );
        assert_eq!(response.request_id, Some("1-2-3"));
        assert_eq!(
            error_text(&error),
            "an error occurred while loading credentials: User: u is not authorized to perform: sts:AssumeRole"
        );
    }

    #[test]
    fn unmodeled_service_error_hides_debug_text() {
        let error = CredentialsError::provider_error(denied());
        assert_eq!(error_response(&error).unwrap().code, Some("AccessDenied"));
        let text = error_text(&error);
        assert!(!text.contains(['{', '"']), "{text}");
    }

    #[test]
    fn response_without_code_has_status() {
        let error = AssumeRoleError::generic(ErrorMetadata::builder().build());
        let error = CredentialsError::provider_error(SdkError::service_error(error, http(503)));
        assert_eq!(error_response(&error).unwrap().status, Some(503));
        let text = error_text(&error);
        assert!(text.ends_with(": STS returned HTTP 503"), "{text}");
    }

    #[test]
    fn container_status_is_a_number() {
        let text = "Non-success status from HTTP credential provider: StatusCode(500)";
        let error = CredentialsError::provider_error(text);
        assert_eq!(error_response(&error).unwrap().status, Some(500));
        let text = error_text(&error);
        assert!(text.ends_with("endpoint returned HTTP 500"), "{text}");
    }

    #[test]
    fn other_causes_follow_one_another() {
        let inner = CredentialsError::not_loaded("no token");
        let error = CredentialsError::provider_error(inner);
        assert_eq!(error_response(&error), None);
        assert_eq!(
            error_text(&error),
            "an error occurred while loading credentials: the credential provider was not enabled: no token"
        );
    }

    #[test]
    fn variable_value_is_never_shown() {
        let value = VarError::NotUnicode(OsString::from("canary"));
        let error = CredentialsError::unhandled(value);
        let text = error_text(&error);
        assert!(!text.contains("canary"), "{text}");
    }
}
