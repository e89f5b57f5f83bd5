//! Outages of Secrets Manager.

use std::time::Duration;

use from_secrets::live::{RefreshOutcome, StalePolicy, TestClock};
use from_secrets::source::SourceErrorKind;
use from_secrets::{FromSecrets, Live};
use from_secrets_tests::fake_aws::Changing;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

use crate::{HOUR, broken, on_access, on_demand, pocket, soon, started, token, until};
use from_secrets_tests::expect;

#[tokio::test]
async fn outage_keeps_last_good_struct() {
    let (aws, secrets) = started();
    let live = on_demand(&aws).load().await.unwrap();
    let before = live.status();
    assert_eq!(
        (before.failures(), before.last_error().is_some()),
        (0, false)
    );

    secrets.set(broken());
    for failures in 1..=3 {
        let error = live.refresh().await.unwrap_err();
        expect::failure(&error, "token", SourceErrorKind::Internal);
        assert_eq!(token(&live), "token 1");
        let status = live.status();
        assert_eq!(status.failures(), failures);
        expect::failure(
            status.last_error().unwrap(),
            "token",
            SourceErrorKind::Internal,
        );
        assert_eq!(status.last_success(), before.last_success());
        assert!(status.last_attempt() >= before.last_attempt());
        assert!(!status.is_stale());
    }

    secrets.set(pocket(2));
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_eq!(token(&live), "token 2");
    let after = live.status();
    assert_eq!((after.failures(), after.last_error().is_some()), (0, false));
    let versions: Vec<_> = after.versions().collect();
    assert_eq!(versions[1], ("token", Some("version 2")));
}

#[tokio::test]
async fn unreachable_server_keeps_last_good_struct() {
    let (aws, _) = started();
    let live = on_access(&aws).load().await.unwrap();
    let endpoint = aws.endpoint();
    drop(aws);
    let error = live.refresh().await.unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Unreachable);
    expect::details(&error, &[&endpoint]);
    live.get_fresh().await.unwrap();
    assert_eq!(token(&live), "token 1");
}

#[tokio::test]
async fn background_refresh_recovers_after_outage() {
    let (aws, secrets) = started();
    let pause = Duration::from_millis(20);
    let live = on_demand(&aws)
        .background_refresh(true)
        .ttl(pause)
        .backoff(pause, pause)
        .load()
        .await
        .unwrap();
    let mut changes = live.subscribe();
    for (response, version) in [
        (FakeResponse::close(), 2),
        (FakeResponse::throttled(), 3),
        (FakeResponse::internal(), 4),
    ] {
        secrets.set(FakeSecretsManager::new().when(move |_| Some(response.clone())));
        until("the refresh is tried again", || {
            live.status().failures() >= 2
        })
        .await;
        assert!(live.status().last_error().is_some());
        secrets.set(pocket(version));
        soon(changes.changed()).await.unwrap();
        assert_eq!(token(&live), format!("token {version}"));
    }
    until("the last failure is forgotten", || {
        live.status().failures() == 0
    })
    .await;
}

#[tokio::test]
async fn hanging_refresh_does_not_block_access() {
    for stale_policy in [
        StalePolicy::ServeStale,
        StalePolicy::Wait(Duration::from_millis(1)),
    ] {
        let (aws, secrets) = started();
        let loader = aws.loader().timeout(Duration::from_millis(500));
        let live = on_access(&aws)
            .loader(loader)
            .stale_policy(stale_policy)
            .load()
            .await
            .unwrap();
        secrets.set(FakeSecretsManager::new().when(|_| Some(FakeResponse::hang())));
        aws.calls().clear();
        live.get_fresh().await.unwrap();
        assert_eq!(token(&live), "token 1");
        until("the deadline of the load passes", || {
            live.status().failures() == 1
        })
        .await;
        expect::failure(
            live.status().last_error().unwrap(),
            "token",
            SourceErrorKind::Unreachable,
        );
        // Each attempt has a third of the load's time.
        assert_eq!(aws.tally(), "3 batches, 0 gets");
    }
}

#[tokio::test]
async fn too_old_struct_is_stale_error() {
    let (aws, secrets) = started();
    let clock = TestClock::new();
    let builder = on_access(&aws).max_stale(HOUR).clock(&clock);
    let live = builder.load().await.unwrap();
    secrets.set(pocket(1).denied("POCKET_TOKEN"));
    clock.advance(2 * HOUR);
    let stale = live.get_fresh().await.unwrap_err();
    expect::failure(
        stale.last_error().unwrap(),
        "token",
        SourceErrorKind::Denied,
    );
    assert!(live.status().is_stale());
    let again = live.get().unwrap_err();
    assert_eq!(again.last_error().unwrap().failed_fields().count(), 1);
}

#[tokio::test]
async fn half_rotated_struct_is_rejected() {
    #[derive(FromSecrets)]
    struct Pair {
        member: String,
        port: u16,
    }
    let pair = |member: &str, port: &str| {
        FakeSecretsManager::new()
            .text("MEMBER", member)
            .text("PORT", port)
    };
    let secrets = Changing::new(pair("old", "1"));
    let aws = FakeAws::start(secrets.clone());
    let live = Live::<Pair>::builder()
        .loader(aws.loader())
        .min_refresh_interval(Duration::from_millis(1));
    let live = live.load().await.unwrap();
    secrets.set(pair("new", "not a port"));
    let error = live.refresh().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["port"]);
    let both = live.get().unwrap();
    assert_eq!((both.member.as_str(), both.port), ("old", 1));
}
