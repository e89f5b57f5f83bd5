//! Answers that are none, come late, or never.

use std::time::{Duration, Instant};

use from_secrets::{Cause, Environment, Error, Loader};
use from_secrets_tests::dead_end::{BlackHole, Refusal};
use from_secrets_tests::{Answer, Call, Scripted, sdk};
use serde_json::json;

use crate::expect;
use crate::structs::{Pocket, pocket};

/// Long enough to be told from an immediate failure, short enough for a quick test.
const DEADLINE: Duration = Duration::from_millis(300);
/// A slow machine may be later than the deadline, but not by this much.
const GENEROUS: Duration = Duration::from_secs(8);

fn with_old_values(loader: Loader) -> Loader {
    loader.environment(Environment::from_vars([
        ("POCKET_KEY", "old"),
        ("POCKET_TOKEN", "old"),
    ]))
}

/// The error of a load whose endpoint never answers: no earlier than the deadline, and not much later.
async fn late(loader: Loader) -> Error {
    let began = Instant::now();
    let error = with_old_values(loader)
        .timeout(DEADLINE)
        .load::<Pocket>()
        .await
        .unwrap_err();
    let took = began.elapsed();
    assert!(took >= DEADLINE, "given up after {took:?}");
    assert!(took < GENEROUS, "given up only after {took:?}");
    error
}

#[track_caller]
fn names_fields_and_endpoint(error: &Error, endpoint: &str) {
    for field in ["key", "token"] {
        expect::failure(error, field, Cause::Unreachable);
        expect::not_asked(error, field, "env");
    }
    expect::story(
        error,
        &["`key`", "`token`", endpoint, "300ms", "Loader::timeout"],
    );
}

#[tokio::test]
async fn an_endpoint_that_accepts_and_never_answers_is_an_error_at_the_deadline() {
    let hole = BlackHole::open();
    let error = late(sdk::loader(&hole.endpoint())).await;
    names_fields_and_endpoint(&error, &hole.endpoint());
}

#[tokio::test]
async fn a_request_that_is_taken_and_never_answered_is_an_error_at_the_deadline() {
    let aws = Scripted::start(|_: &Call| Answer::hang());
    let error = late(aws.loader()).await;
    names_fields_and_endpoint(&error, &aws.endpoint());
    // The first attempt has half of the time.
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[tokio::test]
async fn a_body_that_stalls_is_an_error_at_the_deadline() {
    let aws = Scripted::start(|_: &Call| Answer::json(&json!({ "SecretValues": [] })).stalled());
    let error = late(aws.loader()).await;
    names_fields_and_endpoint(&error, &aws.endpoint());
}

#[tokio::test]
async fn what_was_answered_in_time_is_not_lost_with_what_was_late() {
    let aws = Scripted::start(
        pocket()
            .without_batch()
            .when(|call| (call.is_get() && call.asks_for("POCKET_TOKEN")).then(Answer::hang)),
    );
    let error = late(aws.loader()).await;
    assert_eq!(expect::failed(&error), ["token"]);
    expect::failure(&error, "token", Cause::Unreachable);
}

#[tokio::test]
async fn an_answer_that_is_slow_and_in_time_is_taken() {
    let aws = Scripted::start(pocket().latency(Duration::from_millis(100)));
    aws.loader()
        .timeout(GENEROUS)
        .load::<Pocket>()
        .await
        .unwrap();
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn a_deadline_is_for_the_load_and_not_for_each_request() {
    // Each answer is in time by itself: the batch, and then the gets.
    let aws = Scripted::start(pocket().without_batch().latency(DEADLINE * 2 / 3));
    late(aws.loader()).await;
}

#[tokio::test]
async fn a_refused_connection_is_unreachable_and_names_the_endpoint() {
    let nobody = Refusal::open();
    let error = with_old_values(sdk::loader(nobody.endpoint()))
        .load::<Pocket>()
        .await
        .unwrap_err();
    for field in ["key", "token"] {
        expect::failure(&error, field, Cause::Unreachable);
        expect::not_asked(&error, field, "env");
    }
    expect::story(&error, &[nobody.endpoint(), "efused", "AWS_ENDPOINT_URL"]);
}

#[tokio::test]
async fn a_connection_that_is_closed_without_an_answer_is_unreachable() {
    let aws = Scripted::start(|_: &Call| Answer::close());
    let error = with_old_values(aws.loader())
        .load::<Pocket>()
        .await
        .unwrap_err();
    expect::failure(&error, "key", Cause::Unreachable);
    expect::not_asked(&error, "key", "env");
    expect::story(&error, &[&aws.endpoint()]);
}

#[tokio::test]
async fn what_is_no_answer_of_secrets_manager_is_internal_and_says_so() {
    let whole = json!({ "SecretValues": [{ "Name": "POCKET_KEY", "SecretString": "the key" }] })
        .to_string();
    let cut = whole[..whole.len() - 3].to_owned();
    for body in ["<html>sign in to the network</html>", "[]", &cut] {
        let answered = body.to_owned();
        let aws = Scripted::start(move |_: &Call| Answer::raw(200, answered.clone()));
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        expect::failure(&error, "key", Cause::Internal);
        expect::not_asked(&error, "key", "env");
        expect::story(
            &error,
            &["not Secrets Manager's", &aws.endpoint(), "AWS_ENDPOINT_URL"],
        );
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_failure() {
    let aws = Scripted::start(|_: &Call| Answer::json(&json!({ "SecretValues": [] })).broken_off());
    let error = with_old_values(aws.loader())
        .load::<Pocket>()
        .await
        .unwrap_err();
    let cause = match expect::field(&error, "key").outcome() {
        from_secrets::Outcome::Failed(failure) => failure.cause(),
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(cause, Cause::Internal | Cause::Unreachable),
        "{error:#}"
    );
    expect::not_asked(&error, "key", "env");
}

#[tokio::test]
async fn an_error_page_of_a_proxy_is_a_failure() {
    for status in [403, 404, 407, 502] {
        let aws =
            Scripted::start(move |_: &Call| Answer::raw(status, "<html>the proxy says no</html>"));
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        assert_eq!(error.fields().count(), 2, "{status}");
        expect::not_asked(&error, "key", "env");
        expect::story(&error, &[&status.to_string(), &aws.endpoint(), "proxy"]);
    }
}
