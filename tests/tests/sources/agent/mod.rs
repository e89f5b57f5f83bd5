//! The Secrets Manager Agent and the Lambda extension: scripted, and AWS's own agent before an emulator.

mod absent;
mod conforming;
mod errors;
mod fresh;
mod parameters;
mod real;
mod requests;
mod time;
mod token;

use from_secrets::{
    Agent, Attempt, AttemptAnswer, Cause, Environment, Error, ExposeSecret, Failure, FieldReport,
    FromSecrets, Loader, Outcome, SecretString, Source,
};
use from_secrets_tests::{ScriptedAgent, Vault, canary};

/// Two secrets, as the program has them that this library grew from.
#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pocket {
    key: SecretString,
    token: SecretString,
}

fn pocket() -> Vault {
    Vault::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

/// A loader of these variables, behind which the environment has old values of both fields.
fn with_old_values<'a>(
    agent: Agent,
    variables: impl IntoIterator<Item = (&'a str, String)>,
) -> Loader {
    let old = [("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")];
    let old = old.map(|(name, value)| (name, value.to_owned()));
    let environment = Environment::from_vars(variables.into_iter().chain(old));
    Loader::new()
        .environment(environment)
        .sources([agent.into(), Source::environment()])
}

/// The error of loading [`Pocket`], which the old values in the environment must not hide.
async fn refused(agent: &ScriptedAgent) -> Error {
    let loader = with_old_values(agent.source(), []);
    let error = loader
        .load::<Pocket>()
        .await
        .expect_err("a failure is not hidden by the environment");
    shows_no_token(&error);
    error
}

/// The failure of a field, after which no other source was asked.
#[track_caller]
fn failure<'a>(error: &'a Error, path: &str, cause: Cause) -> &'a Failure {
    let field = field(error, path);
    assert_eq!(field.attempts().len(), 1, "{error:#}");
    match field.outcome() {
        Outcome::Failed(failure) if failure.cause() == cause => {
            assert!(failure.hint().is_some(), "without a remedy: {error:#}");
            failure
        }
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

#[track_caller]
fn field<'a>(error: &'a Error, path: &str) -> &'a FieldReport {
    let mut fields = error.fields();
    fields
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` has not failed:\n{error:#}"))
}

#[track_caller]
fn told(error: &Error, parts: &[&str]) {
    let story = format!("{error:#}");
    for part in parts {
        assert!(story.contains(part), "`{part}` is not in:\n{story}");
    }
}

/// No token, and no canary, is in anything that an error says.
#[track_caller]
fn shows_no_token(error: &Error) {
    let story = format!("{error} {error:#} {error:?} {:?}", error.report());
    assert!(!story.contains(ScriptedAgent::TOKEN), "{story}");
    canary::assert_absent(&story);
}

/// Whether an attempt was answered as by a source that is not set up here.
fn is_not_configured(attempt: &Attempt) -> bool {
    matches!(attempt.answer(), AttemptAnswer::NotConfigured(_))
}

/// Both values of [`pocket`] arrived.
#[track_caller]
fn loaded(pocket: &Pocket) {
    assert_eq!(
        (pocket.key.expose_secret(), pocket.token.expose_secret()),
        ("the key", "the token")
    );
}
