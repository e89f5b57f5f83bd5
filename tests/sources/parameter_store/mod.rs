//! Parameter Store through the SDK.

mod arns;
mod clients;
mod conforms;
mod denied;
mod failures;
mod moto;
mod paths;
mod processes;
mod requests;
mod versions;

use std::collections::BTreeMap;

use from_secrets::report::{FieldOutcome, FieldReport};
use from_secrets::source::{FetchResult, ParameterStore, SourceError, SourceErrorKind};
use from_secrets::{Error, Loader};
use from_secrets_tests::{FakeAws, FakeParameterStore, sdk};

/// Returns a loader that fetches only parameters, from this server.
fn loader(server: &FakeAws) -> Loader {
    loader_at(&server.endpoint())
}

fn loader_at(endpoint: &str) -> Loader {
    sdk::loader(endpoint).source(ParameterStore::new())
}

/// Returns parameters whose values are their names.
fn named(names: &[String]) -> FakeParameterStore {
    let parameters = names.iter();
    parameters.fold(FakeParameterStore::new(), |all, name| all.text(name, name))
}

/// Returns the number of requests per operation: `3 GetParameter, 1 GetParameters`.
fn tally(server: &FakeAws) -> String {
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
    let mut fields = error.failed_fields();
    fields
        .find(|field| field.path() == path)
        .unwrap_or_else(|| panic!("`{path}` did not fail:\n{error:#}"))
}

#[track_caller]
fn failure<'a>(error: &'a Error, path: &str, cause: SourceErrorKind) -> &'a SourceError {
    match field(error, path).outcome() {
        FieldOutcome::Failed(failure) if failure.kind() == cause => failure,
        other => panic!("expected `{cause}`, found {other:?}:\n{error:#}"),
    }
}

/// Returns the result of Parameter Store for a field that no source has.
#[track_caller]
fn response<'a>(error: &'a Error, path: &str) -> &'a FetchResult<()> {
    let field = field(error, path);
    assert_eq!(*field.outcome(), FieldOutcome::Missing, "{error:#}");
    let mut attempts = field.attempts().iter();
    let ssm = attempts.find(|attempt| attempt.source() == "ssm");
    ssm.expect("Parameter Store was queried").result()
}

/// Asserts that the full report of the error contains each of these parts.
#[track_caller]
fn reported(error: &Error, parts: &[&str]) {
    let details = format!("{error:#}");
    for part in parts {
        assert!(details.contains(part), "`{part}` is not in:\n{details}");
    }
}
