//! The token: where it comes from, when it is read again, and that nobody ever sees it.

use std::fs;
use std::path::{Path, PathBuf};

use from_secrets::{Agent, Cause};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{Answer, ScriptedAgent, canary};

use super::{Pocket, failure, loaded, pocket, refused, shows_no_token, told, with_old_values};

/// A file in cargo's own directory for tests; it goes when dropped.
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

/// The source at that port; the token comes from variables.
fn at(agent: &ScriptedAgent) -> Agent {
    Agent::secrets_manager().port(agent.port())
}

#[tokio::test]
async fn a_token_comes_from_a_variable_or_from_the_file_that_it_names() {
    let file = TokenFile::new("named", &format!("{}\n", ScriptedAgent::TOKEN));
    let literal = ScriptedAgent::TOKEN.to_owned();
    for (variable, value) in [
        ("AWS_TOKEN", literal.clone()),
        ("AWS_TOKEN", file.reference()),
        ("AWS_SESSION_TOKEN", literal.clone()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", literal),
    ] {
        let agent = ScriptedAgent::start(pocket());
        let loader = with_old_values(at(&agent), [(variable, value)]);
        loaded(&loader.load::<Pocket>().await.unwrap());
        assert_eq!(agent.asked().len(), 2, "{variable}");
    }
}

#[tokio::test]
async fn a_token_that_changed_in_its_file_is_read_again_once_for_all_requests() {
    let file = TokenFile::new("rotated", "an older token");
    let agent = ScriptedAgent::start(pocket());
    // The agent starts anew with another token, just when the first request is on its way.
    let path = file.0.clone();
    agent.when(move |asked| {
        if asked.nth == 0 {
            fs::write(&path, ScriptedAgent::TOKEN).unwrap();
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
        .asked()
        .into_iter()
        .filter_map(|asked| asked.token)
        .collect();
    let token = ScriptedAgent::TOKEN;
    assert_eq!(shown, ["an older token", token, token]);
}

#[tokio::test]
async fn on_lambda_the_next_token_is_tried_where_the_session_s_is_refused() {
    let agent = ScriptedAgent::start(pocket());
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned()),
        ("AWS_SESSION_TOKEN", "the session's".to_owned()),
        ("AWS_TOKEN", ScriptedAgent::TOKEN.to_owned()),
    ];
    let loader = with_old_values(at(&agent), variables);
    loaded(&loader.load::<Pocket>().await.unwrap());
    assert_eq!(agent.asked()[0].token.as_deref(), Some("the session's"));
}

#[tokio::test]
async fn a_token_that_is_not_the_agent_s_is_told_once_and_not_shown() {
    let agent = ScriptedAgent::start(pocket());
    let secret = canary_token();
    let variables = [
        ("AWS_TOKEN", secret.clone()),
        ("AWS_SESSION_TOKEN", ScriptedAgent::TOKEN.to_owned()),
    ];
    let loader = with_old_values(at(&agent), variables);
    let logs = Logs::capture();
    let error = loader.load::<Pocket>().await.unwrap_err();
    for path in ["key", "token"] {
        failure(&error, path, Cause::Credentials);
    }
    told(
        &error,
        &["`AWS_TOKEN`", "/var/run/awssmatoken", &agent.endpoint()],
    );
    shows_no_token(&error);
    canary::assert_absent(&format!("{loader:?} {}", logs.text()));
    let asked = agent.asked();
    assert!(asked.len() <= 2, "one for each worker at most");
    let session_is_shown = asked
        .iter()
        .any(|asked| asked.token.as_deref() == Some(ScriptedAgent::TOKEN));
    assert!(!session_is_shown, "a session token is shown to nobody else");
}

#[tokio::test]
async fn a_token_file_that_cannot_be_read_is_told_before_any_request() {
    let agent = ScriptedAgent::start(pocket());
    let missing = "file:///nowhere/awssmatoken".to_owned();
    let loader = with_old_values(at(&agent), [("AWS_TOKEN", missing)]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", Cause::Credentials);
    told(&error, &["`/nowhere/awssmatoken`", "`AWS_TOKEN`"]);
    assert_eq!(agent.connections(), 0);
}

#[tokio::test]
async fn a_token_that_is_no_header_is_told_and_not_shown() {
    let agent = ScriptedAgent::start(pocket());
    let token = format!("{}\nx", canary_token());
    let loader = with_old_values(at(&agent), [("AWS_TOKEN", token)]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", Cause::Credentials);
    told(&error, &["`AWS_TOKEN`", "no HTTP header can carry"]);
    shows_no_token(&error);
    assert_eq!(agent.connections(), 0);
}

#[tokio::test]
async fn an_answer_that_quotes_the_token_is_not_quoted_itself() {
    for answer in [
        Answer::raw(400, format!("what is {}?", ScriptedAgent::TOKEN)),
        Answer::error(
            "InvalidSignatureException",
            &format!("x-amz-security-token:{}", ScriptedAgent::TOKEN),
        ),
        Answer::error("ValidationException", ScriptedAgent::TOKEN),
        Answer::raw(418, ScriptedAgent::TOKEN),
    ] {
        let agent = ScriptedAgent::start(pocket());
        agent.when(move |_| Some(answer.clone()));
        // It looks for the token in all that the error says.
        refused(&agent).await;
    }
}

#[tokio::test]
async fn debug_of_source_and_loader_shows_no_token() {
    let agent = Agent::secrets_manager().token(canary_token());
    let loader = with_old_values(agent.clone(), []);
    canary::assert_absent(&format!("{agent:?} {loader:?}"));
}

/// Recognised wherever it shows, and fit for a header.
fn canary_token() -> String {
    canary::value("token")
}
