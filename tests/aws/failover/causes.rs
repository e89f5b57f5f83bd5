//! The failures of the home region that fail over, and those that do not.

use from_secrets::source::{MissingReason, SourceErrorKind};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, WEST, provided_by};
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager, expect};
use tokio::time::Instant;

use super::{SECOND, TIMEOUT, loaded, loader, pocket_everywhere, refused};
use from_secrets_tests::structs::{Ten, pocket};

/// A batch and two single calls, with three attempts each.
const MOST_AT_HOME: usize = 9;

#[tokio::test(start_paused = true)]
async fn healthy_home_receives_all_requests() {
    let regions = pocket_everywhere();
    let report = loaded(&loader(&regions, &[WEST, IRELAND])).await;
    assert_eq!(provided_by(&report), [HOME, HOME]);
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 0 gets"]);
}

#[tokio::test(start_paused = true)]
async fn failed_home_fails_over() {
    for (cause, response, most_at_home) in [
        ("unreachable", FakeResponse::close(), 3),
        ("throttled", FakeResponse::throttled(), 7),
        ("internal", FakeResponse::internal(), 3),
        ("status 503", FakeResponse::raw(503, "<html>"), 3),
        ("status 429", FakeResponse::raw(429, ""), MOST_AT_HOME),
    ] {
        let regions = pocket_everywhere();
        regions.at(HOME).fail(response);
        let began = Instant::now();
        let report = loaded(&loader(&regions, &[WEST, IRELAND])).await;
        assert_eq!(provided_by(&report), [WEST, WEST], "{cause}");
        assert!(
            began.elapsed() < TIMEOUT / 3,
            "{cause}: no wait for a hedge"
        );
        let at_home = regions.at(HOME).requests();
        assert!((1..=most_at_home).contains(&at_home), "{cause}: {at_home}");
        assert_eq!(regions.at(WEST).tally(), "1 batch, 0 gets", "{cause}");
        assert_eq!(regions.at(IRELAND).requests(), 0, "{cause}");
    }
}

#[tokio::test(start_paused = true)]
async fn refused_secret_never_fails_over() {
    use SourceErrorKind::{Denied, Internal, ScheduledForDeletion, Undecryptable};
    for (code, message, kind) in [
        ("AccessDeniedException", "not authorized", Denied),
        ("DecryptionFailure", "cannot decrypt", Undecryptable),
        (
            "AccessDeniedException",
            "Access to KMS is not allowed",
            Undecryptable,
        ),
        (
            "InvalidRequestException",
            "it was marked for deletion",
            ScheduledForDeletion,
        ),
        ("InvalidParameterException", "invalid name", Internal),
        ("ValidationException", "invalid name", Internal),
    ] {
        let regions = pocket_everywhere();
        let token = Entry::refused(code, message);
        regions.at(HOME).set(pocket().entry("POCKET_TOKEN", token));
        let error = refused(&loader(&regions, &[WEST, IRELAND])).await;
        let failure = expect::failure(&error, "token", kind);
        assert_eq!(failure.code(), Some(code), "{message}");
        assert_eq!(expect::failed(&error), ["token"], "{message}");
        let at_home = regions.at(HOME).requests();
        assert!((1..=2).contains(&at_home), "{message}: {at_home}");
        let replicas = regions.at(WEST).requests() + regions.at(IRELAND).requests();
        assert_eq!(replicas, 0, "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn denied_home_never_fails_over() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::denied("POCKET_TOKEN"));
    let error = refused(&loader(&regions, &[WEST])).await;
    expect::failure(&error, "key", SourceErrorKind::Denied);
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 2 gets"]);
}

#[tokio::test(start_paused = true)]
async fn missing_secret_never_fails_over() {
    let regions = pocket_everywhere();
    for (entry, how) in [
        (None, MissingReason::Secret),
        (Some(Entry::without_value()), MissingReason::Version),
    ] {
        let key = FakeSecretsManager::new().text("POCKET_KEY", "the key");
        let home = match entry {
            Some(entry) => key.entry("POCKET_TOKEN", entry),
            None => key,
        };
        regions.at(HOME).set(home);
        let error = refused(&loader(&regions, &[WEST])).await;
        expect::missing(&error, "token", &how);
        assert_eq!(regions.at(WEST).requests(), 0, "{how:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_half_of_batch_fails_over() {
    let regions = InProcessRegions::with(&Ten::secrets());
    let broken = |name: &String| name.ends_with(['F', 'G', 'H', 'I', 'J']);
    let names = Ten::names();
    let home = names.iter().filter(|name| broken(name));
    let home = home.fold(Ten::secrets(), |secrets, name| {
        secrets.entry(name, Entry::refused("InternalServiceError", "failed"))
    });
    regions.at(HOME).set(home);
    let result = loader(&regions, &[WEST]).load_with_report::<Ten>().await;
    let (ten, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    ten.assert_right();
    assert_eq!(provided_by(&report), [[HOME; 5], [WEST; 5]].concat());
    assert_eq!(regions.at(WEST).tally(), "1 batch, 0 gets");
    let requested = regions.at(WEST).calls().all();
    assert!(requested.iter().flat_map(|call| &call.ids).all(broken));
    // The batch, and three attempts of each single call.
    assert!(regions.at(HOME).requests() <= 1 + 5 * 3);
}

#[tokio::test(start_paused = true)]
async fn throttled_batch_uses_gets_before_failover() {
    let regions = pocket_everywhere();
    let throttled = |call: &Call| call.is_batch().then(FakeResponse::throttled);
    regions.at(HOME).set(pocket().when(throttled));
    let report = loaded(&loader(&regions, &[WEST])).await;
    assert_eq!(provided_by(&report), [HOME, HOME]);
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 2 gets"]);
}

#[tokio::test(start_paused = true)]
async fn denied_batch_uses_gets_before_failover() {
    let regions = pocket_everywhere();
    regions.at(HOME).set(pocket().without_batch());
    let report = loaded(&loader(&regions, &[WEST])).await;
    assert_eq!(provided_by(&report), [HOME, HOME]);
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 2 gets"]);
}

#[tokio::test(start_paused = true)]
async fn transient_failure_is_retried_at_home() {
    let regions = pocket_everywhere();
    for response in [FakeResponse::close(), FakeResponse::internal()] {
        regions.clear();
        regions.at(HOME).set(pocket().at_first(2, response));
        let began = Instant::now();
        let report = loaded(&loader(&regions, &[WEST])).await;
        assert_eq!(provided_by(&report), [HOME, HOME]);
        assert_eq!(regions.tallies(), ["us-east-1: 3 batches, 0 gets"]);
        assert!(began.elapsed() < SECOND);
    }
}
