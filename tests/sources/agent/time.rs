//! Agents that are slow, not ready, or never respond.

use std::time::{Duration, Instant};

use from_secrets::Loader;
use from_secrets::source::{Env, SourceErrorKind};
use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{FakeAgent, FakeResponse};

use super::{Pocket, failure, loaded, pocket, reported, shows_no_token, with_old_values};

const DEADLINE: Duration = Duration::from_millis(300);
/// A tolerance for slow machines.
const GENEROUS: Duration = Duration::from_secs(8);

/// Returns a loader on Lambda with this extension.
fn lambda(agent: &FakeAgent) -> Loader {
    let function = ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned());
    with_old_values(agent.source(), [function])
}

#[tokio::test]
async fn silent_agent_fails_at_deadline() {
    let hole = BlackHole::open();
    let (_, port) = hole
        .endpoint()
        .rsplit_once(':')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let silent = from_secrets::source::Agent::new()
        .port(port.parse().unwrap())
        .token("t");
    let began = Instant::now();
    let loader = with_old_values(silent, []).timeout(DEADLINE);
    let error = loader.load::<Pocket>().await.unwrap_err();
    let took = began.elapsed();
    assert!(took >= DEADLINE && took < GENEROUS, "{took:?}");
    for path in ["key", "token"] {
        failure(&error, path, SourceErrorKind::Unreachable);
    }
    reported(&error, &["300ms", &hole.endpoint(), "Loader::timeout"]);
}

#[tokio::test]
async fn late_response_fails_only_its_field() {
    for late in [
        FakeResponse::hang(),
        FakeResponse::json(&serde_json::json!({ "Name": "n" })).stalled(),
    ] {
        let agent = FakeAgent::start(pocket());
        agent.when(move |requested| (requested.id() == "POCKET_TOKEN").then(|| late.clone()));
        let loader = with_old_values(agent.source(), []).timeout(DEADLINE);
        let error = loader.load::<Pocket>().await.unwrap_err();
        failure(&error, "token", SourceErrorKind::Unreachable);
        assert_eq!(error.failed_fields().count(), 1, "{error:#}");
    }
}

#[tokio::test]
async fn initially_unready_extension_is_retried() {
    let agent = FakeAgent::extension(pocket());
    agent.not_ready(7);
    loaded(&lambda(&agent).load::<Pocket>().await.unwrap());
    assert_eq!(agent.requested().len(), 7 + 2);
    assert_eq!(agent.connections(), 2, "waiting does not need a connection");
}

#[tokio::test]
async fn unready_extension_fails_before_deadline() {
    let agent = FakeAgent::extension(pocket());
    agent.not_ready(usize::MAX);
    let began = Instant::now();
    let loader = lambda(&agent).timeout(DEADLINE);
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(began.elapsed() < GENEROUS);
    for path in ["key", "token"] {
        failure(&error, path, SourceErrorKind::Unreachable);
    }
    reported(
        &error,
        &["not ready", "layer", "in the handler", &agent.endpoint()],
    );
    shows_no_token(&error);
    // At 0, 5, 15, 35, 75, 155 and 255 milliseconds, on each of two connections.
    assert!(
        agent.requested().len() <= 2 * 7,
        "{}",
        agent.requested().len()
    );
}

#[tokio::test]
async fn unready_extension_fails_within_three_seconds() {
    let agent = FakeAgent::extension(pocket());
    agent.not_ready(usize::MAX);
    let began = Instant::now();
    let error = lambda(&agent).load::<Pocket>().await.unwrap_err();
    let took = began.elapsed();
    failure(&error, "key", SourceErrorKind::Unreachable);
    assert!(took > Duration::from_secs(2) && took < GENEROUS, "{took:?}");
}

#[tokio::test]
async fn refused_extension_is_retried_on_lambda() {
    let unavailable = Refusal::open();
    let port = unavailable
        .endpoint()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let source = from_secrets::source::Agent::new().port(port);
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_SESSION_TOKEN", "t"),
    ];
    let loader = Loader::new()
        .env(Env::from_vars(variables))
        .source(source)
        .source(Env::new())
        .timeout(DEADLINE);
    let began = Instant::now();
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(
        began.elapsed() > Duration::from_millis(100),
        "the load did not wait"
    );
    failure(&error, "key", SourceErrorKind::Unreachable);
    reported(
        &error,
        &["connection refused by", "layer", unavailable.endpoint()],
    );
}

#[tokio::test]
async fn extension_timeout_limits_each_request() {
    let agent = FakeAgent::extension(pocket());
    agent.when(|requested| (requested.id() == "POCKET_TOKEN").then(FakeResponse::hang));
    let variables = [("SECRETS_MANAGER_TIMEOUT_MILLIS", "1".to_owned())];
    let began = Instant::now();
    let loader = with_old_values(agent.source(), variables);
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(began.elapsed() >= Duration::from_secs(1) && began.elapsed() < GENEROUS);
    failure(&error, "token", SourceErrorKind::Unreachable);
    reported(
        &error,
        &["timed out after 1.001s", "SECRETS_MANAGER_TIMEOUT_MILLIS"],
    );
    assert_eq!(error.failed_fields().count(), 1);
}

#[tokio::test]
async fn dropped_load_closes_its_connections() {
    let agent = FakeAgent::start(pocket());
    agent.when(|_| Some(FakeResponse::hang()));
    let loader = agent.loader();
    {
        let load = loader.load::<Pocket>();
        let mut load = std::pin::pin!(load);
        while agent.under_way() < 2 {
            let turn = tokio::time::timeout(Duration::from_millis(1), &mut load).await;
            assert!(turn.is_err(), "the agent does not respond");
        }
    }
    let began = Instant::now();
    while agent.under_way() > 0 {
        assert!(began.elapsed() < GENEROUS, "connections are still open");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
