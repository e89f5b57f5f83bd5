//! Parameter Store through the SDK.

mod arns;
mod canaries;
mod clients;
mod conforms;
mod denied;
mod failures;
mod moto;
mod paths;
mod processes;
mod requests;
mod versions;

#[path = "../../wire/home.rs"]
#[allow(dead_code, reason = "other tests write into their homes")]
mod home;
#[path = "../../wire/structs.rs"]
#[allow(dead_code, reason = "other tests load the rest")]
mod structs;

use std::collections::BTreeMap;

use from_secrets::{AttemptAnswer, Cause, Error, Failure, FieldReport, Loader, Outcome, Source};
use from_secrets_tests::{Parameters, Scripted, sdk};

/// A loader that asks a server for parameters and for nothing else.
fn loader(server: &Scripted) -> Loader {
    loader_at(&server.endpoint())
}

fn loader_at(endpoint: &str) -> Loader {
    sdk::loader(endpoint).sources([Source::parameter_store()])
}

/// Parameters that each hold their own name.
fn named(names: &[String]) -> Parameters {
    let parameters = names.iter();
    parameters.fold(Parameters::new(), |all, name| all.text(name, name))
}

/// How often each operation was asked for: `3 GetParameter, 1 GetParameters`.
fn tally(server: &Scripted) -> String {
    let mut counts = BTreeMap::new();
    for call in server.calls().all() {
        *counts.entry(call.operation).or_insert(0) += 1;
    }
    let counts = counts.iter();
    let counts: Vec<String> = counts
        .map(|(operation, count)| format!("{count} {operation}"))
        .collect();
    counts.join(", ")
}

#[track_caller]
fn field<'a>(error: &'a Error, path: &str) -> &'a FieldReport {
    let mut fields = error.fields();
    fields
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` has not failed:\n{error:#}"))
}

#[track_caller]
fn failure<'a>(error: &'a Error, path: &str, cause: Cause) -> &'a Failure {
    match field(error, path).outcome() {
        Outcome::Failed(failure) if failure.cause() == cause => failure,
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

/// What Parameter Store said of a field that no source had.
#[track_caller]
fn answer<'a>(error: &'a Error, path: &str) -> &'a AttemptAnswer {
    let field = field(error, path);
    assert_eq!(*field.outcome(), Outcome::Missing, "{error:#}");
    let mut attempts = field.attempts().iter();
    let ssm = attempts.find(|attempt| attempt.source() == "ssm");
    ssm.expect("Parameter Store was asked").answer()
}

/// The whole story holds each of these.
#[track_caller]
fn told(error: &Error, parts: &[&str]) {
    let story = format!("{error:#}");
    for part in parts {
        assert!(story.contains(part), "`{part}` is not in:\n{story}");
    }
}
