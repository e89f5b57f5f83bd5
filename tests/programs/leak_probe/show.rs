//! All output of a type: `Debug`, `Display`, errors and serialization.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::time::Duration;

use from_secrets::live::{LiveStatus, StaleError, StalePolicy};
use from_secrets::report::{FieldOutcome, LoadReport};
use from_secrets::source::{
    Agent, Dotenv, EnvFiles, FetchContext, FetchResult, Files, KeyedBy, MissingReason,
    ParameterStore, SecretValue, SecretsManager, Source, SourceError, SourceErrorKind,
    VersionSelector,
};
use from_secrets::spec::Spec;
use from_secrets::{Error, ErrorKind};

/// Prints the name of the type, so that the test notices a type without output.
pub(super) fn debug<T: Debug + ?Sized>(thing: &T) {
    println!("SHOWN {}", type_name::<T>());
    println!("{thing:?}\n{thing:#?}");
}

pub(super) fn display<T: Debug + Display + ?Sized>(thing: &T) {
    debug(thing);
    println!("{thing}\n{thing:#}");
}

pub(super) fn error(error: &Error) {
    display(error);
    debug(&error.kind());
    chain(error);
    error.failed_fields().for_each(debug);
    error.report().into_iter().for_each(report);
}

pub(super) fn stale(stale: &StaleError) {
    display(stale);
    chain(stale);
    stale.last_error().into_iter().for_each(error);
}

fn chain(error: &dyn StdError) {
    let mut source = error.source();
    while let Some(cause) = source {
        println!("{cause}\n{cause:#}\n{cause:?}\n{cause:#?}");
        source = cause.source();
    }
}

pub(super) fn report(report: &LoadReport) {
    display(report);
    for field in report.fields() {
        debug(field);
        debug(field.outcome());
        println!(
            "{:?} {:?} {:?}",
            field.secret_id(),
            field.json_key(),
            field.variable()
        );
        field.version().into_iter().for_each(display);
        for attempt in field.attempts() {
            debug(attempt);
            display(attempt.result());
            println!(
                "{} {:?} {}",
                attempt.source(),
                attempt.endpoint(),
                attempt.id()
            );
        }
        match field.outcome() {
            FieldOutcome::Found(provenance) => {
                debug(provenance);
                println!(
                    "{} {:?} {:?} {:?}",
                    provenance.source(),
                    provenance.version_id(),
                    provenance.arn(),
                    provenance.replica_region()
                );
            }
            FieldOutcome::Failed(failure) => {
                display(failure);
                println!(
                    "{} {:?} {:?}",
                    failure.message(),
                    failure.hint(),
                    failure.code()
                );
            }
            _ => {}
        }
    }
}

pub(super) fn status(status: &LiveStatus) {
    debug(status);
    println!("{:?}", serde_json::to_string(status));
    println!("{:?}", status.versions().collect::<Vec<_>>());
    report(status.report());
    status.last_error().into_iter().for_each(error);
}

pub(super) fn spec(spec: &Spec) {
    debug(spec);
    for field in spec.fields() {
        debug(field);
        debug(&field.necessity());
    }
}

/// Requests and responses of sources that contain values, created by hand.
pub(super) fn responses() {
    let value = from_secrets_tests::canary::value("made");
    debug(
        &SecretValue::text(value.clone())
            .with_version_id("1")
            .with_arn("arn"),
    );
    debug(&SecretValue::binary(value.clone()));
    debug(&FetchResult::Found(SecretValue::text(value.clone())));
    debug(&FetchResult::<SecretValue>::Failed(SourceError::new(
        SourceErrorKind::Denied,
        "denied",
    )));
    display(&SourceErrorKind::Malformed);
    debug(&ErrorKind::Runtime);
    debug(&KeyedBy::EnvVar);
    display(&MissingReason::JsonNull);
    debug(&StalePolicy::ServeStale);
    display(&VersionSelector::Current);
    debug(&Agent::new().token(value.clone()));
    debug(&Source::from(Agent::new().token(value)));
    debug(&SecretsManager::new().region("eu-west-1"));
    debug(&ParameterStore::new().region("eu-west-1"));
    debug(&EnvFiles::new());
    debug(&Files::new());
    debug(&Dotenv::new());
    debug(&Agent::new());
    debug(&FetchContext::new(Duration::ZERO));
}
