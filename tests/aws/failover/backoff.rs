//! After a failover, loads skip the home region for a while, and then return to it.

use std::time::Duration;

use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::FakeResponse;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::regions::{HOME, InProcessRegions, WEST, provided_by, replicated};
use from_secrets_tests::structs::{Ten, pocket};
use tokio::time::{Instant, sleep};
use tracing::Level;

use super::{SECOND, TIMEOUT, TOLERANCE, assert_took, loaded, loader, pocket_everywhere, refused};

/// Longer than the first backoff, with its jitter.
const PAST_BACKOFF: Duration = Duration::from_secs(46);
const OUTAGE: Duration = Duration::from_mins(30);

fn failures() -> [FakeResponse; 3] {
    [
        FakeResponse::hang(),
        FakeResponse::close(),
        FakeResponse::internal(),
    ]
}

/// Servers whose home region fails, and a loader that has failed over.
async fn failed_over(failure: FakeResponse) -> (InProcessRegions, Loader) {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(failure);
    let loader = loader(&regions, &[WEST]);
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
    regions.clear();
    (regions, loader)
}

#[tokio::test(start_paused = true)]
async fn failed_home_is_skipped_during_backoff() {
    for failure in failures() {
        let (regions, loader) = failed_over(failure).await;
        for load in 1..=10 {
            let began = Instant::now();
            let report = loaded(&loader).await;
            assert_took(began, Duration::ZERO);
            assert_eq!(provided_by(&report), [WEST, WEST]);
            let batches = if load == 1 { "batch" } else { "batches" };
            assert_eq!(
                regions.tallies(),
                [format!("us-west-2: {load} {batches}, 0 gets")]
            );
            sleep(SECOND).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn home_is_first_again_after_backoff() {
    for failure in failures() {
        let (regions, loader) = failed_over(failure).await;
        regions.at(HOME).set(pocket());
        sleep(PAST_BACKOFF).await;
        for _ in 0..2 {
            regions.clear();
            let report = loaded(&loader).await;
            assert_eq!(provided_by(&report), [HOME, HOME]);
            assert_eq!(regions.tallies(), ["us-east-1: 1 batch, 0 gets"]);
        }
        // A single success ends the failover, so the next hang waits for a whole third again.
        regions.at(HOME).fail(FakeResponse::hang());
        let began = Instant::now();
        assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
        assert_took(began, TIMEOUT / 3);
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_home_is_probed_one_second() {
    let (regions, loader) = failed_over(FakeResponse::hang()).await;
    sleep(PAST_BACKOFF).await;
    let began = Instant::now();
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
    let took = began.elapsed();
    assert!(took <= SECOND + TOLERANCE, "{took:?}");
    assert_eq!(
        regions.tallies(),
        ["us-east-1: 1 batch, 0 gets", "us-west-2: 1 batch, 0 gets"]
    );
}

#[tokio::test(start_paused = true)]
async fn backoff_doubles_to_five_minutes() {
    for (failure, attempts) in failures().into_iter().zip([1, 3, 3]) {
        let (regions, loader) = failed_over(failure).await;
        let (began, mut loads, mut probes) = (Instant::now(), 0, Vec::new());
        while began.elapsed() < OUTAGE {
            let before = regions.at(HOME).requests();
            let load = Instant::now();
            assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
            assert!(load.elapsed() <= SECOND + TOLERANCE, "{:?}", load.elapsed());
            loads += 1;
            if regions.at(HOME).requests() > before {
                probes.push(Instant::now());
            }
            sleep(5 * SECOND).await;
        }
        assert!(
            regions.at(HOME).requests() <= probes.len() * attempts,
            "{probes:?}"
        );
        assert!(
            regions.at(WEST).requests() <= loads,
            "one batch for each load"
        );
        let gaps: Vec<Duration> = probes
            .windows(2)
            .map(|pair| pair[1].duration_since(pair[0]))
            .collect();
        let longest = gaps.iter().max().expect("several probes");
        assert!(
            (Duration::from_mins(2)..=Duration::from_secs(455)).contains(longest),
            "{gaps:?}"
        );
        // 30, 60, 120 and 240 s, and then 300 s; jitter shortens them by half at most.
        assert!((6..=18).contains(&probes.len()), "{probes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn failing_replica_leads_back_to_home() {
    for (home, west) in [
        (FakeResponse::hang(), FakeResponse::close()),
        (FakeResponse::close(), FakeResponse::internal()),
        (FakeResponse::close(), FakeResponse::hang()),
    ] {
        let (regions, loader) = failed_over(home).await;
        regions.at(HOME).set(pocket());
        regions.at(WEST).fail(west);
        let began = Instant::now();
        let report = loaded(&loader).await;
        assert_eq!(provided_by(&report), [HOME, HOME]);
        assert!(began.elapsed() <= TIMEOUT / 3 + TOLERANCE);
        assert_eq!(regions.at(HOME).tally(), "1 batch, 0 gets");
        assert!((1..=3).contains(&regions.at(WEST).requests()));
    }
}

#[tokio::test(start_paused = true)]
async fn outage_of_both_regions_stays_bounded() {
    let (regions, loader) = failed_over(FakeResponse::close()).await;
    regions.at(WEST).fail(FakeResponse::close());
    for _ in 0..3 {
        regions.clear();
        let began = Instant::now();
        let error = refused(&loader).await;
        assert_eq!(error.failed_fields().count(), 2);
        assert!(began.elapsed() < SECOND);
        for region in [HOME, WEST] {
            let requests = regions.at(region).requests();
            assert!((1..=3).contains(&requests), "{region}: {requests}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn loaders_with_one_source_share_backoff() {
    let regions = pocket_everywhere();
    let source = replicated(regions.client(), &[WEST]);
    regions.at(HOME).fail(FakeResponse::close());
    loaded(&Loader::new().source(source.clone())).await;
    regions.clear();
    loaded(&Loader::new().source(source)).await;
    assert_eq!(regions.tallies(), ["us-west-2: 1 batch, 0 gets"]);
}

#[tokio::test(start_paused = true)]
async fn failure_of_one_secret_keeps_home() {
    #[derive(FromSecrets)]
    struct Broken {
        #[secret(name = "BROKEN", env = false)]
        broken: String,
    }
    let regions = pocket_everywhere();
    let fails = |call: &from_secrets_tests::Call| {
        call.is_request_for("BROKEN").then(FakeResponse::internal)
    };
    for region in [HOME, WEST] {
        regions.at(region).set(pocket().text("BROKEN", "x"));
    }
    regions.at(HOME).set(pocket().when(fails));
    let loader = loader(&regions, &[WEST]);
    assert_eq!(
        loader
            .load::<Broken>()
            .await
            .ok()
            .map(|load| load.broken)
            .as_deref(),
        Some("x")
    );
    sleep(PAST_BACKOFF).await;
    regions.clear();
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
}

#[tokio::test(start_paused = true)]
async fn concurrent_loads_fail_over_together() {
    for failure in failures() {
        let regions = InProcessRegions::with(&Ten::secrets());
        regions.at(HOME).fail(failure);
        let loader = loader(&regions, &[WEST]);
        let load = || async {
            let result = loader.load_with_report::<Ten>().await;
            let (ten, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
            ten.assert_right();
            assert_eq!(provided_by(&report), [WEST; 10]);
        };
        tokio::join!(load(), load());
        assert!(regions.at(HOME).requests() <= 6);
        assert_eq!(regions.at(WEST).tally(), "2 batches, 0 gets");
        regions.clear();
        tokio::join!(load(), load());
        assert_eq!(regions.tallies(), ["us-west-2: 2 batches, 0 gets"]);
    }
}

#[tokio::test(start_paused = true)]
async fn failover_and_return_are_logged_once() {
    let logs = Logs::capture();
    let (regions, loader) = failed_over(FakeResponse::close()).await;
    for _ in 0..3 {
        loaded(&loader).await;
    }
    let warnings = logs.warnings();
    let [warning] = &warnings[..] else {
        panic!("{warnings:#?}")
    };
    assert!(
        warning.contains(HOME) && warning.contains(WEST),
        "{warning}"
    );
    let returns = || {
        let lines = logs.own().into_iter();
        let infos = lines.filter(|line| line.level == Level::INFO && line.text.contains(HOME));
        infos.count()
    };
    assert_eq!(returns(), 0);
    regions.at(HOME).set(pocket());
    sleep(PAST_BACKOFF).await;
    for _ in 0..3 {
        loaded(&loader).await;
    }
    assert_eq!(returns(), 1);
    assert_eq!(logs.warnings().len(), 1);
    assert!(!logs.text().contains("the token"));
}
