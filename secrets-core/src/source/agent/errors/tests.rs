use zeroize::Zeroizing;

use super::super::token::Tokens;
use super::*;
use crate::source::{Env, MissingReason, VersionSelector};

fn read(service: AgentService, status: u16, body: &str) -> Verdict {
    let environment = Env::from_vars([("AWS_TOKEN", "canary-token")]);
    let token = Tokens::new(None, environment, false)
        .current_now()
        .unwrap()
        .unwrap();
    let reader = ResponseReader {
        config: &Config::read(service, Some(1), &Env::from_vars([("", "")])).unwrap(),
        token: &token,
        request: &SecretRequest::new("n", VersionSelector::Current),
    };
    let body = Zeroizing::new(body.as_bytes().to_vec());
    reader.read(Ok(Reply { status, body }))
}

fn error(status: u16, body: &str) -> SourceError {
    match read(AgentService::SecretsManager, status, body) {
        Verdict::Is(FetchResult::Failed(error)) | Verdict::Rejected(error) => error,
        other => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn aws_error_code_overrides_http_status() {
    let missing =
        r#"{"__type":"ResourceNotFoundException","message":"Secrets Manager can't find it"}"#;
    for status in [400, 404, 500, 200] {
        let verdict = read(AgentService::SecretsManager, status, missing);
        assert!(
            matches!(
                verdict,
                Verdict::Is(FetchResult::Missing(MissingReason::Secret))
            ),
            "{verdict:?}"
        );
    }
    let denied =
        r#"{"__type":"com.amazonaws#AccessDeniedException","Message":"not authorized to do it"}"#;
    let denied = error(400, denied);
    assert_eq!(denied.kind(), SourceErrorKind::Denied);
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    assert!(denied.message().contains("not authorized to do it"));
}

#[test]
fn parameter_not_found_is_missing_parameter() {
    let missing = r#"{"__type":"ParameterNotFound"}"#;
    let verdict = read(AgentService::ParameterStore, 400, missing);
    assert!(matches!(
        verdict,
        Verdict::Is(FetchResult::Missing(MissingReason::Parameter))
    ));
}

#[test]
fn structured_error_body_is_not_quoted() {
    let words = error(400, "unknown parameter: x");
    assert!(
        words.message().ends_with(": unknown parameter: x"),
        "{words}"
    );
    for body in [
        r#"{"Name":"n","SecretString":"canary"}"#,
        " {\"SecretString\":\"canary",
        r#"["canary"]"#,
        r#""canary""#,
        "<p>canary",
    ] {
        let rejected = error(400, body);
        assert!(!format!("{rejected:?}").contains("canary"), "{rejected:?}");
    }
}

#[test]
fn agent_errors_map_to_kinds() {
    for (status, body, cause) in [
        (429, "Connection limit exceeded", SourceErrorKind::Throttled),
        (502, "bad gateway", SourceErrorKind::Unreachable),
        (504, "", SourceErrorKind::Unreachable),
        (
            504,
            r#"{"__type":"TimeoutError","message":"Timeout"}"#,
            SourceErrorKind::Unreachable,
        ),
        (
            502,
            r#"{"__type":"ConnectionError","message":"Read Error"}"#,
            SourceErrorKind::Unreachable,
        ),
        (
            500,
            r#"{"__type":"InternalFailure"}"#,
            SourceErrorKind::Internal,
        ),
        (404, "Not found", SourceErrorKind::Internal),
        (405, "Not allowed", SourceErrorKind::Internal),
        (400, "unknown parameter: x", SourceErrorKind::Internal),
        (200, "<html>", SourceErrorKind::Internal),
        (301, "", SourceErrorKind::Internal),
    ] {
        let error = error(status, body);
        assert_eq!(error.kind(), cause, "{status} {body}");
        assert!(error.message().contains("127.0.0.1:1"), "{error}");
        assert!(error.hint().is_some(), "{error}");
    }
}

#[test]
fn recoverable_errors_are_not_results() {
    let service = AgentService::SecretsManager;
    let not_ready = read(service, 400, "not ready to serve traffic, please wait");
    assert!(matches!(not_ready, Verdict::NotReady));
    assert!(matches!(read(service, 403, "Bad Token"), Verdict::BadToken));
    let rejected = read(service, 400, "unknown parameter: refreshNow");
    assert!(matches!(rejected, Verdict::Rejected(_)));
}

#[test]
fn rejected_credentials_are_the_agents() {
    let expired = error(400, r#"{"__type":"ExpiredTokenException","message":""}"#);
    assert_eq!(expired.kind(), SourceErrorKind::Credentials);
    assert_eq!(expired.hint(), Some(ITS_CREDENTIALS));
}

#[test]
fn error_containing_token_is_not_quoted() {
    for body in [
        "Bad request with canary-token",
        r#"{"__type":"ValidationException","message":"the header canary-token"}"#,
        r#"{"__type":"canary-token","message":"denied"}"#,
    ] {
        let text = error(400, body).to_string();
        assert!(!text.contains("canary"), "{text}");
    }
    let text = error(400, "missing parameter secretId").to_string();
    assert!(text.contains("missing parameter secretId"), "{text}");
}
