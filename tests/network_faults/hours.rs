//! `Live` for hours, in which faults, outages and rotations alternate. Each seed simulates three hours.

use std::time::Duration;

use from_secrets::Live;
use from_secrets_tests::network_faults::{ALL_FAULTS, Fault, FaultPlan, Network};
use from_secrets_tests::{Random, seeds};
use tokio::time::sleep;

use crate::configs::{Judged, Middle, judge, judge_latest};
use crate::rotating::Rotating;

const SEEDS: u64 = 2;
const MINUTE: Duration = Duration::from_mins(1);
const TIMEOUT: Duration = Duration::from_secs(2);
const TTL: Duration = Duration::from_mins(5);
const MAX_STALE: Duration = Duration::from_mins(30);
/// The first and the longest pause after failed refreshes.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(2));
/// The attempts of each request.
const ATTEMPTS: usize = 3;

/// The network for a while.
#[derive(Clone, Copy)]
enum Phase {
    Clear,
    Faulty,
    Outage,
}

/// The phases, in another order for each seed, and their minutes. One outage is longer than `MAX_STALE`.
const PHASES: [(Phase, u32); 6] = [
    (Phase::Clear, 30),
    (Phase::Clear, 20),
    (Phase::Faulty, 40),
    (Phase::Faulty, 20),
    (Phase::Outage, 10),
    (Phase::Outage, 45),
];

#[test]
fn changing_faults_never_break_bounds() {
    seeds::each_in_paused_time(SEEDS, three_hours);
}

async fn three_hours(seed: u64) {
    let mut random = Random::new(seed ^ 0xDA7);
    let secrets = Rotating::new(Middle::SECRETS, seed);
    secrets.rests();
    let plan = FaultPlan::of(Random::new(seed), 0, &ALL_FAULTS, Duration::from_secs(1));
    let network = Network::new(secrets.clone(), plan);
    let live = Live::<Middle>::builder()
        .loader(network.loader().timeout(TIMEOUT))
        .ttl(TTL)
        .max_stale(MAX_STALE)
        .backoff(BACKOFF.0, BACKOFF.1);
    let live = live.load().await.expect("a load without faults");
    let mut phases = PHASES;
    random.shuffle(&mut phases);
    let mut stale = 0;
    for (phase, minutes) in phases {
        begin(phase, network.plan(), &mut random);
        for _ in 0..minutes {
            if random.in_a_hundred(2) {
                secrets.rotate();
            }
            sleep(MINUTE).await;
            stale += u32::from(check(&live, &secrets));
        }
    }
    assert!(stale > 0, "the struct was never too old");
    assert_recovers(&live, &secrets, network.plan()).await;
    // A refresh each half minute at most, on average.
    let minutes: u32 = PHASES.iter().map(|(_, minutes)| minutes).sum();
    let refreshes = 2 * usize::try_from(minutes).expect("a small number");
    assert!(network.plan().requests() <= refreshes * Middle::REQUESTS * ATTEMPTS);
}

fn begin(phase: Phase, plan: &FaultPlan, random: &mut Random) {
    plan.clears();
    match phase {
        Phase::Clear => {}
        Phase::Faulty => plan.set(*random.one_of(&[10, 30, 60]), &ALL_FAULTS),
        Phase::Outage => plan.set(100, &[*random.one_of(&[Fault::Cut, Fault::Stalled])]),
    }
}

/// Checks the struct, and returns whether it is too old to be used.
fn check(live: &Live<Middle>, secrets: &Rotating) -> bool {
    judge(&*live.last_good(), secrets);
    let status = live.status();
    assert_eq!(status.is_stale(), status.age() > MAX_STALE);
    assert_eq!(live.get().is_err(), status.is_stale());
    status.is_stale()
}

/// Checks that the struct is the latest after the longest pause and one more refresh without faults.
async fn assert_recovers(live: &Live<Middle>, secrets: &Rotating, plan: &FaultPlan) {
    plan.clears();
    sleep(BACKOFF.1 + TIMEOUT).await;
    let status = live.status();
    assert_eq!(status.failures(), 0);
    assert!(status.age() <= TTL + TIMEOUT);
    secrets.rotate();
    sleep(TTL + TIMEOUT).await;
    let config = live.get().unwrap_or_else(|stale| panic!("{stale}"));
    judge_latest(&*config, secrets);
}
