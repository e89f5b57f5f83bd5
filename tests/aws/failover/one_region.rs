//! All requests of one load for the same secret get the result of one region.

use std::collections::BTreeSet;

use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, WEST, provided_by};
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager, Random, seeds};

use super::{Thrice, loader, token_of};

const SEEDS: u64 = 100;

/// Asserts that all values of a load are of one region, and returns it.
#[track_caller]
fn only_region(thrice: &Thrice, provided: &[&str]) -> String {
    let region = provided[0];
    assert_eq!(provided, [region; 3]);
    let current = format!("current of {region}");
    assert_eq!([&thrice.by_name, &thrice.by_arn], [&current, &current]);
    assert_eq!(thrice.previous, format!("previous of {region}"));
    region.to_owned()
}

fn regions() -> InProcessRegions {
    let regions = InProcessRegions::with(&FakeSecretsManager::new());
    for region in [HOME, WEST, IRELAND] {
        regions.at(region).set(token_of(region));
    }
    regions
}

fn fails(response: fn() -> FakeResponse, is_meant: fn(&Call) -> bool) -> FakeSecretsManager {
    token_of(HOME).when(move |call| is_meant(call).then(response))
}

#[tokio::test(start_paused = true)]
async fn failed_version_moves_whole_secret() {
    let is_previous = |call: &Call| call.version_stage.as_deref() == Some("AWSPREVIOUS");
    for response in [
        FakeResponse::internal,
        FakeResponse::hang,
        FakeResponse::close,
    ] {
        let regions = regions();
        regions.at(HOME).set(fails(response, is_previous));
        let loader = loader(&regions, &[WEST]);
        let result = loader.load_with_report::<Thrice>().await;
        let (thrice, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
        assert_eq!(only_region(&thrice, &provided_by(&report)), WEST);
        assert_eq!(regions.at(WEST).tally(), "1 batch, 1 get");
        assert!(regions.at(HOME).requests() <= 4);
    }
}

#[tokio::test(start_paused = true)]
async fn failed_current_version_moves_previous() {
    let regions = regions();
    regions
        .at(HOME)
        .set(fails(FakeResponse::internal, |call: &Call| {
            call.version_stage.as_deref() != Some("AWSPREVIOUS")
        }));
    let result = loader(&regions, &[WEST]).load_with_report::<Thrice>().await;
    let (thrice, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(only_region(&thrice, &provided_by(&report)), WEST);
}

#[tokio::test(start_paused = true)]
async fn replica_without_version_is_not_mixed() {
    let regions = regions();
    let is_previous = |call: &Call| call.version_stage.as_deref() == Some("AWSPREVIOUS");
    regions
        .at(HOME)
        .set(fails(FakeResponse::internal, is_previous));
    let current = FakeSecretsManager::new().text("TOKEN", "current of us-west-2");
    regions.at(WEST).set(current);
    let alone = loader(&regions, &[WEST]).load::<Thrice>().await;
    assert!(alone.is_err(), "no region has both versions");
    let result = loader(&regions, &[WEST, IRELAND])
        .load_with_report::<Thrice>()
        .await;
    let (thrice, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(only_region(&thrice, &provided_by(&report)), IRELAND);
}

/// Each region fails at random, by operation and version.
#[test]
fn random_failures_never_mix_regions() {
    let outcomes = std::sync::Mutex::new(BTreeSet::new());
    seeds::each_in_paused_time(SEEDS, |seed| {
        let outcomes = &outcomes;
        async move {
            let regions = regions();
            for (nth, region) in [HOME, WEST, IRELAND].into_iter().enumerate() {
                let seed = seed * 3 + u64::try_from(nth).unwrap();
                regions
                    .at(region)
                    .set(token_of(region).when(move |call| fault(call, seed)));
            }
            let loader = loader(&regions, &[WEST, IRELAND]);
            for _ in 0..2 {
                let result = loader.load_with_report::<Thrice>().await;
                let region =
                    result.map(|(thrice, report)| only_region(&thrice, &provided_by(&report)));
                outcomes.lock().unwrap().insert(region.ok());
            }
        }
    });
    if std::env::var_os("FROM_SECRETS_SEED").is_none() {
        let outcomes = outcomes.into_inner().unwrap();
        assert_eq!(outcomes.len(), 4, "all regions and an error: {outcomes:?}");
    }
}

/// Returns the same fault for all attempts of a call.
fn fault(call: &Call, seed: u64) -> Option<FakeResponse> {
    let kind = match (call.is_batch(), &call.version_stage) {
        (true, _) => 1,
        (false, Some(stage)) if stage == "AWSPREVIOUS" => 2,
        (false, _) => 3,
    };
    let mut random = Random::new(seed * 4 + kind);
    match random.below(8) {
        0 => Some(FakeResponse::internal()),
        1 => Some(FakeResponse::throttled()),
        2 => Some(FakeResponse::close()),
        3 => Some(FakeResponse::hang()),
        4 => Some(FakeResponse::error("ExpiredTokenException", "expired")),
        _ => None,
    }
}
