//! `Live` for hours, while calm, faults and outages alternate and secrets rotate. A seed has three simulated hours.

use std::time::Duration;

use from_secrets::Live;
use from_secrets_tests::network_faults::{ALL_FAULTS, Fault, FaultPlan, Network};
use from_secrets_tests::{Random, seeds};
use tokio::time::sleep;

use crate::configs::{Judged, Middle, judge, judge_latest};
use crate::rotating::Rotating;

const SEEDS: u64 = 2;
const MINUTES: usize = 3 * 60;
const MINUTE: Duration = Duration::from_mins(1);
const TIMEOUT: Duration = Duration::from_secs(2);
const TTL: Duration = Duration::from_mins(5);
const MAX_STALE: Duration = Duration::from_mins(30);
/// The pauses after failed refreshes.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(2));
/// The calm minutes after which a refresh has succeeded, and one more has loaded later rotations.
const SETTLED: usize = 2 + 5 + 1;
/// The attempts of each request.
const ATTEMPTS: usize = 3;

#[test]
fn changing_faults_never_break_bounds() {
    seeds::each_in_paused_time(SEEDS, any_hours);
}

async fn any_hours(seed: u64) {
    let mut random = Random::new(seed ^ 0xDA7);
    let secrets = Rotating::new(Middle::SECRETS, seed);
    secrets.rests();
    let plan = FaultPlan::of(Random::new(seed), 0, &ALL_FAULTS, Duration::from_secs(1));
    let network = Network::new(secrets.clone(), plan);
    let loader = network.loader().timeout(TIMEOUT);
    let live = Live::<Middle>::builder()
        .loader(loader)
        .ttl(TTL)
        .max_stale(MAX_STALE)
        .backoff(BACKOFF.0, BACKOFF.1);
    let live = live.load().await.expect("a load without faults");
    let (mut calm, mut left, mut steady) = (0, 0, 0);
    for _ in 0..MINUTES {
        if left == 0 {
            left = 1 + random.below(60);
            change(network.plan(), &mut random);
            calm = 0;
        }
        if random.in_a_hundred(2) {
            secrets.rotate();
            steady = 0;
        }
        sleep(MINUTE).await;
        left -= 1;
        steady += 1;
        calm = if network.plan().is_clear() {
            calm + 1
        } else {
            0
        };
        check(&live, &secrets, calm.min(steady) >= SETTLED);
    }
    // A refresh each half minute at most, on average.
    let most = 2 * MINUTES * Middle::REQUESTS * ATTEMPTS;
    assert!(network.plan().requests() <= most);
}

/// Begins calm, faults or an outage.
fn change(plan: &FaultPlan, random: &mut Random) {
    plan.clears();
    match random.below(4) {
        0 | 1 => {}
        2 => plan.set(*random.one_of(&[10, 30, 60]), &ALL_FAULTS),
        _ => plan.set(100, &[*random.one_of(&[Fault::Cut, Fault::Stalled])]),
    }
}

fn check(live: &Live<Middle>, secrets: &Rotating, is_settled: bool) {
    judge(&*live.last_good(), secrets);
    let status = live.status();
    assert_eq!(status.is_stale(), status.age() > MAX_STALE);
    assert_eq!(live.get().is_err(), status.is_stale());
    if is_settled {
        assert!(status.age() <= TTL + TIMEOUT, "{:?}", status.age());
        assert_eq!(status.failures(), 0);
        let config = live.get().unwrap_or_else(|stale| panic!("{stale}"));
        judge_latest(&*config, secrets);
    }
}
