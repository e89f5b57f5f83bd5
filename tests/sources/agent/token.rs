//! The token: its origin, when it is read again, and that it never appears in output.

use std::fs;
use std::path::{Path, PathBuf};

use from_secrets::ExposeSecret as _;
use from_secrets::source::{Agent, SourceErrorKind};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAgent, FakeResponse, canary};
use serde_json::json;

use super::{
    Pocket, failure, load_error, loaded, pocket, reported, shows_no_token, with_old_values,
};

/// A file in cargo's directory for tests, removed on drop.
struct TokenFile(PathBuf);

impl TokenFile {
    fn new(name: &str, token: &str) -> Self {
        let file = format!("token-{}-{name}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
        fs::write(&path, token).unwrap();
        Self(path)
    }

    fn reference(&self) -> String {
        format!("file://{}", self.0.display())
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Returns the source with this agent's port. The token comes from variables.
fn at(agent: &FakeAgent) -> Agent {
    Agent::new().port(agent.port())
}

#[tokio::test]
async fn token_loads_from_variable_or_file() {
    let file = TokenFile::new("named", &format!("{}\n", FakeAgent::TOKEN));
    let literal = FakeAgent::TOKEN.to_owned();
    for (variable, value) in [
        ("AWS_TOKEN", literal.clone()),
        ("AWS_TOKEN", file.reference()),
        ("AWS_SESSION_TOKEN", literal.clone()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", literal),
    ] {
        let agent = FakeAgent::start(pocket());
        let loader = with_old_values(at(&agent), [(variable, value)]);
        loaded(&loader.load::<Pocket>().await.unwrap());
        assert_eq!(agent.requested().len(), 2, "{variable}");
    }
}

#[tokio::test]
async fn rotated_token_file_is_reread_once() {
    let file = TokenFile::new("rotated", "an older token");
    let agent = FakeAgent::start(pocket());
    // The agent restarts with another token while the first request is in flight.
    let path = file.0.clone();
    agent.when(move |requested| {
        if requested.nth == 0 {
            fs::write(&path, FakeAgent::TOKEN).unwrap();
        }
        None
    });
    let one_by_one = (
        "PARAMETERS_SECRETS_EXTENSION_MAX_CONNECTIONS",
        "1".to_owned(),
    );
    let loader = with_old_values(at(&agent), [("AWS_TOKEN", file.reference()), one_by_one]);
    loaded(&loader.load::<Pocket>().await.unwrap());
    let shown: Vec<_> = agent
        .requested()
        .into_iter()
        .filter_map(|requested| requested.token)
        .collect();
    let token = FakeAgent::TOKEN;
    assert_eq!(shown, ["an older token", token, token]);
}

#[tokio::test]
async fn rejected_session_token_retries_on_lambda() {
    let agent = FakeAgent::start(pocket());
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned()),
        ("AWS_SESSION_TOKEN", "the session's".to_owned()),
        ("AWS_TOKEN", FakeAgent::TOKEN.to_owned()),
    ];
    let loader = with_old_values(at(&agent), variables);
    loaded(&loader.load::<Pocket>().await.unwrap());
    assert_eq!(agent.requested()[0].token.as_deref(), Some("the session's"));
}

#[tokio::test]
async fn rejected_token_error_hides_token() {
    let agent = FakeAgent::start(pocket());
    let secret = canary_token();
    let variables = [
        ("AWS_TOKEN", secret.clone()),
        ("AWS_SESSION_TOKEN", FakeAgent::TOKEN.to_owned()),
    ];
    let loader = with_old_values(at(&agent), variables);
    let logs = Logs::capture();
    let error = loader.load::<Pocket>().await.unwrap_err();
    for path in ["key", "token"] {
        failure(&error, path, SourceErrorKind::Credentials);
    }
    reported(
        &error,
        &["`AWS_TOKEN`", "/var/run/awssmatoken", &agent.endpoint()],
    );
    shows_no_token(&error);
    canary::assert_absent(&format!("{loader:?} {}", logs.text()));
    let requested = agent.requested();
    assert!(requested.len() <= 2, "at most one per connection");
    let session_is_shown = requested
        .iter()
        .any(|requested| requested.token.as_deref() == Some(FakeAgent::TOKEN));
    assert!(
        !session_is_shown,
        "a session token was sent to another process"
    );
}

#[tokio::test]
async fn unreadable_token_file_sends_no_request() {
    let agent = FakeAgent::start(pocket());
    let missing = "file:///absent/awssmatoken".to_owned();
    let loader = with_old_values(at(&agent), [("AWS_TOKEN", missing)]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", SourceErrorKind::Credentials);
    reported(&error, &["`/absent/awssmatoken`", "`AWS_TOKEN`"]);
    assert_eq!(agent.connections(), 0);
}

#[tokio::test]
async fn invalid_header_token_is_not_shown() {
    let agent = FakeAgent::start(pocket());
    let token = format!("{}\nx", canary_token());
    let loader = with_old_values(at(&agent), [("AWS_TOKEN", token)]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", SourceErrorKind::Credentials);
    reported(&error, &["`AWS_TOKEN`", "not valid in HTTP headers"]);
    shows_no_token(&error);
    assert_eq!(agent.connections(), 0);
}

#[tokio::test]
async fn response_containing_token_is_not_quoted() {
    for response in [
        FakeResponse::raw(400, format!("what is {}?", FakeAgent::TOKEN)),
        FakeResponse::error(
            "InvalidSignatureException",
            &format!("x-amz-security-token:{}", FakeAgent::TOKEN),
        ),
        FakeResponse::error("ValidationException", FakeAgent::TOKEN),
        FakeResponse::error(
            "ValidationException",
            &FakeAgent::TOKEN.replace('-', "\u{7}-\u{200b}"),
        ),
        FakeResponse::raw(
            400,
            format!("what is {}?", FakeAgent::TOKEN.replace('-', "\u{7f}-")),
        ),
        FakeResponse::raw(418, FakeAgent::TOKEN),
    ] {
        let agent = FakeAgent::start(pocket());
        agent.when(move |_| Some(response.clone()));
        // Looks for the token in all texts of the error.
        load_error(&agent).await;
    }
}

#[tokio::test]
async fn ids_containing_token_are_not_reported() {
    let agent = FakeAgent::start(pocket());
    agent.when(|request| {
        let body = json!({
            "Name": request.id(),
            "ARN": format!("arn:aws:secretsmanager:{}", FakeAgent::TOKEN),
            "VersionId": FakeAgent::TOKEN,
            "SecretString": "the value",
        });
        Some(FakeResponse::raw(200, body.to_string()))
    });
    let (config, report) = agent.loader().load_with_report::<Pocket>().await.unwrap();
    assert_eq!(config.key.expose_secret(), "the value");
    let report = format!("{report} {report:?}");
    assert!(!report.contains(FakeAgent::TOKEN), "{report}");
}

#[tokio::test]
async fn rejected_token_is_not_reported() {
    const SESSION: &str = "the-session-token";
    let agent = FakeAgent::start(pocket());
    agent.when(|request| {
        let is_accepted = request.token.as_deref() == Some(FakeAgent::TOKEN);
        let body = json!({ "Name": request.id(), "VersionId": SESSION, "SecretString": "x" });
        is_accepted.then(|| FakeResponse::raw(200, body.to_string()))
    });
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned()),
        ("AWS_SESSION_TOKEN", SESSION.to_owned()),
        ("AWS_TOKEN", FakeAgent::TOKEN.to_owned()),
    ];
    let loader = with_old_values(at(&agent), variables);
    let (_, report) = loader.load_with_report::<Pocket>().await.unwrap();
    let report = format!("{report} {report:?}");
    assert!(!report.contains(SESSION), "{report}");
}

#[tokio::test]
async fn debug_hides_token() {
    let agent = Agent::new().token(canary_token());
    let loader = with_old_values(agent.clone(), []);
    canary::assert_absent(&format!("{agent:?} {loader:?}"));
}

/// Returns a token that is recognized in every output, and that is valid in a header.
fn canary_token() -> String {
    canary::value("token")
}
