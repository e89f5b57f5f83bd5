//! Agents that are late, not ready, or never answer.

use std::time::{Duration, Instant};

use from_secrets::{Cause, Environment, Loader, Source};
use from_secrets_tests::dead_end::{BlackHole, Refusal};
use from_secrets_tests::{Answer, ScriptedAgent};

use super::{Pocket, failure, loaded, pocket, shows_no_token, told, with_old_values};

const DEADLINE: Duration = Duration::from_millis(300);
/// A slow machine may be later, but not by this much.
const GENEROUS: Duration = Duration::from_secs(8);

/// A function whose extension is that one.
fn lambda(agent: &ScriptedAgent) -> Loader {
    let function = ("AWS_LAMBDA_FUNCTION_NAME", "f".to_owned());
    with_old_values(agent.source(), [function])
}

#[tokio::test]
async fn an_agent_that_never_answers_is_an_error_at_the_deadline() {
    let hole = BlackHole::open();
    let (_, port) = hole
        .endpoint()
        .rsplit_once(':')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    let silent = from_secrets::Agent::secrets_manager()
        .port(port.parse().unwrap())
        .token("t");
    let began = Instant::now();
    let loader = with_old_values(silent, []).timeout(DEADLINE);
    let error = loader.load::<Pocket>().await.unwrap_err();
    let took = began.elapsed();
    assert!(took >= DEADLINE && took < GENEROUS, "{took:?}");
    for path in ["key", "token"] {
        failure(&error, path, Cause::Unreachable);
    }
    told(&error, &["300ms", &hole.endpoint(), "Loader::timeout"]);
}

#[tokio::test]
async fn what_was_answered_in_time_is_not_lost_with_what_was_late() {
    for late in [
        Answer::hang(),
        Answer::json(&serde_json::json!({ "Name": "n" })).stalled(),
    ] {
        let agent = ScriptedAgent::start(pocket());
        agent.when(move |asked| (asked.id() == "POCKET_TOKEN").then(|| late.clone()));
        let loader = with_old_values(agent.source(), []).timeout(DEADLINE);
        let error = loader.load::<Pocket>().await.unwrap_err();
        failure(&error, "token", Cause::Unreachable);
        assert_eq!(error.fields().count(), 1, "{error:#}");
    }
}

#[tokio::test]
async fn an_extension_that_is_not_ready_at_first_is_waited_for() {
    let agent = ScriptedAgent::extension(pocket());
    agent.not_ready(7);
    loaded(&lambda(&agent).load::<Pocket>().await.unwrap());
    assert_eq!(agent.asked().len(), 7 + 2);
    assert_eq!(agent.connections(), 2, "a wait costs no connection");
}

#[tokio::test]
async fn an_extension_that_is_never_ready_is_given_up_before_the_deadline() {
    let agent = ScriptedAgent::extension(pocket());
    agent.not_ready(usize::MAX);
    let began = Instant::now();
    let loader = lambda(&agent).timeout(DEADLINE);
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(began.elapsed() < GENEROUS);
    for path in ["key", "token"] {
        failure(&error, path, Cause::Unreachable);
    }
    told(
        &error,
        &["not ready", "layer", "in the handler", &agent.endpoint()],
    );
    shows_no_token(&error);
    // At 0, 5, 15, 35, 75, 155 and 255 milliseconds, on each of two connections.
    assert!(agent.asked().len() <= 2 * 7, "{}", agent.asked().len());
}

#[tokio::test]
async fn an_extension_that_is_never_ready_is_given_up_after_three_seconds() {
    let agent = ScriptedAgent::extension(pocket());
    agent.not_ready(usize::MAX);
    let began = Instant::now();
    let error = lambda(&agent).load::<Pocket>().await.unwrap_err();
    let took = began.elapsed();
    failure(&error, "key", Cause::Unreachable);
    assert!(took > Duration::from_secs(2) && took < GENEROUS, "{took:?}");
}

#[tokio::test]
async fn on_lambda_an_extension_that_does_not_listen_yet_is_waited_for_too() {
    let nobody = Refusal::open();
    let port = nobody
        .endpoint()
        .rsplit_once(':')
        .unwrap()
        .1
        .parse()
        .unwrap();
    let source = from_secrets::Agent::secrets_manager().port(port);
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_SESSION_TOKEN", "t"),
    ];
    let loader = Loader::new()
        .environment(Environment::from_vars(variables))
        .sources([Source::from(source), Source::environment()])
        .timeout(DEADLINE);
    let began = Instant::now();
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(
        began.elapsed() > Duration::from_millis(100),
        "it was not waited for"
    );
    failure(&error, "key", Cause::Unreachable);
    told(&error, &["nobody listens", "layer", nobody.endpoint()]);
}

#[tokio::test]
async fn the_extension_s_own_timeout_bounds_each_request() {
    let agent = ScriptedAgent::extension(pocket());
    agent.when(|asked| (asked.id() == "POCKET_TOKEN").then(Answer::hang));
    let variables = [("SECRETS_MANAGER_TIMEOUT_MILLIS", "1".to_owned())];
    let began = Instant::now();
    let loader = with_old_values(agent.source(), variables);
    let error = loader.load::<Pocket>().await.unwrap_err();
    assert!(began.elapsed() >= Duration::from_secs(1) && began.elapsed() < GENEROUS);
    failure(&error, "token", Cause::Unreachable);
    told(&error, &["within 1.001s", "SECRETS_MANAGER_TIMEOUT_MILLIS"]);
    assert_eq!(error.fields().count(), 1);
}

#[tokio::test]
async fn a_load_that_is_dropped_leaves_no_request_behind() {
    let agent = ScriptedAgent::start(pocket());
    agent.when(|_| Some(Answer::hang()));
    let loader = agent.loader();
    {
        let load = loader.load::<Pocket>();
        let mut load = std::pin::pin!(load);
        while agent.under_way() < 2 {
            let turn = tokio::time::timeout(Duration::from_millis(1), &mut load).await;
            assert!(turn.is_err(), "nobody answers");
        }
    }
    let began = Instant::now();
    while agent.under_way() > 0 {
        assert!(began.elapsed() < GENEROUS, "connections stay open");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
