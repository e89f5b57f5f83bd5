//! Responses that are invalid, late or absent.

use std::time::{Duration, Instant};

use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{Error, Loader};
use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{Call, FakeAws, FakeResponse, sdk};
use serde_json::json;

use from_secrets_tests::expect;
use from_secrets_tests::structs::{Pocket, pocket};

/// Long enough to differ from an immediate failure.
const DEADLINE: Duration = Duration::from_millis(300);
/// More than a slow machine needs after the deadline.
const GENEROUS: Duration = Duration::from_secs(8);

fn with_old_values(loader: Loader) -> Loader {
    loader.env(Env::from_vars([
        ("POCKET_KEY", "old"),
        ("POCKET_TOKEN", "old"),
    ]))
}

/// Returns the error of a load whose endpoint never responds, and checks that the load ends at the deadline.
async fn late(loader: Loader) -> Error {
    let began = Instant::now();
    let error = with_old_values(loader)
        .timeout(DEADLINE)
        .load::<Pocket>()
        .await
        .unwrap_err();
    let took = began.elapsed();
    assert!(took >= DEADLINE, "ended after {took:?}");
    assert!(took < GENEROUS, "ended only after {took:?}");
    error
}

#[track_caller]
fn names_fields_and_endpoint(error: &Error, endpoint: &str) {
    for field in ["key", "token"] {
        expect::failure(error, field, SourceErrorKind::Unreachable);
        expect::not_requested(error, field, "env");
    }
    expect::details(
        error,
        &["`key`", "`token`", endpoint, "300ms", "Loader::timeout"],
    );
}

#[tokio::test]
async fn silent_endpoint_fails_at_deadline() {
    let hole = BlackHole::open();
    let error = late(sdk::loader(&hole.endpoint())).await;
    names_fields_and_endpoint(&error, &hole.endpoint());
}

#[tokio::test]
async fn hanging_request_fails_at_deadline() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::hang());
    let error = late(aws.loader()).await;
    names_fields_and_endpoint(&error, &aws.endpoint());
    // The first attempt has half of the time.
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[tokio::test]
async fn stalled_body_fails_at_deadline() {
    let aws =
        FakeAws::start(|_: &Call| FakeResponse::json(&json!({ "SecretValues": [] })).stalled());
    let error = late(aws.loader()).await;
    names_fields_and_endpoint(&error, &aws.endpoint());
}

#[tokio::test]
async fn late_response_fails_only_its_field() {
    let aws = FakeAws::start(pocket().without_batch().when(|call| {
        (call.is_get() && call.is_request_for("POCKET_TOKEN")).then(FakeResponse::hang)
    }));
    let error = late(aws.loader()).await;
    assert_eq!(expect::failed(&error), ["token"]);
    expect::failure(&error, "token", SourceErrorKind::Unreachable);
}

#[tokio::test]
async fn slow_response_before_deadline_is_accepted() {
    let aws = FakeAws::start(pocket().latency(Duration::from_millis(100)));
    aws.loader()
        .timeout(GENEROUS)
        .load::<Pocket>()
        .await
        .unwrap();
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn deadline_limits_whole_load() {
    // Each response would be before the deadline by itself: the batch, and then the gets.
    let aws = FakeAws::start(pocket().without_batch().latency(DEADLINE * 2 / 3));
    late(aws.loader()).await;
}

#[tokio::test]
async fn refused_connection_error_names_endpoint() {
    let unavailable = Refusal::open();
    let error = with_old_values(sdk::loader(unavailable.endpoint()))
        .load::<Pocket>()
        .await
        .unwrap_err();
    for field in ["key", "token"] {
        expect::failure(&error, field, SourceErrorKind::Unreachable);
        expect::not_requested(&error, field, "env");
    }
    expect::details(
        &error,
        &[unavailable.endpoint(), "efused", "AWS_ENDPOINT_URL"],
    );
}

#[tokio::test]
async fn closed_connection_is_unreachable() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::close());
    let error = with_old_values(aws.loader())
        .load::<Pocket>()
        .await
        .unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Unreachable);
    expect::not_requested(&error, "key", "env");
    expect::details(&error, &[&aws.endpoint()]);
}

#[tokio::test]
async fn non_aws_response_is_internal_error() {
    let whole = json!({ "SecretValues": [{ "Name": "POCKET_KEY", "SecretString": "the key" }] })
        .to_string();
    let cut = whole[..whole.len() - 3].to_owned();
    for body in ["<html>sign in to the network</html>", "[]", &cut] {
        let responded = body.to_owned();
        let aws = FakeAws::start(move |_: &Call| FakeResponse::raw(200, responded.clone()));
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        expect::failure(&error, "key", SourceErrorKind::Internal);
        expect::not_requested(&error, "key", "env");
        expect::details(
            &error,
            &[
                "without an AWS error code",
                &aws.endpoint(),
                "AWS_ENDPOINT_URL",
            ],
        );
    }
}

#[tokio::test]
async fn truncated_body_is_a_failure() {
    let aws =
        FakeAws::start(|_: &Call| FakeResponse::json(&json!({ "SecretValues": [] })).broken_off());
    let error = with_old_values(aws.loader())
        .load::<Pocket>()
        .await
        .unwrap_err();
    let cause = match expect::field(&error, "key").outcome() {
        from_secrets::report::FieldOutcome::Failed(failure) => failure.kind(),
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(
            cause,
            SourceErrorKind::Internal | SourceErrorKind::Unreachable
        ),
        "{error:#}"
    );
    expect::not_requested(&error, "key", "env");
}

#[tokio::test]
async fn proxy_error_page_is_a_failure() {
    for status in [403, 404, 407, 502] {
        let aws = FakeAws::start(move |_: &Call| {
            FakeResponse::raw(status, "<html>rejected by the proxy</html>")
        });
        let error = with_old_values(aws.loader())
            .load::<Pocket>()
            .await
            .unwrap_err();
        assert_eq!(error.failed_fields().count(), 2, "{status}");
        expect::not_requested(&error, "key", "env");
        expect::details(&error, &[&status.to_string(), &aws.endpoint(), "proxy"]);
    }
}
