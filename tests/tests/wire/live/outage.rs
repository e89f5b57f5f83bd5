//! What is served while Secrets Manager is not there, and after.

use std::time::Duration;

use from_secrets::{Cause, FromSecrets, Live, OnAccess, Refreshed};
use from_secrets_tests::scripted::Changing;
use from_secrets_tests::{Answer, Scripted, Vault};

use super::{AT_ONCE, broken, on_access, on_demand, pocket, soon, started, token, until};
use crate::expect;

#[tokio::test]
async fn an_outage_leaves_the_last_good_struct_and_is_told_until_it_ends() {
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
        expect::failure(&error, "token", Cause::Internal);
        assert_eq!(token(&live), "token 1");
        let status = live.status();
        assert_eq!(status.failures(), failures);
        expect::failure(status.last_error().unwrap(), "token", Cause::Internal);
        assert_eq!(status.last_success(), before.last_success());
        assert!(status.last_attempt() >= before.last_attempt());
        assert!(!status.is_stale());
    }

    secrets.set(pocket(2));
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Changed);
    assert_eq!(token(&live), "token 2");
    let after = live.status();
    assert_eq!((after.failures(), after.last_error().is_some()), (0, false));
    let versions: Vec<_> = after.versions().collect();
    assert_eq!(versions[1], ("token", Some("version 2")));
}

#[tokio::test]
async fn a_server_that_is_gone_leaves_the_last_good_struct() {
    let (aws, _) = started();
    let live = on_access(&aws).load().await.unwrap();
    let endpoint = aws.endpoint();
    drop(aws);
    let error = live.refresh().await.unwrap_err();
    expect::failure(&error, "key", Cause::Unreachable);
    expect::story(&error, &[&endpoint]);
    live.current().await.unwrap();
    assert_eq!(token(&live), "token 1");
}

#[tokio::test]
async fn a_timer_goes_on_through_an_outage_and_mends_the_struct_after_it() {
    let (aws, secrets) = started();
    let pause = Duration::from_millis(20);
    let live = on_demand(&aws)
        .timer(true)
        .ttl(pause)
        .back_off(pause, pause)
        .load()
        .await
        .unwrap();
    let mut changes = live.watch();
    for (answer, version) in [
        (Answer::close(), 2),
        (Answer::throttled(), 3),
        (Answer::internal(), 4),
    ] {
        secrets.set(Vault::new().when(move |_| Some(answer.clone())));
        until("the timer tries again", || live.status().failures() >= 2).await;
        assert!(live.status().last_error().is_some());
        secrets.set(pocket(version));
        soon(changes.changed()).await.unwrap();
        changes.mark_unchanged();
        assert_eq!(token(&live), format!("token {version}"));
    }
    until("the last failure is forgotten", || {
        live.status().failures() == 0
    })
    .await;
}

#[tokio::test]
async fn a_refresh_that_is_never_answered_holds_up_nobody_longer_than_they_said() {
    for wait in [OnAccess::Serve, OnAccess::Wait(Duration::from_millis(1))] {
        let (aws, secrets) = started();
        let loader = aws.loader().timeout(Duration::from_millis(500));
        let live = on_access(&aws)
            .loader(loader)
            .on_access(wait)
            .load()
            .await
            .unwrap();
        secrets.set(Vault::new().when(|_| Some(Answer::hang())));
        aws.calls().clear();
        live.current().await.unwrap();
        assert_eq!(token(&live), "token 1");
        until("the deadline of the load passes", || {
            live.status().failures() == 1
        })
        .await;
        expect::failure(
            live.status().last_error().unwrap(),
            "token",
            Cause::Unreachable,
        );
        // Each attempt has a third of the load's time.
        assert_eq!(aws.tally(), "3 batches, 0 gets");
    }
}

#[tokio::test]
async fn a_struct_that_is_too_old_is_refused_with_the_reason() {
    let (aws, secrets) = started();
    let live = on_access(&aws).max_stale(AT_ONCE).load().await.unwrap();
    secrets.set(pocket(1).denied("POCKET_TOKEN"));
    let stale = live.current().await.unwrap_err();
    expect::failure(stale.last_error().unwrap(), "token", Cause::Denied);
    assert!(live.status().is_stale());
    let again = live.get().unwrap_err();
    assert_eq!(again.last_error().unwrap().fields().count(), 1);
}

#[tokio::test]
async fn half_a_rotation_is_not_taken() {
    #[derive(FromSecrets)]
    struct Pair {
        member: String,
        port: u16,
    }
    let pair = |member: &str, port: &str| Vault::new().text("MEMBER", member).text("PORT", port);
    let secrets = Changing::new(pair("old", "1"));
    let aws = Scripted::start(secrets.clone());
    let live = Live::<Pair>::builder()
        .loader(aws.loader())
        .min_interval(Duration::ZERO);
    let live = live.load().await.unwrap();
    secrets.set(pair("new", "not a port"));
    let error = live.refresh().await.unwrap_err();
    assert_eq!(expect::failed(&error), ["port"]);
    let both = live.get().unwrap();
    assert_eq!((both.member.as_str(), both.port), ("old", 1));
}
