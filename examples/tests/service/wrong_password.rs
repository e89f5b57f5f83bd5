//! A wrong password.

use std::time::{Duration, Instant};

use from_secrets_tests::canary;

use crate::load::Load;
use crate::process::Service;
use crate::scenario::Scenario;
use crate::{fit, until};

/// The minimum time between refreshes for rejected passwords.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_causes_few_requests() {
    let scenario = Scenario::new("wrong", &canary::value("right")).await;
    scenario.store(&canary::value("wrong")).await;
    let mut command = scenario.service();
    command
        .env(
            "SECRETS_MIN_REFRESH_INTERVAL",
            MIN_REFRESH_INTERVAL.as_secs_f64().to_string(),
        )
        .env("SECRETS_ROTATION_WINDOW", "0.5");
    let service = Service::start(&mut command).await;
    let began = Instant::now();
    let mut load = Load::on(&service.url);

    until("the clients have responses", async || {
        load.responses() >= 300
    })
    .await;
    load.stop().await;

    let max_requests = 1 + fit(MIN_REFRESH_INTERVAL, began.elapsed());
    assert_eq!(load.errors(), load.responses());
    let requested = scenario.requested();
    assert!(
        requested <= max_requests,
        "{requested} requests, expected at most {max_requests}"
    );
    let notes = reqwest::get(format!("{}/notes", service.url))
        .await
        .unwrap();
    assert_eq!(notes.status(), 503);
    assert_eq!(notes.text().await.unwrap(), "the database is not available");
    let written = service.stop().await;
    assert!(written.contains("password authentication failed"));
}
