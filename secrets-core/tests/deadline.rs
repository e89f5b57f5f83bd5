//! Sources that are late or break their contract. Time is paused, so these tests do not wait.
#![cfg(feature = "derive")]

use std::env;
use std::process::Command;
use std::time::Duration;

use from_secrets::report::FieldOutcome;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue, Source,
    SourceErrorKind,
};
use from_secrets::{Error, FromSecrets, Loader, SecretString};
use tokio::time::{Instant, sleep};

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

/// Prints the default timeout, for the next test.
#[tokio::test(start_paused = true)]
#[expect(clippy::print_stdout, reason = "read by the next test")]
async fn default_timeout_is_printed() {
    let loader = Loader::new().source(Hanging);
    println!("{:#}", loader.load::<Config>().await.unwrap_err());
}

#[test]
fn lambda_has_shorter_default_timeout() {
    for (function, timeout) in [("f", "8s"), ("", "10s")] {
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", "default_timeout_is_printed", "--nocapture"])
            .env("AWS_LAMBDA_FUNCTION_NAME", function)
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let expected = format!("timed out after {timeout} while");
        assert!(printed.contains(&expected), "{printed}");
    }
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

/// Returns its values after some seconds.
#[derive(Debug)]
struct Slow(u64);

impl SecretSource for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async {
            sleep(Duration::from_secs(self.0)).await;
            let found = |_: &SecretRequest| FetchResult::Found(SecretValue::text("x"));
            requests.iter().map(found).collect()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn each_fallback_keeps_equal_share() {
    let load = async |sources: Vec<Source>| {
        let start = Instant::now();
        let loader = Loader::new()
            .sources(sources)
            .fall_back_on([SourceErrorKind::Unreachable]);
        let is_loaded = loader.load::<Config>().await.is_ok();
        (is_loaded, start.elapsed().as_secs())
    };
    assert_eq!(load(vec![Hanging.into(), Slow(4).into()]).await, (true, 9));
    assert_eq!(
        load(vec![Hanging.into(), Slow(6).into()]).await,
        (false, 10)
    );
    // The last one has all the time that is left.
    let sources = vec![Hanging.into(), Slow(2).into(), Hanging.into()];
    assert_eq!(load(sources).await, (true, 5));
}

#[tokio::test(start_paused = true)]
async fn only_fallback_shortens_time_of_source() {
    let loader = Loader::new().source(Slow(9)).source(Hanging);
    assert!(loader.load::<Config>().await.is_ok());
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
