//! The Secrets Manager Agent and the Lambda extension: a scripted agent, and AWS's agent with an emulator.

mod absent;
mod conforming;
mod errors;
mod fresh;
mod parameters;
mod real;
mod requests;
mod time;
mod token;

use from_secrets::report::{Attempt, FieldOutcome, FieldReport};
use from_secrets::source::{Agent, Env, FetchResult, SourceError, SourceErrorKind};
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader, SecretString};
use from_secrets_tests::{FakeAgent, FakeSecretsManager, canary};

/// Two secrets of a typical program.
#[derive(FromSecrets)]
#[secrets(prefix = "POCKET_", debug)]
struct Pocket {
    key: SecretString,
    token: SecretString,
}

fn pocket() -> FakeSecretsManager {
    FakeSecretsManager::new()
        .text("POCKET_KEY", "the key")
        .text("POCKET_TOKEN", "the token")
}

/// Returns a loader with these variables. The environment, as the last source, has old values of both fields.
fn with_old_values<'a>(
    agent: Agent,
    variables: impl IntoIterator<Item = (&'a str, String)>,
) -> Loader {
    let old = [("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")];
    let old = old.map(|(name, value)| (name, value.to_owned()));
    let environment = Env::from_vars(variables.into_iter().chain(old));
    Loader::new()
        .env(environment)
        .source(agent)
        .source(Env::new())
}

/// Returns the error of loading [`Pocket`], which the old values in the environment must not hide.
async fn load_error(agent: &FakeAgent) -> Error {
    let loader = with_old_values(agent.source(), []);
    let error = loader
        .load::<Pocket>()
        .await
        .expect_err("a failure is not hidden by the environment");
    shows_no_token(&error);
    error
}

/// Returns the error of a field, after which no other source was queried.
#[track_caller]
fn failure<'a>(error: &'a Error, path: &str, cause: SourceErrorKind) -> &'a SourceError {
    let field = field(error, path);
    assert_eq!(field.attempts().len(), 1, "{error:#}");
    match field.outcome() {
        FieldOutcome::Failed(failure) if failure.kind() == cause => {
            assert!(failure.hint().is_some(), "no hint: {error:#}");
            failure
        }
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

#[track_caller]
fn field<'a>(error: &'a Error, path: &str) -> &'a FieldReport {
    let mut fields = error.failed_fields();
    fields
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` did not fail:\n{error:#}"))
}

#[track_caller]
fn reported(error: &Error, parts: &[&str]) {
    let details = format!("{error:#}");
    for part in parts {
        assert!(details.contains(part), "`{part}` is not in:\n{details}");
    }
}

/// Asserts that an error contains neither a token nor a canary.
#[track_caller]
fn shows_no_token(error: &Error) {
    let details = format!("{error} {error:#} {error:?} {:?}", error.report());
    assert!(!details.contains(FakeAgent::TOKEN), "{details}");
    canary::assert_absent(&details);
}

/// Returns whether the source of an attempt is not configured.
fn is_not_configured(attempt: &Attempt) -> bool {
    matches!(attempt.result(), FetchResult::NotConfigured(_))
}

/// Asserts that both values of [`pocket`] are loaded.
#[track_caller]
fn loaded(pocket: &Pocket) {
    assert_eq!(
        (pocket.key.expose_secret(), pocket.token.expose_secret()),
        ("the key", "the token")
    );
}
