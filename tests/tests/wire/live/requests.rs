//! A refresh asks for no more than a load, and many callers for no more than one.

use from_secrets::{FromSecrets, Live, Refreshed};
use from_secrets_tests::{Scripted, Vault};

use super::{PATIENCE, on_access, pocket, started};
use crate::structs::{Pocket, Ten};

#[tokio::test]
async fn a_refresh_of_ten_secrets_is_one_batch_on_the_same_connection() {
    let aws = Scripted::start(Ten::vault());
    let live = Live::<Ten>::builder()
        .loader(aws.loader())
        .load()
        .await
        .unwrap();
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("1 batch, 0 gets", 1)
    );
    live.get().unwrap().assert_right();
}

#[tokio::test]
async fn a_refresh_of_one_json_secret_is_one_get() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        host: String,
        port: u16,
        replica: Option<String>,
    }
    let aws = Scripted::start(Vault::new().text("prod/db", r#"{"host": "h", "port": "5432"}"#));
    let live = Live::<Database>::builder()
        .loader(aws.loader())
        .load()
        .await
        .unwrap();
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 1 get", 1)
    );
    let database = live.get().unwrap();
    assert_eq!((database.host.as_str(), database.port), ("h", 5432));
    assert_eq!(database.replica, None);
}

#[tokio::test]
async fn batches_that_the_load_was_denied_are_not_tried_by_a_refresh() {
    let aws = Scripted::start(Ten::vault().without_batch());
    let live = Live::<Ten>::builder()
        .loader(aws.loader())
        .load()
        .await
        .unwrap();
    assert_eq!(aws.tally(), "1 batch, 10 gets");
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
    assert_eq!(aws.tally(), "0 batches, 10 gets");
}

/// On one thread every caller has joined before the first request is sent.
#[tokio::test]
async fn a_thousand_callers_at_once_are_one_request() {
    let (aws, _) = started();
    let live = on_access(&aws).load().await.unwrap();
    aws.calls().clear();
    let callers: Vec<_> = (0..1_000)
        .map(|i| {
            let live = live.clone();
            tokio::spawn(async move {
                if i % 2 == 0 {
                    assert_eq!(live.refresh().await.unwrap(), Refreshed::Unchanged);
                } else {
                    live.current().await.unwrap();
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn within_the_ttl_nobody_asks_for_anything() {
    let (aws, _) = started();
    let live = Live::<Pocket>::builder()
        .loader(aws.loader())
        .ttl(PATIENCE * 100);
    let live = live.timer(false).load().await.unwrap();
    for _ in 0..1_000 {
        live.get().unwrap();
        live.current().await.unwrap();
    }
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn a_version_that_is_the_same_is_told_to_nobody() {
    let (aws, secrets) = started();
    let live = on_access(&aws).load().await.unwrap();
    let mut changes = live.watch();
    live.current().await.unwrap();
    assert!(!changes.has_changed().unwrap());
    secrets.set(pocket(2));
    live.current().await.unwrap();
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    live.current().await.unwrap();
    assert!(!changes.has_changed().unwrap());
    assert_eq!(aws.tally(), "4 batches, 0 gets");
}
