//! Error codes of AWS services, also in responses that an agent forwards.
//!
//! Errors are classified by code and not by status, because Secrets Manager responds with 400 to nearly everything.

pub(crate) mod clock;
mod denial;

use super::service::AwsService;
use crate::format::printable;
use crate::source::{FetchResult, MissingReason, SourceError, SourceErrorKind};
use denial::DenialReason;

/// An error response of a service.
pub(crate) struct ServiceError<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    /// The HTTP status.
    pub(crate) status: u16,
}

/// A call that failed as a whole.
#[derive(Debug)]
pub(crate) struct CallError {
    pub(crate) result: FetchResult,
    /// Whether the service rejected the content of the request, and not its credentials, rate or time.
    #[cfg_attr(
        not(any(feature = "aws", test)),
        expect(dead_code, reason = "only the SDK sends batches")
    )]
    pub(crate) refused: bool,
}

impl AwsService {
    /// Returns the result of a request with an error response.
    pub(crate) fn read(&self, error: &ServiceError<'_>) -> CallError {
        let text = error.message.unwrap_or_default();
        let meaning = meaning(error.code, text, error.status);
        CallError {
            refused: meaning.is_rejection() || error.status == 501,
            result: match meaning {
                Meaning::Missing(reason) => FetchResult::Missing(reason),
                meaning => FetchResult::Failed(self.failure(&meaning, error, text)),
            },
        }
    }

    fn failure(&self, meaning: &Meaning, error: &ServiceError<'_>, text: &str) -> SourceError {
        use SourceErrorKind as Kind;
        let (kind, message, hint) = match meaning {
            Meaning::Denied => (Kind::Denied, "missing, or not permitted", self.denied),
            Meaning::Undecryptable => (
                Kind::Undecryptable,
                "the KMS key cannot be used",
                self.undecryptable,
            ),
            Meaning::KeyOfAnotherAccount => (
                Kind::Undecryptable,
                KEY_OF_ANOTHER_ACCOUNT,
                CUSTOMER_MANAGED_KEY,
            ),
            Meaning::Deleted => (
                Kind::ScheduledForDeletion,
                "the secret is scheduled for deletion",
                DELETED,
            ),
            Meaning::Credentials => (Kind::Credentials, REJECTED_CREDENTIALS, CREDENTIALS_HINT),
            Meaning::Clock => (Kind::Credentials, &*clock::message(text), clock::HINT),
            Meaning::Throttled => (Kind::Throttled, "too many requests", THROTTLED),
            Meaning::Internal => (Kind::Internal, &*format!("{} failed", self.name), INTERNAL),
            Meaning::Rejected | Meaning::Missing(_) => (
                Kind::Internal,
                &*format!("{} rejected the request", self.name),
                self.refused,
            ),
        };
        let reason = DenialReason::read(text);
        let hint_by_reason = match meaning {
            Meaning::Denied => reason.and_then(|reason| reason.hint(self)),
            Meaning::Undecryptable => reason.and_then(|reason| reason.kms_hint(self)),
            _ => None,
        };
        let line = match meaning {
            Meaning::Clock => String::new(),
            // AWS's message about a signature may quote the request, session token included.
            Meaning::Credentials if error.code.contains("Signature") => String::new(),
            _ => first_line(text),
        };
        let message = if line.is_empty() {
            message.to_owned()
        } else {
            format!("{message}: {line}")
        };
        let failure = SourceError::new(kind, message)
            .with_hint(hint_by_reason.unwrap_or_else(|| hint.to_owned()))
            .with_code(error.code);
        let failure = match meaning {
            Meaning::Rejected => failure.rejects_request(),
            _ => failure,
        };
        match error.request_id {
            Some(id) => failure.with_request_id(id),
            None => failure,
        }
    }
}

/// Returns the first line of another program's text, bounded: a long line loses its middle, since IAM's reason for a
/// denial is at its end.
pub(crate) fn first_line(text: &str) -> String {
    const LONGEST: usize = 300;
    const LONGEST_END: usize = 200;
    const GAP: &str = " … ";
    let line = text.trim().lines().next().unwrap_or_default();
    let line = printable(line.replace('\t', " "));
    let length = line.chars().count();
    if length <= LONGEST {
        return line;
    }
    let from = denial::start(&line).map_or(length - LONGEST / 2, |at| line[..at].chars().count());
    let end: String = line.chars().skip(from).take(LONGEST_END).collect();
    let beginning = LONGEST - GAP.chars().count() - end.chars().count();
    let beginning: String = line.chars().take(beginning.min(from)).collect();
    let line = format!("{}{GAP}{end}", beginning.trim_end());
    line.trim_start().to_owned()
}

