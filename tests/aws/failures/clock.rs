//! A server whose clock differs from this machine's.

use std::time::{Duration, SystemTime};

use from_secrets::source::SourceErrorKind;
use from_secrets_tests::{Call, FakeAws, FakeResponse, canary};

use super::{loaded, refused};
use from_secrets_tests::expect;
use from_secrets_tests::structs::pocket;

const HOUR: Duration = Duration::from_hours(1);
const TOLERANCE: Duration = Duration::from_mins(5);
const EXPIRED: &str = "Signature expired: 20240101T000000Z is now earlier than 20240101T001000Z (20240101T001500Z - 5 min.)";

/// Rejects requests whose time is not within five minutes of a clock that is an hour ahead.
pub(crate) fn an_hour_ahead(call: &Call) -> Option<FakeResponse> {
    let now = SystemTime::now() + HOUR;
    let is_right = call.signed_at.is_some_and(|at| at + TOLERANCE > now);
    (!is_right).then(|| FakeResponse::error("InvalidSignatureException", EXPIRED).dated(now))
}

#[tokio::test]
async fn skew_is_corrected_by_second_attempt() {
    let aws = FakeAws::start(pocket().when(an_hour_ahead));
    loaded(&aws).await;
    assert_eq!(aws.tally(), "2 batches, 0 gets");
    let calls = aws.calls().all();
    let moved = calls[1]
        .signed_at
        .unwrap()
        .duration_since(calls[0].signed_at.unwrap());
    assert!(moved.is_ok_and(|by| by + TOLERANCE > HOUR), "{calls:?}");
}

#[tokio::test]
async fn wrong_clock_error_shows_times() {
    let canary = canary::value("session token");
    let quoting = format!("{EXPIRED} Credential={canary}/20240101/us-east-1");
    let future = "Signature not yet current: 20240101T002000Z is still later than 20240101T000500Z (20240101T000000Z + 5 min.)";
    for (status, code, text, times) in [
        (
            400,
            "InvalidSignatureException",
            quoting.as_str(),
            &["20240101T000000Z", "20240101T001000Z"][..],
        ),
        (
            400,
            "InvalidSignatureException",
            future,
            &["20240101T002000Z", "20240101T000500Z"],
        ),
        (
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            &[],
        ),
        (400, "RequestExpired", "Request has expired.", &[]),
    ] {
        let response = FakeResponse::error_with_status(status, code, text);
        let aws = FakeAws::start(move |_: &Call| response.clone());
        let error = refused(&aws).await;
        let failure = expect::failure(&error, "key", SourceErrorKind::Credentials);
        assert_eq!(failure.code(), Some(code));
        let details = expect::details(&error, times);
        expect::details(&error, &["this machine's clock is wrong", "NTP"]);
        assert!(!details.contains("renew"), "{details}");
        canary::assert_absent(&details);
    }
}
