use zeroize::Zeroizing;

use super::super::token::Tokens;
use super::*;
use crate::source::{Environment, Missing, Version};

fn read(service: Service, status: u16, body: &str) -> Verdict {
    let environment = Environment::from_vars([("AWS_TOKEN", "canary-token")]);
    let token = Tokens::new(None, environment, false)
        .current_now()
        .unwrap()
        .unwrap();
    let reader = Reader {
        service,
        endpoint: "http://127.0.0.1:1",
        token: &token,
        request: &Request::new("n", Version::Current),
    };
    let body = Zeroizing::new(body.as_bytes().to_vec());
    reader.read(&Reply { status, body })
}

fn failure(status: u16, body: &str) -> Failure {
    match read(Service::SecretsManager, status, body) {
        Verdict::Is(Answer::Failed(failure)) | Verdict::Refused(failure) => failure,
        other => panic!("{status} {body}: {other:?}"),
    }
}

#[test]
fn an_error_of_aws_is_known_by_its_code_whatever_the_status() {
    let missing =
        r#"{"__type":"ResourceNotFoundException","message":"Secrets Manager can't find it"}"#;
    for status in [400, 404, 500, 200] {
        let verdict = read(Service::SecretsManager, status, missing);
        assert!(
            matches!(verdict, Verdict::Is(Answer::Missing(Missing::Secret))),
            "{verdict:?}"
        );
    }
    let denied =
        r#"{"__type":"com.amazonaws#AccessDeniedException","Message":"not authorized to do it"}"#;
    let denied = failure(400, denied);
    assert_eq!(denied.cause(), Cause::Denied);
    assert_eq!(denied.code(), Some("AccessDeniedException"));
    assert!(denied.message().contains("not authorized to do it"));
}

#[test]
fn an_error_of_parameter_store_is_read_as_one() {
    let missing = r#"{"__type":"ParameterNotFound"}"#;
    let verdict = read(Service::ParameterStore, 400, missing);
    assert!(matches!(
        verdict,
        Verdict::Is(Answer::Missing(Missing::Parameter))
    ));
}

#[test]
fn what_is_no_words_of_the_agent_s_is_not_repeated() {
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
fn the_agent_s_own_errors_are_told_apart() {
    for (status, body, cause) in [
        (429, "Connection limit exceeded", Cause::Throttled),
        (502, "bad gateway", Cause::Unreachable),
        (504, "", Cause::Unreachable),
        (
            504,
            r#"{"__type":"TimeoutError","message":"Timeout"}"#,
            Cause::Unreachable,
        ),
        (
            502,
            r#"{"__type":"ConnectionError","message":"Read Error"}"#,
            Cause::Unreachable,
        ),
        (500, r#"{"__type":"InternalFailure"}"#, Cause::Internal),
        (404, "Not found", Cause::Internal),
        (405, "Not allowed", Cause::Internal),
        (400, "unknown parameter: x", Cause::Internal),
        (200, "<html>", Cause::Internal),
        (301, "", Cause::Internal),
    ] {
        let failure = failure(status, body);
        assert_eq!(failure.cause(), cause, "{status} {body}");
        assert!(failure.message().contains("127.0.0.1:1"), "{failure}");
        assert!(failure.hint().is_some(), "{failure}");
    }
}

#[test]
fn what_can_be_mended_is_no_answer_yet() {
    let service = Service::SecretsManager;
    let not_ready = read(service, 400, "not ready to serve traffic, please wait");
    assert!(matches!(not_ready, Verdict::NotReady));
    assert!(matches!(read(service, 403, "Bad Token"), Verdict::BadToken));
    let refused = read(service, 400, "unknown parameter: refreshNow");
    assert!(matches!(refused, Verdict::Refused(_)));
}

#[test]
fn credentials_that_aws_refuses_are_the_agent_s() {
    let expired = failure(400, r#"{"__type":"ExpiredTokenException","message":""}"#);
    assert_eq!(expired.cause(), Cause::Credentials);
    assert_eq!(expired.hint(), Some(ITS_CREDENTIALS));
}

#[test]
fn an_answer_that_shows_the_token_is_not_quoted() {
    for body in [
        "Bad request with canary-token",
        r#"{"__type":"ValidationException","message":"the header canary-token"}"#,
    ] {
        let told = failure(400, body).to_string();
        assert!(!told.contains("canary"), "{told}");
    }
    let told = failure(400, "missing parameter secretId").to_string();
    assert!(told.contains("missing parameter secretId"), "{told}");
}
