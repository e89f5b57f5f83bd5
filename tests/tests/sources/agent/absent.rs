//! Where there is no agent: a laptop goes on, a runtime that should have one says so.
//!
//! On an EC2 host the tests of a laptop would rightly fail: such a host should have an agent, if it is asked for.

use from_secrets::{Agent, Cause, Environment, Loader, Source};
use from_secrets_tests::dead_end::Refusal;
use from_secrets_tests::process::Program;

use super::{Pocket, failure, is_not_configured, told, with_old_values};

/// A port that nobody listens on, and its guard.
fn nobody() -> (u16, Refusal) {
    let nobody = Refusal::open();
    let (_, port) = nobody.endpoint().rsplit_once(':').unwrap();
    (port.parse().unwrap(), nobody)
}

/// Loads from the agent's own port, which nobody has here, else from the environment.
fn at_the_default_port(variables: &[(&str, &str)]) -> Loader {
    let variables = variables
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()));
    with_old_values(Agent::secrets_manager(), variables)
}

/// Whether the tests' own machine has an agent, in front of which those of an absent one prove nothing.
fn has_agent() -> bool {
    std::net::TcpStream::connect(("127.0.0.1", 2773)).is_ok()
        || std::path::Path::new("/var/run/awssmatoken").exists()
}

#[tokio::test]
async fn a_laptop_without_a_token_goes_on_to_the_next_source() {
    assert!(!has_agent(), "this machine has an agent of its own");
    let (pocket, report) = at_the_default_port(&[])
        .load_with_report::<Pocket>()
        .await
        .unwrap();
    drop(pocket);
    let first = &report.fields()[0].attempts()[0];
    assert!(is_not_configured(first));
    assert!(first.answer().to_string().contains("AWS_TOKEN"), "{report}");
}

#[tokio::test]
async fn a_laptop_with_a_session_token_and_no_agent_goes_on_too() {
    assert!(!has_agent(), "this machine has an agent of its own");
    let session = [("AWS_SESSION_TOKEN", "of the shell")];
    let loader = at_the_default_port(&session);
    let (_, report) = loader.load_with_report::<Pocket>().await.unwrap();
    for field in report.fields() {
        assert!(is_not_configured(&field.attempts()[0]), "{report}");
        let text = field.attempts()[0].answer().to_string();
        assert!(
            text.contains("nobody listens on http://127.0.0.1:2773"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn whoever_says_where_the_agent_is_or_what_its_token_is_wants_one() {
    let (port, guard) = nobody();
    let text = port.to_string();
    let port_variable = ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", &*text);
    let session = ("AWS_SESSION_TOKEN", "t");
    let by_code = with_old_values(Agent::secrets_manager().port(port).token("t"), []);
    for loader in [
        by_code,
        at_the_default_port(&[port_variable, session]),
        at_the_default_port(&[port_variable, ("AWS_TOKEN", "t")]),
    ] {
        let error = loader.load::<Pocket>().await.unwrap_err();
        failure(&error, "key", Cause::Unreachable);
        told(
            &error,
            &[
                "nobody listens",
                guard.endpoint(),
                "start",
                "FROM_SECRETS_SOURCES=env",
            ],
        );
    }
}

#[tokio::test]
async fn an_aws_runtime_without_a_token_or_an_agent_is_an_error() {
    let runtime = ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE");
    let loader = at_the_default_port(&[runtime]);
    let error = loader.load::<Pocket>().await.unwrap_err();
    failure(&error, "key", Cause::Credentials);
    told(&error, &["AWS_EXECUTION_ENV", "AWS_TOKEN"]);

    let (port, guard) = nobody();
    let source = Agent::secrets_manager().port(port);
    let variables = [runtime, ("AWS_SESSION_TOKEN", "t")];
    let variables = variables.map(|(name, value)| (name, value.to_owned()));
    let error = with_old_values(source, variables)
        .load::<Pocket>()
        .await
        .unwrap_err();
    failure(&error, "key", Cause::Unreachable);
    told(&error, &["nobody listens", guard.endpoint()]);
}

#[tokio::test]
async fn a_variable_without_a_port_is_named() {
    let variables = [
        ("AWS_TOKEN", "t"),
        ("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "http"),
    ];
    let error = at_the_default_port(&variables)
        .load::<Pocket>()
        .await
        .unwrap_err();
    failure(&error, "key", Cause::Unreachable);
    told(
        &error,
        &["`PARAMETERS_SECRETS_EXTENSION_HTTP_PORT` holds no port"],
    );
}

#[tokio::test]
async fn a_failure_leads_on_only_where_it_is_said() {
    let (port, _guard) = nobody();
    let source = Agent::secrets_manager().port(port).token("t");
    let old = Environment::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let loader = Loader::new()
        .environment(old)
        .sources([Source::from(source), Source::environment()]);
    assert!(loader.load::<Pocket>().await.is_err());
    let loader = loader.fall_back_on([Cause::Unreachable]);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[test]
fn a_whole_process_on_a_laptop_goes_on_to_its_environment() {
    assert!(!has_agent(), "this machine has an agent of its own");
    let ended = Program::at(env!("CARGO_BIN_EXE_load"))
        .arg("once")
        .env("FROM_SECRETS_SOURCES", "agent,env")
        .env("POCKET_KEY", "k")
        .env("POCKET_TOKEN", "t")
        .run();
    assert!(ended.success, "{}", ended.stderr);
    assert_eq!(ended.stdout.trim(), "k t");
}
