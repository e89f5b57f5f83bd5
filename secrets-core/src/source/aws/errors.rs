//! What the SDK's errors mean.
//!
//! Nothing here prints an `SdkError` with `Debug`, which would print the response's body.

use std::error::Error;

use aws_sdk_secretsmanager::error::{ErrorMetadata, ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use from_secrets_syntax::Partition;

use super::credential_errors::setup_or_credentials_error;
use super::tls;
use crate::source::aws_api::errors::{ServiceError, first_line};
use crate::source::aws_api::service;
use crate::source::{FetchResult, SourceError, SourceErrorKind};

/// A service, as errors speak of it and tell its own.
pub(super) struct SdkService {
    name: &'static str,
    /// The variable that says where it is.
    variable: &'static str,
    codes: &'static service::AwsService,
}

pub(super) const SECRETS_MANAGER: SdkService = SdkService {
    name: "Secrets Manager",
    variable: "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    codes: &service::SECRETS_MANAGER,
};

#[cfg(feature = "ssm")]
pub(super) const PARAMETER_STORE: SdkService = SdkService {
    name: "Parameter Store",
    variable: "AWS_ENDPOINT_URL_SSM",
    codes: &service::PARAMETER_STORE,
};

/// A call that failed as a whole.
#[derive(Debug)]
pub(super) struct CallError {
    pub(super) result: FetchResult,
    /// Whether the service refused the call for what it asks, and not for who asks, how often or when.
    pub(super) refused: bool,
}

impl CallError {
    pub(super) fn transport(failure: SourceError) -> Self {
        Self {
            result: FetchResult::Failed(failure),
            refused: false,
        }
    }
}

impl SdkService {
    /// Reads the SDK's error.
    pub(super) fn read<E>(
        &self,
        error: &SdkError<E, HttpResponse>,
        endpoint: Option<&str>,
    ) -> CallError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(service) => self.responded(
                service.err().meta(),
                service.raw().status().as_u16(),
                endpoint,
            ),
            SdkError::TimeoutError(_) => CallError::transport(self.too_late(endpoint)),
            SdkError::ResponseError(_) => CallError::transport(self.unreadable(endpoint)),
            other => CallError::transport(self.dispatch_failure(other, endpoint)),
        }
    }

    fn responded(&self, meta: &ErrorMetadata, status: u16, endpoint: Option<&str>) -> CallError {
        match meta.code() {
            Some(code) => self.service_error(code, meta.message(), meta.request_id(), status),
            None => self.without_code(status, endpoint),
        }
    }

    /// What an entry of a batch means; the request id is the batch's.
    pub(super) fn entry_error(
        &self,
        code: &str,
        message: Option<&str>,
        request_id: Option<&str>,
    ) -> CallError {
        self.service_error(code, message, request_id, 400)
    }

    fn service_error(
        &self,
        code: &str,
        message: Option<&str>,
        request_id: Option<&str>,
        status: u16,
    ) -> CallError {
        let (result, refused) = self.codes.read(&ServiceError {
            code,
            message,
            request_id,
            status,
        });
        CallError { result, refused }
    }

    /// An answer that AWS did not write: a proxy's page, a portal's, a cut one. 501 comes from an emulator that does
    /// not know the call.
    fn without_code(&self, status: u16, endpoint: Option<&str>) -> CallError {
        let cause = if status == 429 {
            SourceErrorKind::Throttled
        } else {
            SourceErrorKind::Internal
        };
        let message = format!(
            "HTTP {status} without a code of AWS: the answer of {} is not {}'s",
            self.whom(endpoint),
            self.name
        );
        let result =
            FetchResult::Failed(SourceError::new(cause, message).with_hint(self.not_aws()));
        CallError {
            result,
            refused: status == 501,
        }
    }

    fn too_late(&self, endpoint: Option<&str>) -> SourceError {
        let from = endpoint
            .map(|endpoint| format!(" from {endpoint}"))
            .unwrap_or_default();
        SourceError::new(
            SourceErrorKind::Unreachable,
            format!("no answer{from} in time"),
        )
        .with_hint(self.unreachable(endpoint))
    }

    fn unreadable(&self, endpoint: Option<&str>) -> SourceError {
        let message = format!(
            "the answer of {} broke off, or is not {}'s",
            self.whom(endpoint),
            self.name
        );
        SourceError::new(SourceErrorKind::Internal, message).with_hint(self.not_aws())
    }

    /// The request never got through: no credentials, no region, no connection.
    fn dispatch_failure(
        &self,
        error: &(dyn Error + 'static),
        endpoint: Option<&str>,
    ) -> SourceError {
        if let Some(failure) = setup_or_credentials_error(error) {
            return failure;
        }
        let mut deepest = error;
        while let Some(source) = deepest.source() {
            deepest = source;
        }
        if deepest.to_string().contains("Missing Region") {
            return no_region();
        }
        let why = first_line(&deepest.to_string());
        if !is_sent(endpoint) {
            let message = format!("the SDK cannot build a request with these settings: {why}");
            return SourceError::new(SourceErrorKind::Configuration, message)
                .with_hint(self.request_settings());
        }
        let whom = self.whom(endpoint);
        let (message, hint) = match tls::proxy_of(error) {
            Some(variable) => (
                format!(
                    "cannot reach {whom} through the proxy in `{variable}`: {}",
                    proxy_words(&why)
                ),
                proxy_hint(variable, &why),
            ),
            None => (
                format!("cannot reach {whom}: {why}"),
                self.unreachable(endpoint),
            ),
        };
        let hint = certificate_hint(&why).map_or(hint, str::to_owned);
        SourceError::new(SourceErrorKind::Unreachable, message).with_hint(hint)
    }

    fn whom<'a>(&self, endpoint: Option<&'a str>) -> &'a str {
        endpoint.unwrap_or(self.name)
    }

    fn unreachable(&self, endpoint: Option<&str>) -> String {
        if endpoint.is_some_and(|endpoint| !is_of_aws(endpoint)) {
            return format!(
                "check that something listens there: it is where AWS_ENDPOINT_URL, {} or a client of your own leads",
                self.variable
            );
        }
        format!(
            "check that this machine can reach {} (VPC endpoint, security group, proxy, DNS)",
            self.name
        )
    }

    fn request_settings(&self) -> String {
        format!(
            "correct the region (AWS_REGION, `Loader::region`) or the endpoint URL (AWS_ENDPOINT_URL, {}), or the profile, the `SdkConfig` or the client that sets it",
            self.variable
        )
    }

    fn not_aws(&self) -> String {
        format!(
            "check the endpoint (AWS_ENDPOINT_URL, {}) and any proxy on the way",
            self.variable
        )
    }
}

