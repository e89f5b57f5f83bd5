//! Every other way in which Parameter Store can fail: what it is called, what it costs, and that nothing hides it.

use std::time::{Duration, Instant};

use from_secrets::{Cause, Environment, Error, Source};
use from_secrets_tests::dead_end::{BlackHole, Refusal};
use from_secrets_tests::{Answer, Call, Scripted};

use super::structs::{FortyFive, Pocket, Ten};
use super::{failure, loader, loader_at, named, tally, told};

const DEADLINE: Duration = Duration::from_millis(300);

/// Loads [`Pocket`] where the environment has old values of both fields, which must not hide the failure.
async fn refused(loader: from_secrets::Loader) -> Error {
    let old = Environment::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let loader = loader
        .environment(old)
        .sources([Source::parameter_store(), Source::environment()]);
    loader
        .load::<Pocket>()
        .await
        .expect_err("a failure is not hidden by the environment")
}

async fn refused_with(answer: Answer) -> (Error, String) {
    let ssm = Scripted::start(move |_: &Call| answer.clone());
    let error = refused(loader(&ssm)).await;
    (error, tally(&ssm))
}

#[tokio::test]
async fn throttling_is_told_after_the_sdk_s_retries_and_asked_no_more() {
    let (error, tally) = refused_with(Answer::throttled()).await;
    for field in ["key", "token"] {
        failure(&error, field, Cause::Throttled);
    }
    assert_eq!(tally, "3 GetParameters");
}

#[tokio::test]
async fn a_broken_service_is_told_after_the_sdk_s_retries_and_asked_no_more() {
    let broken = Answer::error_with_status(500, "InternalServerError", "");
    let (error, tally) = refused_with(broken).await;
    failure(&error, "key", Cause::Internal);
    told(&error, &["Parameter Store failed", "InternalServerError"]);
    assert_eq!(tally, "3 GetParameters");
}

#[tokio::test]
async fn credentials_that_aws_rejects_are_not_shown_to_it_again() {
    for code in ["ExpiredTokenException", "UnrecognizedClientException"] {
        let (error, tally) = refused_with(Answer::error(code, "")).await;
        failure(&error, "key", Cause::Credentials);
        assert_eq!(tally, "1 GetParameters", "{code}");
    }
}

#[tokio::test]
async fn rejected_credentials_are_shown_no_more_than_side_by_side() {
    let parameters = named(&FortyFive::names()).without("GetParameters", "");
    let ssm = Scripted::start(parameters.when(|call| {
        let expired = Answer::error("ExpiredTokenException", "");
        (call.operation == "GetParameter").then_some(expired)
    }));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.fields().count(), 45, "{error}");
    failure(&error, "bs", Cause::Credentials);
    assert_eq!(tally(&ssm), "20 GetParameter, 5 GetParameters");
}

#[tokio::test]
async fn a_request_that_is_refused_falls_apart_so_that_only_the_bad_name_fails() {
    let bad = Ten::names()[3].clone();
    let refuses = move |call: &Call| {
        let refused = Answer::error("ValidationException", "1 validation error detected");
        call.asks_for(&bad).then_some(refused)
    };
    let ssm = Scripted::start(named(&Ten::names()).when(refuses));
    let error = loader(&ssm).load::<Ten>().await.err().unwrap();
    assert_eq!(error.fields().count(), 1, "{error:#}");
    failure(&error, "d", Cause::Internal);
    told(&error, &["Parameter Store refused the request"]);
    assert_eq!(tally(&ssm), "10 GetParameter, 1 GetParameters");
}

#[tokio::test]
async fn what_is_no_answer_of_parameter_store_says_so() {
    for answer in [
        Answer::raw(200, "<html>sign in to the network</html>"),
        Answer::raw(502, "<html>the proxy says no</html>"),
        Answer::raw(200, "{\"Parameters\":"),
    ] {
        let (error, _) = refused_with(answer).await;
        failure(&error, "key", Cause::Internal);
        told(&error, &["not Parameter Store's", "AWS_ENDPOINT_URL_SSM"]);
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_named() {
    let nobody = Refusal::open();
    let error = refused(loader_at(nobody.endpoint())).await;
    failure(&error, "key", Cause::Unreachable);
    told(&error, &[nobody.endpoint(), "AWS_ENDPOINT_URL_SSM"]);
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_an_error_at_the_deadline() {
    let hole = BlackHole::open();
    let began = Instant::now();
    let error = refused(loader_at(&hole.endpoint()).timeout(DEADLINE)).await;
    let took = began.elapsed();
    assert!(took >= DEADLINE && took < DEADLINE * 20, "{took:?}");
    failure(&error, "key", Cause::Unreachable);
    told(&error, &[&hole.endpoint(), "300ms", "Loader::timeout"]);
}

#[tokio::test]
async fn what_was_answered_in_time_is_not_lost_with_what_was_late() {
    let last = FortyFive::names()[44].clone();
    let hangs = move |call: &Call| call.asks_for(&last).then(Answer::hang);
    let ssm = Scripted::start(named(&FortyFive::names()).when(hangs));
    let loader = loader(&ssm).timeout(DEADLINE * 3);
    let error = loader.load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.fields().count(), 5, "{error}");
    failure(&error, "bs", Cause::Unreachable);
}

#[tokio::test]
async fn one_broken_call_of_five_costs_only_its_own_fields() {
    let first = FortyFive::names()[0].clone();
    let breaks = move |call: &Call| call.asks_for(&first).then(Answer::internal);
    let ssm = Scripted::start(named(&FortyFive::names()).when(breaks));
    let error = loader(&ssm).load::<FortyFive>().await.err().unwrap();
    assert_eq!(error.fields().count(), 10, "{error}");
    failure(&error, "aa", Cause::Internal);
}
