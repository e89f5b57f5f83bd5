//! A wrong password.

use std::time::{Duration, Instant};

use from_secrets_tests::canary;

use crate::load::Load;
use crate::process::Service;
use crate::world::World;
use crate::{fit, until};

/// The shortest time between refreshes for rejected passwords.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_password_causes_few_requests() {
    let world = World::new("wrong", &canary::value("right")).await;
    world.store(&canary::value("wrong")).await;
    let mut command = world.service();
    command
        .env(
            "SECRETS_MIN_REFRESH_INTERVAL",
            MIN_REFRESH_INTERVAL.as_secs_f64().to_string(),
        )
        .env("SECRETS_ROTATION_WINDOW", "0.5");
    let service = Service::start(&mut command).await;
    let began = Instant::now();
    let mut load = Load::on(&service.url);

    until("clients are answered", async || load.answers() >= 300).await;
    load.stop().await;

    let most_asked = 1 + fit(MIN_REFRESH_INTERVAL, began.elapsed());
    assert_eq!(load.errors(), load.answers());
    let asked = world.asked();
    assert!(asked <= most_asked, "{asked}, {most_asked} are enough");
    let notes = reqwest::get(format!("{}/notes", service.url))
        .await
        .unwrap();
    assert_eq!(notes.status(), 503);
    assert_eq!(notes.text().await.unwrap(), "the database is not available");
    let written = service.stop().await;
    assert!(written.contains("password authentication failed"));
}
