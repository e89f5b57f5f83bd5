//! Fleets of `Live` while the home region is down for half an hour, with replicas and without.
//!
//! Each instance has a client of the SDK with its defaults, and a struct of two secrets with the defaults of `Live`.
//! Time is paused, and the servers are in the process. The figures are written as a table:
//!
//! `FROM_SECRETS_INSTANCES=10000 cargo test -p from-secrets-tests --test region_outage -- --nocapture --test-threads 1`
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it writes its figures"
)]

mod fleet;
mod memory;
mod outage;
mod table;

use std::time::Duration;

use from_secrets_tests::FakeResponse;
use from_secrets_tests::seeds::paused_time;

use outage::Outage;

const SECOND: Duration = Duration::from_secs(1);
/// The deadline of a load.
const TIMEOUT: Duration = Duration::from_secs(10);
const TTL: Duration = Duration::from_mins(5);
/// The duration of the outage.
const OUTAGE: Duration = Duration::from_mins(30);
/// The delay of every response.
const LATENCY: Duration = Duration::from_millis(20);
/// The longest time for which a client avoids a region that has failed.
const LONGEST_BACKOFF: Duration = Duration::from_secs(375);
/// With fewer instances, all requests in one second are not more than the expected peak.
const LEAST_FOR_PEAKS: u32 = 100;
/// Three attempts of the SDK, with pauses of up to one and two seconds.
const LONGEST_ATTEMPTS: Duration = Duration::from_millis(3_200);

/// Returns the size of the fleet.
fn instances() -> u32 {
    let count = std::env::var("FROM_SECRETS_INSTANCES");
    count.map_or(10, |count| count.parse().expect("a number of instances"))
}

#[test]
fn hanging_region_is_survived_with_replica() {
    compare("hangs", &FakeResponse::hang(), 2);
}

#[test]
fn refusing_region_is_survived_with_replica() {
    compare("refuses connections", &FakeResponse::close(), 3);
}

#[test]
fn throttling_region_is_survived_with_replica() {
    // The batch, and three attempts of each single call.
    compare("throttles", &FakeResponse::throttled().after(LATENCY), 7);
}

/// Runs the same outage without replicas and with one.
fn compare(name: &str, response: &FakeResponse, attempts: u32) {
    let alone = paused_time(Outage::run(response, &[]));
    let replicated = paused_time(Outage::run(response, &[from_secrets_tests::regions::WEST]));
    table::write(name, &alone, &replicated);
    assert_outage_without_replica(&alone);
    assert_outage_with_replica(&replicated, attempts);
}

fn assert_outage_without_replica(outage: &Outage) {
    let fleet = instances();
    assert_eq!(outage.failed_starts, fleet, "nothing starts");
    assert!(outage.oldest + TTL >= OUTAGE, "{:?}", outage.oldest);
    assert_eq!(outage.at_replica.total(), 0);
    // The longest pause of `Live` after a failure.
    assert!(outage.all_back <= TTL + SECOND, "{:?}", outage.all_back);
}

fn assert_outage_with_replica(outage: &Outage, attempts: u32) {
    let fleet = instances();
    assert_eq!(outage.failed_starts, 0);
    let worst = TIMEOUT / 3 + LATENCY * 2 + SECOND / 10;
    assert!(outage.worst_start() <= worst, "{:?}", outage.worst_start());
    assert_eq!(outage.failing_seconds, 0);
    let oldest = TTL + LONGEST_ATTEMPTS + SECOND;
    assert!(outage.oldest <= oldest, "{:?}", outage.oldest);
    // Later, each instance probes the home region at most once in half of the longest backoff.
    outage
        .steady_at_home()
        .assert_total_of(fleet * attempts, LONGEST_BACKOFF / 2);
    let all_back = LONGEST_BACKOFF + TTL + SECOND * 2;
    assert!(outage.all_back <= all_back, "{:?}", outage.all_back);
    if fleet >= LEAST_FOR_PEAKS {
        let spread_over = TTL * 4 / 5;
        // Each refresh requests the replica once.
        outage.at_replica.assert_peak_of(fleet, spread_over);
        outage.at_home.assert_peak_of(fleet * attempts, spread_over);
        outage.at_home_after.assert_peak_of(fleet, spread_over);
    }
}
