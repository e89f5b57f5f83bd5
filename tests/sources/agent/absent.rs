//! No agent is running: a load on a laptop falls back, and a load in an AWS runtime fails.
//!
//! The tests for laptops fail on an EC2 host, where the agent is expected.

use from_secrets::source::{Agent, Env, SourceErrorKind};
use from_secrets::{ErrorKind, FromSecrets, Loader};
use from_secrets_tests::FakeAgent;
use from_secrets_tests::process::Program;
use from_secrets_tests::unavailable_server::Refusal;

use super::{Pocket, failure, is_not_configured, pocket, reported, with_old_values};

/// Returns a port that refuses connections, and its guard.
fn unavailable() -> (u16, Refusal) {
    let unavailable = Refusal::open();
    let (_, port) = unavailable.endpoint().rsplit_once(':').unwrap();
    (port.parse().unwrap(), unavailable)
}

/// Returns a loader of the agent's default port, which is not in use, and then the environment.
fn at_the_default_port(variables: &[(&str, &str)]) -> Loader {
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    with_old_values(Agent::new(), variables)
}

/// Returns whether an agent is running on this machine, so that tests of an absent agent are not valid.
fn has_agent() -> bool {
    std::net::TcpStream::connect(("127.0.0.1", 2773)).is_ok()
        || std::path::Path::new("/var/run/awssmatoken").exists()
}

#[tokio::test]
async fn missing_token_falls_back_outside_aws() {
    assert!(!has_agent(), "an agent is running on this machine");
    let (pocket, report) = at_the_default_port(&[])
        .load_with_report::<Pocket>()
        .await
        .unwrap();
    drop(pocket);
    let first = &report.fields()[0].attempts()[0];
    assert!(is_not_configured(first));
    assert!(first.result().to_string().contains("AWS_TOKEN"), "{report}");
}

#[tokio::test]
async fn missing_agent_falls_back_outside_aws() {
    assert!(!has_agent(), "an agent is running on this machine");
    let session = [("AWS_SESSION_TOKEN", "of the shell")];
    let loader = at_the_default_port(&session);
    let (_, report) = loader.load_with_report::<Pocket>().await.unwrap();
    for field in report.fields() {
        assert!(is_not_configured(&field.attempts()[0]), "{report}");
        let text = field.attempts()[0].result().to_string();
        assert!(
            text.contains("connection refused by http://127.0.0.1:2773"),
            "{text}"
        );
    }
}

#[derive(FromSecrets)]
#[secrets(prefix = "{STAGE}/", env_prefix = "POCKET_", debug)]
#[expect(dead_code, reason = "only loaded")]
struct Staged {
    key: String,
    token: String,
}

#[tokio::test]
async fn absent_agent_needs_no_placeholder() {
    assert!(!has_agent(), "an agent is running on this machine");
    for variables in [&[][..], &[("AWS_SESSION_TOKEN", "of the shell")]] {
        let loader = at_the_default_port(variables);
        let (_, report) = loader.load_with_report::<Staged>().await.unwrap();
        let attempts = report.fields()[0].attempts();
        assert!(is_not_configured(&attempts[0]), "{report}");
    }
    let invalid = [("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "http")];
    let error = at_the_default_port(&invalid).load::<Staged>().await;
    failure(&error.unwrap_err(), "key", SourceErrorKind::Configuration);
    let (port, _guard) = unavailable();
    let loader = with_old_values(Agent::new().port(port).token("t"), []);
    let error = loader.load::<Staged>().await.unwrap_err();
    failure(&error, "key", SourceErrorKind::Unreachable);
}

#[tokio::test]
async fn running_agent_needs_placeholder() {
    let agent = FakeAgent::start(pocket());
    let loader = with_old_values(agent.source(), []);
    let error = loader.load::<Staged>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Declaration, "{error:#}");
    reported(
        &error,
        &["field `key`", "field `token`", "the placeholder `STAGE`"],
    );
    assert_eq!(agent.requested().len(), 0);
}

#[tokio::test]
async fn configured_agent_must_be_running() {
    let (port, guard) = unavailable();
    let text = port.to_string();
    let port_variable = ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", &*text);
    let session = ("AWS_SESSION_TOKEN", "t");
    let by_code = with_old_values(Agent::new().port(port).token("t"), []);
    for loader in [
        by_code,
        at_the_default_port(&[port_variable, session]),
        at_the_default_port(&[port_variable, ("AWS_TOKEN", "t")]),
    ] {
        let error = loader.load::<Pocket>().await.unwrap_err();
        failure(&error, "key", SourceErrorKind::Unreachable);
        reported(
            &error,
            &[
                "connection refused by",
                guard.endpoint(),
                "start",
                "FROM_SECRETS_SOURCES=env",
            ],
        );
    }
}

#[tokio::test]
async fn missing_agent_fails_in_aws_runtime() {
    let runtime = ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE");
    let loader = at_the_default_port(&[runtime]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", SourceErrorKind::Credentials);
    reported(&error, &["AWS_EXECUTION_ENV", "AWS_TOKEN"]);

    let (port, guard) = unavailable();
    let source = Agent::new().port(port);
    let variables = [runtime, ("AWS_SESSION_TOKEN", "t")];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    let error = with_old_values(source, variables)
        .load::<Pocket>()
        .await
        .unwrap_err();
    failure(&error, "key", SourceErrorKind::Unreachable);
    reported(&error, &["connection refused by", guard.endpoint()]);
}

#[tokio::test]
async fn invalid_port_variable_is_named() {
    let variables = [
        ("AWS_TOKEN", "t"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "http"),
    ];
    let error = at_the_default_port(&variables)
        .load::<Pocket>()
        .await
        .unwrap_err();
    failure(&error, "key", SourceErrorKind::Configuration);
    reported(
        &error,
        &["invalid port in `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`"],
    );
}

#[tokio::test]
async fn unreachable_agent_falls_back_if_configured() {
    let (port, _guard) = unavailable();
    let source = Agent::new().port(port).token("t");
    let old = Env::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let loader = Loader::new().env(old).source(source).source(Env::new());
    assert!(loader.load::<Pocket>().await.is_err());
    let loader = loader.fall_back_on([SourceErrorKind::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[test]
fn process_falls_back_to_environment() {
    assert!(!has_agent(), "an agent is running on this machine");
    let ended = Program::at(env!("CARGO_BIN_EXE_load"))
        .arg("once")
        .env("FROM_SECRETS_SOURCES", "agent,env")
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), "k t");
}
