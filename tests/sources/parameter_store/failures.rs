//! Other failures of Parameter Store: their errors, the number of requests, and that the environment does not hide
//! them.

use std::time::{Duration, Instant};

use from_secrets::Error;
use from_secrets::source::{Env, ParameterStore, SourceErrorKind};
use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{Call, FakeAws, FakeResponse};

use super::{failure, loader, loader_at, named, reported, tally};
use from_secrets_tests::structs::{FortyFive, Pocket, Ten};

const DEADLINE: Duration = Duration::from_millis(300);

/// Loads [`Pocket`]. The environment has old values of both fields, which must not hide the failure.
async fn refused(loader: from_secrets::Loader) -> Error {
    let old = Env::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let loader = loader
        .env(old)
        .source(ParameterStore::new())
        .source(Env::new());
    loader
        .load::<Pocket>()
        .await
        .expect_err("a failure is not hidden by the environment")
}

async fn refused_with(response: FakeResponse) -> (Error, String) {
    let ssm = FakeAws::start(move |_: &Call| response.clone());
    let error = refused(loader(&ssm)).await;
    (error, tally(&ssm))
}

#[tokio::test]
async fn throttled_requests_stop_after_sdk_retries() {
    let (error, tally) = refused_with(FakeResponse::throttled()).await;
    for field in ["key", "token"] {
        failure(&error, field, SourceErrorKind::Throttled);
    }
    assert_eq!(tally, "3 GetParameters");
}

#[tokio::test]
async fn internal_errors_stop_after_sdk_retries() {
    let broken = FakeResponse::error_with_status(500, "InternalServerError", "");
    let (error, tally) = refused_with(broken).await;
    failure(&error, "key", SourceErrorKind::Internal);
    reported(&error, &["Parameter Store failed", "InternalServerError"]);
    assert_eq!(tally, "3 GetParameters");
}

#[tokio::test]
async fn rejected_credentials_are_not_retried() {
    for code in ["ExpiredTokenException", "UnrecognizedClientException"] {
        let (error, tally) = refused_with(FakeResponse::error(code, "")).await;
        failure(&error, "key", SourceErrorKind::Credentials);
        assert_eq!(tally, "1 GetParameters", "{code}");
    }
}

#[tokio::test]
async fn rejected_credentials_stop_further_requests() {
    let parameters = named(&FortyFive::names()).without("GetParameters", "");
    let ssm = FakeAws::start(parameters.when(|call| {
        let expired = FakeResponse::error("ExpiredTokenException", "");
        (call.operation == "GetParameter").then_some(expired)
    }));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 45, "{error}");
    failure(&error, "bs", SourceErrorKind::Credentials);
    assert_eq!(tally(&ssm), "20 GetParameter, 5 GetParameters");
}

#[tokio::test]
async fn rejected_batch_fails_only_bad_name() {
    let bad = Ten::names()[3].clone();
    let refuses = move |call: &Call| {
        let refused = FakeResponse::error("ValidationException", "1 validation error detected");
        call.is_request_for(&bad).then_some(refused)
    };
    let ssm = FakeAws::start(named(&Ten::names()).when(refuses));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 1, "{error:#}");
    failure(&error, "d", SourceErrorKind::Internal);
    reported(&error, &["Parameter Store rejected the request"]);
    assert_eq!(tally(&ssm), "10 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn non_aws_response_is_reported() {
    for (status, body) in [
        (200, "<html>sign in to the network</html>"),
        (200, "{\"Parameters\":"),
        (502, "<html>rejected by the proxy</html>"),
    ] {
        let (error, _) = refused_with(FakeResponse::raw(status, body)).await;
        failure(&error, "key", SourceErrorKind::Internal);
        reported(&error, &["not from an AWS service", "AWS_ENDPOINT_URL_SSM"]);
    }
}

#[tokio::test]
async fn unreachable_endpoint_is_named() {
    let unavailable = Refusal::open();
    let error = refused(loader_at(unavailable.endpoint())).await;
    failure(&error, "key", SourceErrorKind::Unreachable);
    reported(&error, &[unavailable.endpoint(), "AWS_ENDPOINT_URL_SSM"]);
}

#[tokio::test]
async fn silent_endpoint_fails_at_deadline() {
    let hole = BlackHole::open();
    let began = Instant::now();
    let error = refused(loader_at(&hole.endpoint()).timeout(DEADLINE)).await;
    let took = began.elapsed();
    assert!(took >= DEADLINE && took < DEADLINE * 20, "{took:?}");
    failure(&error, "key", SourceErrorKind::Unreachable);
    reported(&error, &[&hole.endpoint(), "300ms", "Loader::timeout"]);
}

#[tokio::test]
async fn late_call_fails_only_its_fields() {
    let last = FortyFive::names()[44].clone();
    let hangs = move |call: &Call| call.is_request_for(&last).then(FakeResponse::hang);
    let ssm = FakeAws::start(named(&FortyFive::names()).when(hangs));
    let loader = loader(&ssm).timeout(DEADLINE * 3);
    let error = loader.load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 5, "{error}");
    failure(&error, "bs", SourceErrorKind::Unreachable);
}

#[tokio::test]
async fn failed_call_fails_only_its_fields() {
    let first = FortyFive::names()[0].clone();
    let breaks = move |call: &Call| call.is_request_for(&first).then(FakeResponse::internal);
    let ssm = FakeAws::start(named(&FortyFive::names()).when(breaks));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.failed_fields().count(), 10, "{error}");
    failure(&error, "aa", SourceErrorKind::Internal);
}
