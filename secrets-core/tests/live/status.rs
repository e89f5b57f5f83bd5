//! The status and the errors of a live struct contain everything except values.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::Secrets;

#[tokio::test(start_paused = true)]
async fn status_shows_versions_without_values() {
    let secrets = Secrets::new().token("canary 1");
    let live = secrets
        .load_live(|live| {
            live.background_refresh(false)
                .max_stale(Duration::from_hours(1))
        })
        .await;
    let versions = |live: &from_secrets::Live<_>| -> Vec<(String, Option<String>)> {
        let status = live.status();
        let versions = status.versions();
        versions
            .map(|(path, id)| (path.to_owned(), id.map(str::to_owned)))
            .collect()
    };
    let version = |path: &str, id: Option<&str>| (path.to_owned(), id.map(str::to_owned));
    assert_eq!(
        versions(&live),
        [
            version("token", Some("v2")),
            version("database.password", Some("v1")),
            version("database.port", Some("v1")),
            version("database.replica", None),
        ]
    );
    let secrets = secrets.token("canary 2");
    live.refresh().await.unwrap();
    assert_eq!(versions(&live)[0], version("token", Some("v3")));

    let _secrets = secrets
        .token("canary 3")
        .database(r#"{"password": "canary 4", "port": "canary"}"#);
    live.refresh().await.unwrap_err();
    assert_eq!(
        versions(&live)[0],
        version("token", Some("v3")),
        "what is served, not what was refused"
    );
    sleep(Duration::from_hours(2)).await;
    let stale = live.get_fresh().await.unwrap_err();
    let status = live.status();
    assert!(status.is_stale() && status.failures() == 2);
    for reported in [
        format!("{stale} {stale:?}"),
        format!("{status:?} {}", status.report()),
        format!("{:?} {:#}", live, status.last_error().unwrap()),
        format!("{:?}", live.last_good()),
        format!("{:?}", from_secrets::project!(live, database)),
    ] {
        assert!(!reported.contains("canary"), "{reported}");
    }
    assert!(format!("{stale:?}").contains("database.port"), "{stale:?}");
    assert!(
        !format!("{stale}").contains("database.port"),
        "the source of the error contains that: {stale}"
    );
}
