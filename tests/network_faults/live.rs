//! `Live` while the network fails.

use std::time::Duration;

use from_secrets::Live;
use from_secrets::live::StalePolicy;
use from_secrets_tests::network_faults::{FaultPlan, Network};
use from_secrets_tests::{Random, seeds};
use tokio::time::{Instant, sleep};

use crate::configs::{Judged, Middle, judge, judge_latest};
use crate::rotating::Rotating;

const SEEDS: u64 = 40;
const TIMEOUT: Duration = Duration::from_secs(2);
const TTL: Duration = Duration::from_mins(1);
/// The most refreshes on demand that are started.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(1);
const TOLERANCE: Duration = Duration::from_millis(5);

#[test]
fn network_faults_never_mix_versions() {
    seeds::each_in_paused_time(SEEDS, any_fault_plan);
}

async fn any_fault_plan(seed: u64) {
    let mut random = Random::new(seed ^ 0x11FE);
    let secrets = Rotating::new(Middle::SECRETS, seed);
    let plan = FaultPlan::by_seed(seed, Duration::from_secs(1));
    let network = Network::new(secrets.clone(), plan);
    let Some(live) = loaded(&network, &mut random).await else {
        return;
    };
    for _ in 0..8 {
        step(&live, &secrets, &mut random).await;
    }
    network.plan().clears();
    secrets.rests();
    sleep(Duration::from_secs(30)).await;
    // A refresh that is in progress during a rotation does not count as the refresh after it.
    let earlier = tokio::spawn({
        let live = live.clone();
        async move { live.refresh().await.is_ok() }
    });
    sleep(Duration::from_millis(random.below(100) as u64)).await;
    secrets.rotate();
    assert!(
        live.refresh().await.is_ok(),
        "a refresh failed after the faults"
    );
    assert!(earlier.await.unwrap_or_default());
    let config = live.get().unwrap_or_else(|stale| panic!("{stale}"));
    judge_latest(&*config, &secrets);
    let status = live.status();
    assert_eq!(status.failures(), 0);
    assert!(status.age() <= TIMEOUT);
}

/// With faults, the first load can fail.
async fn loaded(network: &Network, random: &mut Random) -> Option<Live<Middle>> {
    let stale_policy = *random.one_of(&[
        StalePolicy::ServeStale,
        StalePolicy::Wait(Duration::from_millis(500)),
    ]);
    for _ in 0..5 {
        let live = Live::builder()
            .loader(network.loader().timeout(TIMEOUT))
            .ttl(TTL)
            .min_refresh_interval(MIN_REFRESH_INTERVAL)
            .stale_policy(stale_policy)
            .load()
            .await;
        if let Ok(live) = live {
            return Some(live);
        }
    }
    None
}

async fn step(live: &Live<Middle>, secrets: &Rotating, random: &mut Random) {
    let began = Instant::now();
    let most = match random.below(6) {
        0 => {
            sleep(TTL.mul_f64(1.5)).await;
            return;
        }
        1 => {
            secrets.rotate();
            return;
        }
        2 => {
            let _ = live.refresh().await;
            // A refresh that is in progress may have to end first.
            MIN_REFRESH_INTERVAL + 2 * TIMEOUT
        }
        3 => {
            // A caller can stop waiting.
            let patience =
                Duration::from_millis(u64::try_from(random.below(3000)).unwrap_or_default());
            let _ = tokio::time::timeout(patience, live.refresh()).await;
            patience
        }
        4 => {
            let _ = live.get_fresh().await;
            TIMEOUT
        }
        _ => Duration::ZERO,
    };
    let took = began.elapsed();
    assert!(
        took <= most + TOLERANCE,
        "took {took:?}, more than {most:?}"
    );
    judge(&*live.last_good(), secrets);
}
