//! A refresh sends as few requests as a load, and concurrent callers share one.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use from_secrets::live::{RefreshOutcome, Subscriber};
use from_secrets::{FromSecrets, Live};
use from_secrets_tests::{FakeAws, FakeSecretsManager};

use crate::{PATIENCE, on_access, pocket, started};
use from_secrets_tests::structs::{Pocket, Ten};

#[tokio::test]
async fn ten_secrets_are_refreshed_by_batch() {
    let aws = FakeAws::start(Ten::secrets());
    let live = Live::<Ten>::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .load()
        .await
        .unwrap();
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("1 batch, 0 gets", 1)
    );
    live.get().unwrap().assert_right();
}

#[tokio::test]
async fn json_secret_is_refreshed_by_get() {
    #[derive(FromSecrets)]
    #[secrets("prod/db")]
    struct Database {
        host: String,
        port: u16,
        replica: Option<String>,
    }
    let aws = FakeAws::start(
        FakeSecretsManager::new().text("prod/db", r#"{"host": "h", "port": "5432"}"#),
    );
    let live = Live::<Database>::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .load()
        .await
        .unwrap();
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(
        (aws.tally().as_str(), aws.connections()),
        ("0 batches, 1 get", 1)
    );
    let database = live.get().unwrap();
    assert_eq!((database.host.as_str(), database.port), ("h", 5432));
    assert_eq!(database.replica, None);
}

#[tokio::test]
async fn denied_batches_are_not_sent_again() {
    let aws = FakeAws::start(Ten::secrets().without_batch());
    let live = Live::<Ten>::builder()
        .loader(aws.loader())
        .background_refresh(false)
        .load()
        .await
        .unwrap();
    assert_eq!(aws.tally(), "1 batch, 10 gets");
    aws.calls().clear();
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
    assert_eq!(aws.tally(), "0 batches, 10 gets");
}

/// On one thread, every caller joins before the first request is sent.
#[tokio::test]
async fn thousand_callers_share_one_request() {
    let (aws, _) = started();
    let live = on_access(&aws).load().await.unwrap();
    aws.calls().clear();
    let callers: Vec<_> = (0..1_000)
        .map(|i| {
            let live = live.clone();
            tokio::spawn(async move {
                if i % 2 == 0 {
                    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Unchanged);
                } else {
                    live.get_fresh().await.unwrap();
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
async fn access_within_ttl_sends_no_request() {
    let (aws, _) = started();
    let live = Live::<Pocket>::builder()
        .loader(aws.loader())
        .ttl(PATIENCE * 100);
    let live = live.background_refresh(false).load().await.unwrap();
    for _ in 0..1_000 {
        live.get().unwrap();
        live.get_fresh().await.unwrap();
    }
    assert_eq!(aws.tally(), "1 batch, 0 gets");
}

#[tokio::test]
async fn unchanged_version_notifies_no_subscriber() {
    let (aws, secrets) = started();
    let live = on_access(&aws).load().await.unwrap();
    let mut changes = live.subscribe();
    live.get_fresh().await.unwrap();
    assert!(!has_changed(&mut changes).await);
    secrets.set(pocket(2));
    live.get_fresh().await.unwrap();
    assert!(has_changed(&mut changes).await);
    live.get_fresh().await.unwrap();
    assert!(!has_changed(&mut changes).await);
    assert_eq!(aws.tally(), "4 batches, 0 gets");
}

/// Polls the subscriber once.
async fn has_changed(changes: &mut Subscriber<Pocket>) -> bool {
    let mut next = pin!(changes.changed());
    poll_fn(|context| Poll::Ready(next.as_mut().poll(context).is_ready())).await
}
