//! Errors of the SDK.
//!
//! An `SdkError` is never printed with `Debug`, which would print the body of the response.

use std::error::Error;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use from_secrets_syntax::Partition;

use super::credential_errors::setup_or_credentials_error;
use super::sdk_text::chain;
use super::tls;
use crate::source::aws_api::errors::{CallError, ServiceError, first_line};
use crate::source::aws_api::service::AwsService;
use crate::source::{FetchResult, SourceError, SourceErrorKind};

/// Returns the error of a call without a usable response.
pub(super) fn transport(error: SourceError) -> CallError {
    CallError {
        result: FetchResult::Failed(error),
        refused: false,
    }
}

/// Reads the SDK's error. The endpoint is `None` if the call did not send a request.
pub(super) fn call_error<E>(
    service: &AwsService,
    error: &SdkError<E, HttpResponse>,
    endpoint: Option<&str>,
) -> CallError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let from = endpoint.unwrap_or(service.name);
    match error {
        SdkError::ServiceError(error) => {
            let (meta, status) = (error.err().meta(), error.raw().status().as_u16());
            match meta.code() {
                Some(code) => service.read(&ServiceError {
                    code,
                    message: meta.message(),
                    request_id: meta.request_id(),
                    status,
                }),
                None => without_code(service, from, status),
            }
        }
        SdkError::TimeoutError(_) => {
            let message = format!("no response from {from} before the timeout of the client");
            let error = SourceError::new(SourceErrorKind::Unreachable, message);
            transport(error.with_hint(unreachable(service, endpoint)))
        }
        SdkError::ResponseError(_) => {
            let message =
                format!("the response from {from} is incomplete, or not from an AWS service");
            let error = SourceError::new(SourceErrorKind::Internal, message);
            transport(error.with_hint(not_aws(service)))
        }
        other => transport(dispatch_failure(service, other, endpoint)),
    }
}

/// Returns the error of a response without an error code, as proxies and login portals send. An emulator that does not
/// support the call responds with 501.
fn without_code(service: &AwsService, from: &str, status: u16) -> CallError {
    let kind = match status {
        429 => SourceErrorKind::Throttled,
        _ => SourceErrorKind::Internal,
    };
    let message = format!("{from} returned HTTP {status} without an AWS error code");
    CallError {
        refused: status == 501,
        ..transport(SourceError::new(kind, message).with_hint(not_aws(service)))
    }
}

/// Returns the error of a request that was not sent: no credentials, no region, no connection.
fn dispatch_failure(
    service: &AwsService,
    error: &(dyn Error + 'static),
    endpoint: Option<&str>,
) -> SourceError {
    if let Some(failure) = setup_or_credentials_error(error) {
        return failure;
    }
    let why = chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default();
    if why.contains("Missing Region") {
        return no_region();
    }
    let why = first_line(&why);
    if !is_sent(endpoint) {
        let message = format!("the SDK cannot build a request with these settings: {why}");
        return SourceError::new(SourceErrorKind::Configuration, message).with_hint(format!(
            "correct the region (AWS_REGION, `Loader::region`) or the endpoint URL (AWS_ENDPOINT_URL, {}), or the profile, the `SdkConfig` or the client that sets it",
            service.endpoint_variable
        ));
    }
    let whom = endpoint.unwrap_or(service.name);
    let (message, hint) = match tls::proxy_of(error) {
        Some(variable) => {
            let (why, hint) = proxy_problem(variable, &why);
            (
                format!("cannot reach {whom} through the proxy in `{variable}`: {why}"),
                hint,
            )
        }
        None => (
            format!("cannot reach {whom}: {why}"),
            unreachable(service, endpoint),
        ),
    };
    let hint = certificate_hint(&why).map_or(hint, str::to_owned);
    SourceError::new(SourceErrorKind::Unreachable, message).with_hint(hint)
}

fn unreachable(service: &AwsService, endpoint: Option<&str>) -> String {
    if endpoint.is_some_and(|endpoint| !is_of_aws(endpoint)) {
        return format!(
            "check that a service accepts connections there; the endpoint is set in AWS_ENDPOINT_URL, {} or a custom client",
            service.endpoint_variable
        );
    }
    format!(
        "check that this machine can reach {} (VPC endpoint, security group, proxy, DNS)",
        service.name
    )
}

fn not_aws(service: &AwsService) -> String {
    format!(
        "check the endpoint URL (AWS_ENDPOINT_URL, {}) and any proxy between this machine and AWS",
        service.endpoint_variable
    )
}

/// Returns whether a request was sent. With a malformed region or endpoint, the SDK does not send one. A URL with
/// another scheme is only rejected by the HTTP client.
fn is_sent(endpoint: Option<&str>) -> bool {
    let schemes = ["http://", "https://"];
    endpoint.is_some_and(|endpoint| schemes.iter().any(|scheme| endpoint.starts_with(scheme)))
}

/// Returns the hint for a certificate that rustls rejects.
fn certificate_hint(why: &str) -> Option<&'static str> {
    let (_, problem) = why.split_once("invalid peer certificate: ")?;
    if problem.contains("xpired") || problem.contains("not valid yet") {
        return Some(
            "check the clock of this machine: at its time, the server's certificate is not valid",
        );
    }
    (!problem.contains("name")).then_some(
        "set AWS_CA_BUNDLE to a bundle that contains the authority of the server's certificate; a proxy that inspects TLS has its own authority",
    )
}

/// Texts of hyper-util for HTTP 407, and for any other status than 200.
const PASSWORD_REQUIRED: &str = "proxy authorization required";
const REFUSED: &str = "tunnel error: unsuccessful";

/// Returns a proxy's problem and its hint.
fn proxy_problem<'a>(variable: &str, why: &'a str) -> (&'a str, String) {
    if why.contains(PASSWORD_REQUIRED) {
        let hint = format!(
            "add the proxy's user and password to the URL in `{variable}`, percent-encoded: `http://USER:PASSWORD@HOST:PORT`"
        );
        return ("the proxy requires a valid user and password", hint);
    }
    let why = if why.contains(REFUSED) {
        "the proxy refused the connection to this host"
    } else {
        why
    };
    let hint = format!(
        "check the proxy in `{variable}`, or add the host to NO_PROXY if it does not need a proxy"
    );
    (why, hint)
}

fn is_of_aws(endpoint: &str) -> bool {
    let host = endpoint.rsplit("://").next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    Partition::has_host(host)
}

/// Returns the error of a request without a region.
pub(super) fn no_region() -> SourceError {
    SourceError::new(SourceErrorKind::Credentials, "there are AWS credentials, but no region").with_hint(
        "set AWS_REGION, a `region` in the profile, or `Loader::region`; or set FROM_SECRETS_SOURCES=env to use only environment variables",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::aws_api::service::SECRETS_MANAGER;

    #[test]
    fn custom_endpoint_hint_names_its_variable() {
        let hint = |endpoint| unreachable(&SECRETS_MANAGER, endpoint);
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
            let error = ServiceError {
                code,
                message: None,
                request_id: None,
                status,
            };
            SECRETS_MANAGER.read(&error).refused
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
