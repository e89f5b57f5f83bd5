//! Everything that a thing can be made to say of itself.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt::{Debug, Display};
use std::time::Instant;

use from_secrets::spec::Spec;
use from_secrets::{
    Agent, Answer, Cause, Dotenv, Error, ErrorKind, Failure, Files, Found, KeyedBy, LiveStatus,
    Missing, Outcome, Query, Report, Source, StaleError, StalePolicy, Version,
};

/// Says which type it is, so that a type that was never shown is missed.
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
    error.fields().for_each(debug);
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

pub(super) fn report(report: &Report) {
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
            display(attempt.answer());
            println!(
                "{} {:?} {}",
                attempt.source(),
                attempt.endpoint(),
                attempt.asked()
            );
        }
        if let Outcome::Failed(failure) = field.outcome() {
            display(failure);
            println!(
                "{} {:?} {:?}",
                failure.message(),
                failure.hint(),
                failure.code()
            );
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

/// What sources are asked and say, made by hand with values in it, where it holds values.
pub(super) fn answers() {
    let value = from_secrets_tests::canary::value("made");
    debug(&Found::text(value.clone()).version_id("1").arn("arn"));
    debug(&Found::binary(value.clone()));
    debug(&Answer::Found(Found::text(value.clone())));
    debug(&Answer::Failed(Failure::new(Cause::Denied, "denied")));
    display(&Cause::Malformed);
    debug(&ErrorKind::Runtime);
    debug(&KeyedBy::Variable);
    display(&Missing::JsonNull);
    debug(&StalePolicy::ServeStale);
    display(&Version::Current);
    debug(&Agent::secrets_manager().token(value));
    debug(&Files::mounted());
    debug(&Dotenv::new());
    debug(&Source::agent());
    debug(&Query::new(&[], Instant::now().into()));
}