/// Returns whether a request went out: before that the SDK fails over a malformed region or endpoint. A URL of another
/// scheme gets as far as the HTTP client.
fn is_sent(endpoint: Option<&str>) -> bool {
    let schemes = ["http://", "https://"];
    endpoint.is_some_and(|endpoint| schemes.iter().any(|scheme| endpoint.starts_with(scheme)))
}

/// Returns the hint for a certificate that rustls rejects.
fn certificate_hint(why: &str) -> Option<&'static str> {
    let (_, problem) = why.split_once("invalid peer certificate: ")?;
    if problem.contains("xpired") || problem.contains("not valid yet") {
        return Some(
            "the server's certificate is not valid at the time of this machine; check the clock of this machine",
        );
    }
    (!problem.contains("name")).then_some(
        "add the authority that issued the server's certificate, which may be that of a proxy that inspects TLS, to a bundle that AWS_CA_BUNDLE names",
    )
}

/// hyper-util's texts for HTTP 407, and for any other status than 200.
const PASSWORD_REQUIRED: &str = "proxy authorization required";
const REFUSED: &str = "tunnel error: unsuccessful";

fn proxy_words(why: &str) -> &str {
    if why.contains(PASSWORD_REQUIRED) {
        "the proxy requires a valid user and password"
    } else if why.contains(REFUSED) {
        "the proxy refused to connect to this host"
    } else {
        why
    }
}

fn proxy_hint(variable: &str, why: &str) -> String {
    if why.contains(PASSWORD_REQUIRED) {
        return format!(
            "put the proxy's user and password into the URL in `{variable}`, percent-encoded: `http://USER:PASSWORD@HOST:PORT`"
        );
    }
    format!("check the proxy in `{variable}`, or add the host to NO_PROXY if it needs no proxy")
}

fn is_of_aws(endpoint: &str) -> bool {
    let host = endpoint.rsplit("://").next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    Partition::has_host(host)
}

/// What helps where an answer says nothing of what was asked for.
pub(super) const LEFT_OUT: &str = "try again; if it lasts, check any proxy on the way";

pub(super) fn no_region() -> SourceError {
    SourceError::new(SourceErrorKind::Credentials, "there are AWS credentials, but no region").with_hint(
        "set AWS_REGION, a `region` in the profile, or `Loader::region`; or set FROM_SECRETS_SOURCES=env to read the environment only",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn custom_endpoint_hint_names_its_variable() {
        let hint = |endpoint| SECRETS_MANAGER.unreachable(endpoint);
        for own in [
            None,
            Some("https://secretsmanager.eu-west-1.amazonaws.com"),
            Some("https://vpce-1.secretsmanager.cn-north-1.vpce.amazonaws.com.cn:443"),
            Some("https://secretsmanager.eu-west-1.api.aws"),
        ] {
            assert!(hint(own).contains("VPC endpoint"), "{own:?}");
        }
        let elsewhere = hint(Some("http://127.0.0.1:4566"));
        assert!(elsewhere.contains("AWS_ENDPOINT_URL_SECRETS_MANAGER"));
    }

    #[test]
    fn only_request_rejections_split_batches() {
        let refused = |code, status| {
            SECRETS_MANAGER
                .service_error(code, None, None, status)
                .refused
        };
        assert!(refused("AccessDeniedException", 400));
        assert!(refused("ResourceNotFoundException", 400));
        assert!(refused("InternalFailure", 501));
        assert!(!refused("ThrottlingException", 400));
        assert!(!refused("ExpiredTokenException", 400));
        assert!(!refused("InternalServiceError", 500));
    }

    #[test]
    fn rejected_certificate_has_own_hint() {
        let hint =
            |problem: &str| certificate_hint(&format!("invalid peer certificate: {problem}"));
        assert!(hint("UnknownIssuer").is_some_and(|hint| hint.contains("AWS_CA_BUNDLE")));
        assert!(hint("BadSignature").is_some_and(|hint| hint.contains("AWS_CA_BUNDLE")));
        let expired =
            "certificate expired: verification time 2 (UNIX), but certificate is not valid after 1";
        assert!(hint(expired).is_some_and(|hint| hint.contains("clock")));
        assert!(
            hint("certificate not valid yet: verification time 1")
                .is_some_and(|hint| hint.contains("clock"))
        );
        assert_eq!(hint("certificate not valid for name \"a\""), None);
        assert_eq!(certificate_hint("Connection refused"), None);
    }
}
