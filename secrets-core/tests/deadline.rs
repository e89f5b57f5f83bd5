//! What a source that is late, or breaks its contract, comes to. Time is paused: nothing here waits.
#![cfg(feature = "derive")]

use std::time::Duration;

use from_secrets::{
    Answers, Cause, Environment, Error, FromSecrets, Loader, Outcome, Query, SecretSource,
    SecretString, Source,
};
use tokio::time::Instant;

#[derive(FromSecrets)]
#[secrets(debug)]
#[allow(dead_code, reason = "only whether it loads is looked at")]
struct Config {
    key: SecretString,
    token: SecretString,
}

#[derive(Debug)]
struct Hanging;

impl SecretSource for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }

    fn fetch<'a>(&'a self, _query: Query<'a>) -> Answers<'a> {
        Box::pin(std::future::pending())
    }

    fn endpoint(&self) -> Option<String> {
        Some("http://nowhere.example".to_owned())
    }
}

#[derive(Debug)]
struct Short;

impl SecretSource for Short {
    fn name(&self) -> &'static str {
        "short"
    }

    fn fetch<'a>(&'a self, _query: Query<'a>) -> Answers<'a> {
        Box::pin(async { Vec::new() })
    }
}

fn cause(error: &Error) -> Vec<(&str, Cause)> {
    let failed = |field: &'_ from_secrets::FieldReport| match field.outcome() {
        Outcome::Failed(failure) => failure.cause(),
        other => panic!("{other:?}"),
    };
    error
        .fields()
        .map(|field| (field.path(), failed(field)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_is_an_error_at_the_deadline() {
    let start = Instant::now();
    let loader = Loader::new()
        .sources([Source::custom(Hanging)])
        .environment(Environment::from_vars([("A", "a")]));
    let error = loader.load::<Config>().await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(
        cause(&error),
        [("key", Cause::Unreachable), ("token", Cause::Unreachable)]
    );
    assert!(
        format!("{error:#}")
            .contains("no answer from http://nowhere.example within the load's 10s"),
        "{error:#}"
    );
}

#[tokio::test(start_paused = true)]
async fn sources_that_need_no_time_are_still_asked_after_the_deadline() {
    let loader = Loader::new()
        .sources([Source::custom(Hanging), Source::environment()])
        .environment(Environment::from_vars([("KEY", "k"), ("TOKEN", "t")]))
        .timeout(Duration::from_millis(200))
        .fall_back_on([Cause::Unreachable]);
    let start = Instant::now();
    assert!(loader.load::<Config>().await.is_ok());
    assert!(start.elapsed() < Duration::from_millis(300));
}

#[tokio::test]
async fn a_source_that_leaves_out_answers_is_told_of() {
    let error = Loader::new()
        .sources([Source::custom(Short)])
        .load::<Config>()
        .await
        .unwrap_err();
    assert_eq!(cause(&error)[0], ("key", Cause::Internal));
    assert!(
        format!("{error:#}").contains("0 answers to 2 requests"),
        "{error:#}"
    );
}
