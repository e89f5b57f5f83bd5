//! What the SDK's errors mean.
//!
//! Nothing here prints an `SdkError` with `Debug`, which would print the response's body.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::credentials;
use crate::source::service::{SECRETS_MANAGER, ServiceError, first_line};
use crate::source::{Answer, Cause, Failure};

/// A call that failed as a whole.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) answer: Answer,
    /// Whether Secrets Manager refused the call for what it asks, and not for who asks, how often or when.
    pub(super) refused: bool,
}

impl CallError {
    pub(super) fn transport(failure: Failure) -> Self {
        Self {
            answer: Answer::Failed(failure),
            refused: false,
        }
    }
}

/// Reads the SDK's error.
pub(super) fn read<E>(error: &SdkError<E, HttpResponse>, endpoint: Option<&str>) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => answered(
            service.err().meta(),
            service.raw().status().as_u16(),
            endpoint,
        ),
        SdkError::TimeoutError(_) => CallError::transport(too_late(endpoint)),
        SdkError::ResponseError(_) => CallError::transport(unreadable(endpoint)),
        other => CallError::transport(dispatch_failure(other, endpoint)),
    }
}

fn answered(meta: &ErrorMetadata, status: u16, endpoint: Option<&str>) -> CallError {
    match meta.code() {
        Some(code) => service_error(code, meta.message(), meta.request_id(), status),
        None => without_code(status, endpoint),
    }
}

fn too_late(endpoint: Option<&str>) -> Failure {
    let from = endpoint
        .map(|endpoint| format!(" from {endpoint}"))
        .unwrap_or_default();
    Failure::new(Cause::Unreachable, format!("no answer{from} in time")).with_hint(UNREACHABLE)
}

fn unreadable(endpoint: Option<&str>) -> Failure {
    let message = format!(
        "the answer of {} broke off, or is not Secrets Manager's",
        whom(endpoint)
    );
    Failure::new(Cause::Internal, message).with_hint(NOT_AWS)
}

fn whom(endpoint: Option<&str>) -> &str {
    endpoint.unwrap_or("Secrets Manager")
}

const UNREACHABLE: &str =
    "check that this machine can reach Secrets Manager (VPC endpoint, security group, proxy, DNS)";
const NOT_AWS: &str = "check the endpoint (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SECRETS_MANAGER) and any proxy on the way";

/// The request never got through: no credentials, no region, no connection.
fn dispatch_failure(error: &(dyn Error + 'static), endpoint: Option<&str>) -> Failure {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        if let Some(credentials) = source.downcast_ref::<CredentialsError>() {
            return credentials::failure(credentials);
        }
        deepest = source;
    }
    if deepest.to_string().contains("Missing Region") {
        return no_region();
    }
    let why = first_line(&deepest.to_string());
    // An endpoint without a scheme, or one that is no URL at all.
    let hint = if why.contains("endpoint") {
        NOT_AWS
    } else {
        UNREACHABLE
    };
    Failure::new(
        Cause::Unreachable,
        format!("cannot reach {}: {why}", whom(endpoint)),
    )
    .with_hint(hint)
}

pub(super) fn no_region() -> Failure {
    Failure::new(Cause::Credentials, "there are AWS credentials, but no region").with_hint(
        "set AWS_REGION, a `region` in the profile, or `Loader::region`; or set FROM_SECRETS_SOURCES=env to read the environment only",
    )
}

/// What an entry of a batch means; the request id is the batch's.
pub(super) fn entry_error(
    code: &str,
    message: Option<&str>,
    request_id: Option<&str>,
) -> CallError {
    service_error(code, message, request_id, 400)
}

/// An answer that AWS did not write: a proxy's page, a portal's, a cut one. 501 comes from an emulator that does not
/// know the call.
fn without_code(status: u16, endpoint: Option<&str>) -> CallError {
    let cause = if status == 429 {
        Cause::Throttled
    } else {
        Cause::Internal
    };
    let message = format!(
        "HTTP {status} without a code of AWS: the answer of {} is not Secrets Manager's",
        whom(endpoint)
    );
    let answer = Answer::Failed(Failure::new(cause, message).with_hint(NOT_AWS));
    CallError {
        answer,
        refused: status == 501,
    }
}

fn service_error(
    code: &str,
    message: Option<&str>,
    request_id: Option<&str>,
    status: u16,
) -> CallError {
    let (answer, refused) = SECRETS_MANAGER.read(&ServiceError {
        code,
        message,
        request_id,
        status,
    });
    CallError { answer, refused }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_of_what_is_asked_makes_a_batch_fall_apart() {
        let refused = |code, status| service_error(code, None, None, status).refused;
        assert!(refused("AccessDeniedException", 400));
        assert!(refused("ResourceNotFoundException", 400));
        assert!(refused("InternalFailure", 501));
        assert!(!refused("ThrottlingException", 400));
        assert!(!refused("ExpiredTokenException", 400));
        assert!(!refused("InternalServiceError", 500));
    }
}