/// The hint if AWS rejects the credentials.
pub(crate) const CREDENTIALS_HINT: &str = "renew or correct the AWS credentials (for SSO: `aws sso login`), or set FROM_SECRETS_SOURCES=env to use only environment variables";
const REJECTED_CREDENTIALS: &str = "AWS rejected the credentials";
const KEY_OF_ANOTHER_ACCOUNT: &str =
    "the secret is encrypted with the default KMS key of another AWS account";
const CUSTOMER_MANAGED_KEY: &str = "encrypt the secret with a customer managed KMS key, and allow `kms:Decrypt` for the role of this process in the policy of that key";
const DELETED: &str =
    "restore the secret (`aws secretsmanager restore-secret`), or use a different one";
const THROTTLED: &str =
    "spread the starts of a fleet over time, because quotas apply to the whole account and region";
const INTERNAL: &str = "retry; if the error persists, check the AWS Health Dashboard";

#[derive(Clone, Debug)]
enum Meaning {
    Missing(MissingReason),
    Denied,
    Undecryptable,
    KeyOfAnotherAccount,
    Deleted,
    Credentials,
    Clock,
    Throttled,
    Internal,
    Rejected,
}

impl Meaning {
    fn is_rejection(&self) -> bool {
        !matches!(
            self,
            Self::Credentials | Self::Clock | Self::Throttled | Self::Internal
        )
    }
}

fn meaning(code: &str, message: &str, status: u16) -> Meaning {
    let code = code.strip_suffix("Exception").unwrap_or(code);
    match code {
        _ if clock::is_meant_by(code, message) => Meaning::Clock,
        _ if is_key_of_another_account(message) => Meaning::KeyOfAnotherAccount,
        "ResourceNotFound" if !is_missing_version(message) => {
            Meaning::Missing(MissingReason::Secret)
        }
        "ParameterNotFound" => Meaning::Missing(MissingReason::Parameter),
        "ResourceNotFound" | "ParameterVersionNotFound" => Meaning::Missing(MissingReason::Version),
        "DecryptionFailure" | "InvalidKeyId" => Meaning::Undecryptable,
        "AccessDenied" | "UnauthorizedOperation" if is_kms_denial(message) => {
            Meaning::Undecryptable
        }
        "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => Meaning::Denied,
        "InvalidRequest" | "InvalidParameter" if is_deletion(message) => Meaning::Deleted,
        "InvalidRequest" | "InvalidParameter" | "Validation" => Meaning::Rejected,
        "InternalServiceError"
        | "InternalFailure"
        | "InternalServerError"
        | "ServiceUnavailable" => Meaning::Internal,
        _ if is_throttling(code) => Meaning::Throttled,
        _ if is_about_credentials(code) => Meaning::Credentials,
        _ if status == 403 => Meaning::Denied,
        _ if status == 429 => Meaning::Throttled,
        _ if status >= 500 => Meaning::Internal,
        _ => Meaning::Rejected,
    }
}

/// Returns whether a version is missing: «… the specified secret value for staging label: …», and an emulator's
/// «… secret version».
fn is_missing_version(message: &str) -> bool {
    message.contains("secret value for") || message.contains("secret version")
}

/// Returns whether KMS denied access: «Access to KMS is not allowed», or the denial of `kms:Decrypt`. Parameter Store
/// forwards the message of KMS: «The ciphertext refers to a customer master key that does not exist, …».
fn is_kms_denial(message: &str) -> bool {
    message.contains("Access to KMS")
        || message.contains("perform: kms:")
        || message.contains("ciphertext refers to")
}

/// Returns whether a secret has the key of another account: «You can't access a secret from a different AWS account if
/// you encrypt the secret with the default KMS service key.»
fn is_key_of_another_account(message: &str) -> bool {
    message.contains("different AWS account") && message.contains("default KMS")
}

/// Returns whether a secret is scheduled for deletion: «… because it was marked for deletion.»
fn is_deletion(message: &str) -> bool {
    message.contains("deletion") || message.contains("deleted")
}

/// Returns whether an error code is about too many requests.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>
pub(crate) fn is_throttling(code: &str) -> bool {
    code.contains("Throttl")
        || code.contains("LimitExceeded")
        || code.contains("TooManyRequests")
        || code.contains("ThroughputExceeded")
        || code == "SlowDown"
}

/// Returns whether an error code, without `Exception`, is about the credentials.
/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html>
fn is_about_credentials(code: &str) -> bool {
    const CODES: [&str; 11] = [
        "ExpiredToken",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignature",
        "InvalidToken",
        "MissingAuthenticationToken",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClient",
    ];
    CODES.contains(&code)
}

#[cfg(test)]
mod tests;
