//! The health page.

use from_secrets_tests::canary;

use crate::load::Load;
use crate::process::Service;
use crate::scenario::Scenario;
use crate::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_page_contains_versions() {
    let scenario = Scenario::new("healthy", &canary::value("first")).await;
    let service = Service::start(&mut scenario.service()).await;

    let (status, health) = service.health().await;

    assert_eq!(status, 200);
    assert_eq!(health["is_stale"], false);
    assert_eq!(health["failures"], 0);
    assert_eq!(health["derived_failures"], 0);
    assert!(health["last_error"].is_null(), "{health}");
    assert!(health["age"].as_f64().unwrap() < crate::TIMEOUT.as_secs_f64());
    assert_eq!(health["last_success"], health["last_attempt"]);
    let id = health["versions"]["database.password"].as_str().unwrap();
    service.follows(id).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outage_appears_on_health_page() {
    let scenario = Scenario::new("alone", &canary::value("first")).await;
    let service = Service::start(scenario.service().env("SECRETS_TTL", "0.2")).await;
    let mut load = Load::on(&service.url);
    load.moves_on().await;

    drop(scenario.secrets_manager);

    until("the failure is on the page", async || {
        let (status, health) = service.health().await;
        assert_eq!(status, 200);
        let error = health["last_error"].as_str().unwrap_or_default();
        error.contains("cannot load `Config`") && health["failures"] != 0
    })
    .await;
    load.moves_on().await;
    load.stop().await;
    assert_eq!(load.errors(), 0);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_old_secrets_return_503() {
    let scenario = Scenario::new("stale", &canary::value("first")).await;
    let mut command = scenario.service();
    command
        .env("SECRETS_TTL", "0.2")
        .env("SECRETS_TIMEOUT", "1")
        .env("SECRETS_MAX_STALE", "3");
    let service = Service::start(&mut command).await;

    drop(scenario.secrets_manager);

    until("the secrets are too old", async || {
        let (status, health) = service.health().await;
        assert_eq!(status == 503, health["is_stale"] == true, "{health}");
        status == 503
    })
    .await;
    let notes = reqwest::get(format!("{}/notes", service.url))
        .await
        .unwrap();
    assert_eq!(notes.status(), 503);
    assert_eq!(
        notes.text().await.unwrap(),
        "the service has no fresh credentials"
    );
    service.stop().await;
}
