//! What the error codes of AWS's services mean, whoever passes them on.
//!
//! The code tells, not the status: Secrets Manager answers 400 for nearly everything.

use super::{Answer, Cause, Failure, Missing};

/// A service that holds secrets, as errors speak of it.
pub(crate) struct Service {
    name: &'static str,
    denied: &'static str,
    undecryptable: &'static str,
    refused: &'static str,
}

pub(crate) const SECRETS_MANAGER: Service = Service {
    name: "Secrets Manager",
    denied: "allow `secretsmanager:GetSecretValue` on this secret for the role of this process; under a narrow policy a missing secret looks the same, so check its name, region and account too",
    undecryptable: "allow `kms:Decrypt` on the secret's KMS key for the role of this process, and check that the key is enabled",
    refused: "check the secret's name and version",
};

#[cfg(any(feature = "agent", feature = "ssm"))]
pub(crate) const PARAMETER_STORE: Service = Service {
    name: "Parameter Store",
    denied: "allow `ssm:GetParameter` and `ssm:GetParameters` on this parameter for the role of this process; under a narrow policy a missing parameter looks the same, so check its name, region and account too",
    undecryptable: "allow `kms:Decrypt` on the parameter's KMS key for the role of this process, and check that the key is enabled",
    refused: "check the parameter's name and version",
};

/// What a service says when it refuses or fails.
pub(crate) struct ServiceError<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    /// The HTTP status.
    pub(crate) status: u16,
}

impl Service {
    /// The answer that an error is, and whether the service refused the request for what it asks, and not for who asks,
    /// how often or when.
    pub(crate) fn read(&self, error: &ServiceError<'_>) -> (Answer, bool) {
        let text = error.message.unwrap_or_default();
        let meaning = meaning(error.code, text, error.status);
        let refused = meaning.is_a_refusal() || error.status == 501;
        let answer = match meaning {
            Meaning::Missing(missing) => Answer::Missing(missing),
            meaning => Answer::Failed(self.failure(&meaning, error, text)),
        };
        (answer, refused)
    }

    fn failure(&self, meaning: &Meaning, error: &ServiceError<'_>, text: &str) -> Failure {
        let (cause, what, hint) = match meaning {
            Meaning::Denied => (
                Cause::Denied,
                "missing, or not permitted".to_owned(),
                self.denied,
            ),
            Meaning::Undecryptable => (
                Cause::Undecryptable,
                "the KMS key cannot be used".to_owned(),
                self.undecryptable,
            ),
            Meaning::Deleted => (
                Cause::ScheduledForDeletion,
                "it is to be deleted".to_owned(),
                DELETED,
            ),
            Meaning::Credentials => (
                Cause::Credentials,
                "AWS does not take these credentials".to_owned(),
                REMEDY,
            ),
            Meaning::Throttled => (Cause::Throttled, "too many requests".to_owned(), THROTTLED),
            Meaning::Internal => (Cause::Internal, format!("{} failed", self.name), INTERNAL),
            Meaning::Refused | Meaning::Missing(_) => (
                Cause::Internal,
                format!("{} refused the request", self.name),
                self.refused,
            ),
        };
        // AWS's words about a signature may quote the request, session token included.
        let message = if cause == Cause::Credentials && error.code.contains("Signature") {
            what
        } else {
            said(&what, text)
        };
        let failure = Failure::new(cause, message)
            .with_hint(hint)
            .with_code(error.code);
        match error.request_id {
            Some(id) => failure.with_request_id(id),
            None => failure,
        }
    }
}

fn said(what: &str, message: &str) -> String {
    match first_line(message) {
        line if line.is_empty() => what.to_owned(),
        line => format!("{what}; AWS says: {line}"),
    }
}

/// The beginning of what somebody else says: one line, and not a long one.
pub(crate) fn first_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

/// What helps where AWS does not take the credentials.
pub(crate) const REMEDY: &str = "renew or correct the AWS credentials (for SSO: `aws sso login`), or set FROM_SECRETS_SOURCES=env to read the environment only";
const DELETED: &str = "restore it (`aws secretsmanager restore-secret`), or name another secret";
const THROTTLED: &str =
    "spread the starts of a fleet over time; the quotas are per account and region";
const INTERNAL: &str = "try again; if it lasts, see the AWS Health Dashboard";

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

impl Meaning {
    fn is_a_refusal(&self) -> bool {
        !matches!(self, Self::Credentials | Self::Throttled | Self::Internal)
    }
}

fn meaning(code: &str, message: &str, status: u16) -> Meaning {
    match code {
        "ResourceNotFoundException" if names_a_version(message) => {
            Meaning::Missing(Missing::Version)
        }
        "ResourceNotFoundException" => Meaning::Missing(Missing::Secret),
        "ParameterNotFound" => Meaning::Missing(Missing::Parameter),
        "ParameterVersionNotFound" => Meaning::Missing(Missing::Version),
        "DecryptionFailure" | "DecryptionFailureException" | "InvalidKeyId" => {
            Meaning::Undecryptable
        }
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
        | "InternalServerError"
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

/// «Access to KMS is not allowed», and the denial of `kms:Decrypt`; a name may have the letters too. Parameter Store
/// passes on what KMS itself says: «The ciphertext refers to a customer master key that does not exist, …».
fn speaks_of_kms(message: &str) -> bool {
    message.contains("Access to KMS")
        || message.contains("perform: kms:")
        || message.contains("ciphertext refers to")
}

fn speaks_of_deletion(message: &str) -> bool {
    message.contains("deletion") || message.contains("deleted")
}

/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
pub(crate) fn is_throttling(code: &str) -> bool {
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

    fn read(code: &str, message: &str) -> Answer {
        let error = ServiceError {
            code,
            message: Some(message),
            request_id: None,
            status: 400,
        };
        SECRETS_MANAGER.read(&error).0
    }

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
            let Answer::Failed(failure) = read(code, message) else {
                panic!("{code}")
            };
            assert_eq!(failure.cause(), expected, "{code}: {message}");
            assert_eq!(failure.code(), Some(code));
        }
    }

    #[cfg(any(feature = "agent", feature = "ssm"))]
    #[test]
    fn parameter_store_passes_on_what_kms_says() {
        let message = "The ciphertext refers to a customer master key that does not exist, does not exist in this \
                       region, or you are not allowed to access.";
        let error = ServiceError {
            code: "AccessDeniedException",
            message: Some(message),
            request_id: None,
            status: 400,
        };
        let (answer, refused) = PARAMETER_STORE.read(&error);
        assert!(
            matches!(answer, Answer::Failed(failure) if failure.cause() == Cause::Undecryptable)
        );
        assert!(refused);
    }

    #[test]
    fn both_kinds_of_not_found_are_missing() {
        let code = "ResourceNotFoundException";
        let secret = "Secrets Manager can't find the specified secret.";
        let version =
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        assert!(matches!(
            read(code, secret),
            Answer::Missing(Missing::Secret)
        ));
        assert!(matches!(
            read(code, version),
            Answer::Missing(Missing::Version)
        ));
    }
}
