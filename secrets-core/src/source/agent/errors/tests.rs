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

fn failure(status: u16, body: &str) -> SourceError {
    match read(AgentService::SecretsManager, status, body) {
        Verdict::Is(FetchResult::Failed(failure)) | Verdict::Rejected(failure) => failure,
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
    let denied = failure(400, denied);
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
    let words = failure(400, "unknown parameter: x");
    assert!(
        words.message().ends_with("it says: unknown parameter: x"),
        "{words}"
    );
    for body in [
        r#"{"Name":"n","SecretString":"canary"}"#,
        " {\"SecretString\":\"canary",
        r#"["canary"]"#,
        r#""canary""#,
        "<p>canary",
    ] {
        let refused = failure(400, body);
        assert!(!format!("{refused:?}").contains("canary"), "{refused:?}");
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
        let failure = failure(status, body);
        assert_eq!(failure.kind(), cause, "{status} {body}");
        assert!(failure.message().contains("127.0.0.1:1"), "{failure}");
        assert!(failure.hint().is_some(), "{failure}");
    }
}

#[test]
fn recoverable_errors_are_not_results() {
    let service = AgentService::SecretsManager;
    let not_ready = read(service, 400, "not ready to serve traffic, please wait");
    assert!(matches!(not_ready, Verdict::NotReady));
    assert!(matches!(read(service, 403, "Bad Token"), Verdict::BadToken));
    let refused = read(service, 400, "unknown parameter: refreshNow");
    assert!(matches!(refused, Verdict::Rejected(_)));
}

#[test]
fn rejected_credentials_are_the_agents() {
    let expired = failure(400, r#"{"__type":"ExpiredTokenException","message":""}"#);
    assert_eq!(expired.kind(), SourceErrorKind::Credentials);
    assert_eq!(expired.hint(), Some(ITS_CREDENTIALS));
}

#[test]
fn error_containing_token_is_not_quoted() {
    for body in [
        "Bad request with canary-token",
        r#"{"__type":"ValidationException","message":"the header canary-token"}"#,
    ] {
        let text = failure(400, body).to_string();
        assert!(!text.contains("canary"), "{text}");
    }
    let text = failure(400, "missing parameter secretId").to_string();
    assert!(text.contains("missing parameter secretId"), "{text}");
}
