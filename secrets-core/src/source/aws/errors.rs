//! What the SDK's errors and Secrets Manager's codes mean.
//!
//! The code tells, not the status: Secrets Manager answers 400 for nearly everything. Nothing here prints an
//! `SdkError` with `Debug`, which would print the response's body.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::credentials::{self, REMEDY};
use crate::source::{Answer, Cause, Failure, Missing};

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
    let text = message.unwrap_or_default();
    let meaning = meaning(code, text, status);
    let (cause, message, hint) = match meaning {
        Meaning::Missing(missing) => {
            return CallError {
                answer: Answer::Missing(missing),
                refused: true,
            };
        }
        Meaning::Denied => (
            Cause::Denied,
            said("missing, or not permitted", text),
            DENIED,
        ),
        Meaning::Undecryptable => (
            Cause::Undecryptable,
            said("the KMS key cannot be used", text),
            UNDECRYPTABLE,
        ),
        Meaning::Deleted => (
            Cause::ScheduledForDeletion,
            said("it is to be deleted", text),
            DELETED,
        ),
        // AWS's words about a signature may quote the request, session token included.
        Meaning::Credentials if code.contains("Signature") => (
            Cause::Credentials,
            "AWS does not take these credentials".to_owned(),
            REMEDY,
        ),
        Meaning::Credentials => (
            Cause::Credentials,
            said("AWS does not take these credentials", text),
            REMEDY,
        ),
        Meaning::Throttled => (Cause::Throttled, said("too many requests", text), THROTTLED),
        Meaning::Internal => (
            Cause::Internal,
            said("Secrets Manager failed", text),
            INTERNAL,
        ),
        Meaning::Refused => (
            Cause::Internal,
            said("Secrets Manager refused the request", text),
            REFUSED,
        ),
    };
    let mut failure = Failure::new(cause, message).with_hint(hint).with_code(code);
    if let Some(id) = request_id {
        failure = failure.with_request_id(id);
    }
    let refused = !matches!(cause, Cause::Credentials | Cause::Throttled)
        && !matches!(meaning, Meaning::Internal);
    CallError {
        answer: Answer::Failed(failure),
        refused: refused || status == 501,
    }
}

fn said(what: &str, message: &str) -> String {
    match first_line(message) {
        line if line.is_empty() => what.to_owned(),
        line => format!("{what}; AWS says: {line}"),
    }
}

/// The beginning of what somebody else says: one line, and not a long one.
pub(super) fn first_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

const DENIED: &str = "allow `secretsmanager:GetSecretValue` on this secret for the role of this process; under a narrow policy a missing secret looks the same, so check its name, region and account too";
const UNDECRYPTABLE: &str = "allow `kms:Decrypt` on the secret's KMS key for the role of this process, and check that the key is enabled";
const DELETED: &str = "restore it (`aws secretsmanager restore-secret`), or name another secret";
const THROTTLED: &str =
    "spread the starts of a fleet over time; the quotas are per account and region";
const INTERNAL: &str = "try again; if it lasts, see the AWS Health Dashboard";
const REFUSED: &str = "check the secret's name and version";

#[derive(Clone, Debug)]
enum Meaning {
    Missing(Missing),
    Denied,
    Undecryptable,
    Deleted,
    Credentials,
    Throttled,
    Internal,
    Refused,
}

fn meaning(code: &str, message: &str, status: u16) -> Meaning {
    match code {
        "ResourceNotFoundException" if names_a_version(message) => {
            Meaning::Missing(Missing::Version)
        }
        "ResourceNotFoundException" => Meaning::Missing(Missing::Secret),
        "DecryptionFailure" | "DecryptionFailureException" => Meaning::Undecryptable,
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation"
            if speaks_of_kms(message) =>
        {
            Meaning::Undecryptable
        }
        "AccessDeniedException" | "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => {
            Meaning::Denied
        }
        "InvalidRequestException" | "InvalidParameterException" if speaks_of_deletion(message) => {
            Meaning::Deleted
        }
        "InvalidRequestException" | "InvalidParameterException" | "ValidationException" => {
            Meaning::Refused
        }
        "InternalServiceError"
        | "InternalServiceErrorException"
        | "InternalFailure"
        | "ServiceUnavailable" => Meaning::Internal,
        _ if is_throttling(code) => Meaning::Throttled,
        _ if is_about_credentials(code) => Meaning::Credentials,
        _ if status == 403 => Meaning::Denied,
        _ if status == 429 => Meaning::Throttled,
        _ if status >= 500 => Meaning::Internal,
        _ => Meaning::Refused,
    }
}

/// «… the specified secret value for staging label: …», and an emulator's «… secret version».
fn names_a_version(message: &str) -> bool {
    message.contains("secret value for") || message.contains("secret version")
}

/// «Access to KMS is not allowed», and the denial of `kms:Decrypt`; a name may have the letters too.
fn speaks_of_kms(message: &str) -> bool {
    message.contains("Access to KMS") || message.contains("perform: kms:")
}

fn speaks_of_deletion(message: &str) -> bool {
    message.contains("deletion") || message.contains("deleted")
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
fn is_throttling(code: &str) -> bool {
    code.contains("Throttl")
        || code.contains("LimitExceeded")
        || code.contains("TooManyRequests")
        || code == "SlowDown"
}

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>
fn is_about_credentials(code: &str) -> bool {
    matches!(
        code,
        "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "InvalidToken"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "OptInRequired"
            | "RequestExpired"
            | "SignatureDoesNotMatch"
            | "TokenRefreshRequired"
            | "UnrecognizedClientException"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart() {
        for (code, message, expected) in [
            (
                "AccessDeniedException",
                "User: x is not authorized",
                Cause::Denied,
            ),
            (
                "AccessDeniedException",
                "Access to KMS is not allowed",
                Cause::Undecryptable,
            ),
            ("DecryptionFailure", "", Cause::Undecryptable),
            (
                "InvalidRequestException",
                "because it was marked for deletion",
                Cause::ScheduledForDeletion,
            ),
            (
                "InvalidParameterException",
                "because it was marked for deletion",
                Cause::ScheduledForDeletion,
            ),
            ("InvalidParameterException", "Invalid name", Cause::Internal),
            ("ExpiredTokenException", "", Cause::Credentials),
            ("UnrecognizedClientException", "", Cause::Credentials),
            ("InvalidSignatureException", "", Cause::Credentials),
            ("ThrottlingException", "", Cause::Throttled),
            ("InternalServiceError", "", Cause::Internal),
        ] {
            let Answer::Failed(failure) = entry_error(code, Some(message), None).answer else {
                panic!("{code}")
            };
            assert_eq!(failure.cause(), expected, "{code}: {message}");
            assert_eq!(failure.code(), Some(code));
        }
    }

    #[test]
    fn both_kinds_of_not_found_are_missing() {
        let code = "ResourceNotFoundException";
        let secret = "Secrets Manager can't find the specified secret.";
        let version =
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        assert!(matches!(
            entry_error(code, Some(secret), None).answer,
            Answer::Missing(Missing::Secret)
        ));
        assert!(matches!(
            entry_error(code, Some(version), None).answer,
            Answer::Missing(Missing::Version)
        ));
    }

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
