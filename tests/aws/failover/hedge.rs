//! Hedges: requests to a replica while the home region does not respond.

use std::time::Duration;

use from_secrets::source::SourceErrorKind;
use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, WEST, provided_by};
use from_secrets_tests::{FakeResponse, FakeSecretsManager, expect};
use tokio::time::{Instant, sleep};

use super::{SECOND, TIMEOUT, TOLERANCE, assert_took, loaded, loader, pocket_everywhere, refused};
use from_secrets_tests::structs::pocket;

const THIRD: Duration = Duration::from_secs(3);

fn hang() -> FakeSecretsManager {
    FakeSecretsManager::new().when(|_| Some(FakeResponse::hang()))
}

/// Asserts that the region has received no request before that time, and one after it.
async fn assert_requested_at(regions: &InProcessRegions, region: &str, expected: Duration) {
    let early = expected.saturating_sub(SECOND / 10);
    sleep(early).await;
    assert_eq!(regions.at(region).requests(), 0, "before {early:?}");
    sleep(SECOND / 5).await;
    assert_eq!(regions.at(region).tally(), "1 batch, 0 gets");
}

#[tokio::test(start_paused = true)]
async fn unanswered_home_is_hedged_after_third() {
    let regions = pocket_everywhere();
    regions.at(HOME).set(hang());
    let began = Instant::now();
    let loader = loader(&regions, &[WEST]);
    let watch = assert_requested_at(&regions, WEST, THIRD);
    let (report, ()) = tokio::join!(
        async {
            let report = loaded(&loader).await;
            assert_took(began, THIRD);
            report
        },
        watch
    );
    assert_eq!(provided_by(&report), [WEST, WEST]);
    assert!(regions.at(HOME).requests() <= 2);
}

#[tokio::test(start_paused = true)]
async fn slow_home_is_not_hedged_early() {
    let regions = pocket_everywhere();
    regions.at(HOME).set(pocket().latency(2 * SECOND));
    let began = Instant::now();
    let report = loaded(&loader(&regions, &[WEST])).await;
    assert_took(began, 2 * SECOND);
    assert_eq!(provided_by(&report), [HOME, HOME]);
    assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 0 gets"]);
}

#[tokio::test(start_paused = true)]
async fn late_home_response_is_used() {
    let regions = pocket_everywhere();
    regions.at(HOME).set(pocket().latency(THIRD + SECOND));
    for west in [
        hang(),
        FakeSecretsManager::new(),
        FakeSecretsManager::new().when(|_| Some(FakeResponse::internal())),
    ] {
        regions.clear();
        regions.at(WEST).set(west);
        let began = Instant::now();
        // Without its own limit, an attempt ends after a third of the deadline.
        let loader = regions.loader(&[WEST]).timeout(TIMEOUT);
        let report = loaded(&loader).await;
        assert_eq!(provided_by(&report), [HOME, HOME]);
        assert!(began.elapsed() <= TIMEOUT);
        assert!(regions.at(WEST).requests() > 0, "it is hedged");
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_replica_leads_to_next() {
    let regions = pocket_everywhere();
    regions.at(HOME).set(hang());
    regions.at(WEST).set(hang());
    let began = Instant::now();
    let report = loaded(&loader(&regions, &[WEST, IRELAND])).await;
    assert_eq!(provided_by(&report), [IRELAND, IRELAND]);
    // At most a third of the time that is left: 3 s, and then 2 s.
    let took = began.elapsed();
    assert!(took <= THIRD + THIRD * 2 / 3 + TOLERANCE, "{took:?}");
    for region in [HOME, WEST] {
        let requests = regions.at(region).requests();
        assert!((1..=2).contains(&requests), "{region}: {requests}");
    }
}

#[tokio::test(start_paused = true)]
async fn failed_replica_leads_to_next() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::close());
    regions.at(WEST).fail(FakeResponse::internal());
    let began = Instant::now();
    let report = loaded(&loader(&regions, &[WEST, IRELAND])).await;
    assert_eq!(provided_by(&report), [IRELAND, IRELAND]);
    assert!(began.elapsed() < SECOND);
    assert!(regions.at(WEST).requests() <= 3);
}

#[tokio::test(start_paused = true)]
async fn hanging_regions_fail_at_deadline() {
    let regions = pocket_everywhere();
    for region in [HOME, WEST, IRELAND] {
        regions.at(region).set(hang());
    }
    let began = Instant::now();
    let error = refused(&loader(&regions, &[WEST, IRELAND])).await;
    assert!(began.elapsed() <= TIMEOUT + SECOND / 10);
    for field in ["key", "token"] {
        expect::failure(&error, field, SourceErrorKind::Unreachable);
    }
    for region in [HOME, WEST, IRELAND] {
        let requests = regions.at(region).requests();
        assert!((1..=3).contains(&requests), "{region}: {requests}");
    }
}

#[tokio::test(start_paused = true)]
async fn remaining_secrets_are_hedged_alone() {
    let regions = pocket_everywhere();
    let no_answer = pocket()
        .without_batch()
        .when(|call| call.is_request_for("POCKET_TOKEN").then(FakeResponse::hang));
    regions.at(HOME).set(no_answer);
    let report = loaded(&loader(&regions, &[WEST])).await;
    assert_eq!(provided_by(&report), [HOME, WEST]);
    let requested = regions.at(WEST).calls().all();
    assert!(requested.iter().all(|call| call.ids == ["POCKET_TOKEN"]));
    assert_eq!(regions.at(WEST).tally(), "0 batches, 1 get");
}
