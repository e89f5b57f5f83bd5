//! Contradictory settings are rejected before a request is sent.

use std::time::Duration;

use from_secrets::ErrorKind;

use crate::support::{MINUTE, Secrets, secs};

#[tokio::test]
async fn invalid_setting_error_names_setting() {
    let secrets = Secrets::new();
    let live = || secrets.live();
    let cases = [
        (live().ttl(Duration::ZERO), "`ttl` is zero"),
        (
            live().ttl(2 * MINUTE).max_stale(MINUTE),
            "`max_stale` is 60s, which leaves no time for refreshes; set at least 140s",
        ),
        (
            live().ttl(MINUTE).max_stale(MINUTE),
            "`max_stale` is 60s, which leaves no time for refreshes; set at least 80s",
        ),
        (
            live().min_refresh_interval(Duration::ZERO),
            "`min_refresh_interval` is zero",
        ),
        (live().jitter(1.5), "`jitter` is not between"),
        (live().jitter(f64::NAN), "`jitter` is not between"),
        (live().backoff(Duration::ZERO, MINUTE), "`backoff` is zero"),
        (live().backoff(MINUTE, secs(1)), "first pause is longer"),
    ];
    for (builder, text) in cases {
        let error = builder.load().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Declaration);
        assert!(error.to_string().contains(text), "{error}");
    }
    assert_eq!(secrets.load_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn maximum_durations_do_not_overflow() {
    let secrets = Secrets::new();
    let live = secrets
        .load_live(|live| {
            live.ttl(Duration::MAX)
                .max_stale(Duration::MAX)
                .min_refresh_interval(Duration::MAX)
                .rotation_window(Duration::MAX)
                .backoff(Duration::MAX, Duration::MAX)
        })
        .await;
    tokio::time::sleep(Duration::from_hours(10_000)).await;
    live.get().unwrap();
    live.refresh().await.unwrap();
    let _status = live.status();
}

#[tokio::test]
async fn failed_first_load_is_an_error() {
    let secrets = Secrets::new();
    secrets.fail(from_secrets::source::SourceErrorKind::Denied);
    let error = secrets.live().load().await.unwrap_err();
    assert_eq!(error.failed_fields().count(), 4);
}
