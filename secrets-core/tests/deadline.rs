//! Sources that are late or break their contract. Time is paused, so these tests do not wait.
#![cfg(feature = "derive")]

use std::time::Duration;

use from_secrets::report::FieldOutcome;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, SecretRequest, SecretSource, SourceErrorKind,
};
use from_secrets::{Error, FromSecrets, Loader, SecretString};
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

    fn fetch<'a>(
        &'a self,
        _requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(std::future::pending())
    }

    fn endpoint(&self) -> Option<String> {
        Some("http://unreachable.example".to_owned())
    }
}

#[derive(Debug)]
struct Short;

impl SecretSource for Short {
    fn name(&self) -> &'static str {
        "short"
    }

    fn fetch<'a>(
        &'a self,
        _requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async { Vec::new() })
    }
}

fn cause(error: &Error) -> Vec<(&str, SourceErrorKind)> {
    let failed = |field: &'_ from_secrets::report::FieldReport| match field.outcome() {
        FieldOutcome::Failed(failure) => failure.kind(),
        other => panic!("{other:?}"),
    };
    error
        .failed_fields()
        .map(|field| (field.path(), failed(field)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn hanging_source_fails_at_deadline() {
    let start = Instant::now();
    let loader = Loader::new()
        .source(Hanging)
        .env(Env::from_vars([("A", "a")]));
    let error = loader.load::<Config>().await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 10);
    assert_eq!(
        cause(&error),
        [
            ("key", SourceErrorKind::Unreachable),
            ("token", SourceErrorKind::Unreachable)
        ]
    );
    assert!(
        format!("{error:#}")
            .contains("timed out after 10s while waiting for http://unreachable.example"),
        "{error:#}"
    );
}

#[tokio::test(start_paused = true)]
async fn instant_source_runs_after_deadline() {
    let loader = Loader::new()
        .source(Hanging)
        .source(Env::new())
        .env(Env::from_vars([("KEY", "k"), ("TOKEN", "t")]))
        .timeout(Duration::from_millis(200))
        .fall_back_on([SourceErrorKind::Unreachable]);
    let start = Instant::now();
    assert!(loader.load::<Config>().await.is_ok());
    assert!(start.elapsed() < Duration::from_millis(300));
}

#[tokio::test]
async fn source_omitting_results_is_reported() {
    let error = Loader::new()
        .source(Short)
        .load::<Config>()
        .await
        .unwrap_err();
    assert_eq!(cause(&error)[0], ("key", SourceErrorKind::Internal));
    assert!(
        format!("{error:#}").contains("0 results for 2 requests"),
        "{error:#}"
    );
}
