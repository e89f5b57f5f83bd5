//! Rotation under load with the single-user strategy: the database gets a new password, and rejects the old one before
//! the secret has the new one.

use std::time::{Duration, Instant};

use from_secrets_tests::canary;
use tokio::process::Command;
use tokio::time::sleep;

use crate::load::Load;
use crate::process::Service;
use crate::scenario::Scenario;
use crate::{fit, until};

const ROTATIONS: u32 = 20;

/// The default minimum time between refreshes for rejected passwords.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(1);

/// Returns the service with short-lived connections.
fn always_connecting(scenario: &Scenario) -> Command {
    let mut service = scenario.service();
    service.env("CONNECTION_LIFETIME", "0.02");
    service
}

fn password(number: u32) -> String {
    canary::value(&number.to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "`--nocapture` shows the figures")]
async fn twenty_rotations_cause_no_errors() {
    let scenario = Scenario::new("rotation", &password(0)).await;
    let service = Service::start(&mut always_connecting(&scenario)).await;
    let mut load = Load::on(&service.url);
    let began = Instant::now();
    // Includes one background refresh.
    let mut max_requests = scenario.requested() + 1;

    for number in 1..=ROTATIONS {
        load.moves_on().await;
        let (rotation, refusals) = (Instant::now(), scenario.refusals());
        scenario.set_password(&password(number));
        // Every tenth rotation takes seconds.
        let gap = if number % 10 == 0 { 3_000 } else { 5 * number };
        sleep(Duration::from_millis(gap.into())).await;
        let version = scenario.store(&password(number)).await;
        service.follows(&version).await;
        until("the old password is rejected", async || {
            scenario.refusals() > refusals
        })
        .await;
        // The last refresh can start after the rotation.
        max_requests += fit(MIN_REFRESH_INTERVAL, rotation.elapsed()) + 1;
    }
    load.moves_on().await;
    load.stop().await;

    let took = began.elapsed();
    let (responses, requested, refusals) =
        (load.responses(), scenario.requested(), scenario.refusals());
    println!(
        "{responses} requests by clients, {ROTATIONS} rotations, {refusals} refused connections, {requested} requests to \
         Secrets Manager, {took:.1?}",
    );
    assert_eq!(load.errors(), 0, "of {responses}");
    assert!(
        requested <= max_requests,
        "{requested} requests, expected at most {max_requests}"
    );
    // Half of the responses are for new notes, which are stored exactly once.
    assert_eq!(service.latest_note().await, responses / 2);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zero_rotation_window_causes_errors() {
    let scenario = Scenario::new("without_window", &password(0)).await;
    let mut command = always_connecting(&scenario);
    let service = Service::start(command.env("SECRETS_ROTATION_WINDOW", "0")).await;
    let mut load = Load::on(&service.url);
    load.moves_on().await;
    assert_eq!(load.errors(), 0);

    scenario.set_password(&password(1));
    until("a client receives an error", async || load.errors() > 0).await;
    let version = scenario.store(&password(1)).await;

    service.follows(&version).await;
    load.stop().await;
    service.stop().await;
}
