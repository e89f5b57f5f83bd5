//! Replicas that do not have the secret.

use from_secrets::source::{Env, SourceErrorKind};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::regions::{HOME, IRELAND, WEST, provided_by, replicated};
use from_secrets_tests::{FakeResponse, FakeSecretsManager, expect};

use super::{loaded, loader, pocket_everywhere, refused};
use from_secrets_tests::structs::pocket;

fn only_key() -> FakeSecretsManager {
    FakeSecretsManager::new().text("POCKET_KEY", "the key")
}

#[tokio::test(start_paused = true)]
async fn replica_without_secret_keeps_home_error() {
    for (west, expected) in [
        (only_key(), "no such secret"),
        (only_key().denied("POCKET_TOKEN"), "denied"),
    ] {
        let regions = pocket_everywhere();
        regions.at(HOME).fail(FakeResponse::internal());
        regions.at(WEST).set(west);
        let error = refused(&loader(&regions, &[WEST])).await;
        assert_eq!(expect::failed(&error), ["token"]);
        let failure = expect::failure(&error, "token", SourceErrorKind::Internal);
        assert_eq!(failure.code(), Some("InternalServiceError"));
        expect::details(&error, &["us-west-2", expected]);
        assert!(regions.at(HOME).requests() <= 3);
        // A denied entry is requested alone, too.
        assert!(regions.at(WEST).requests() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn incomplete_replica_leads_to_next() {
    for west in [only_key(), only_key().denied("POCKET_TOKEN")] {
        let regions = pocket_everywhere();
        regions.at(HOME).fail(FakeResponse::throttled());
        regions.at(WEST).set(west);
        let report = loaded(&loader(&regions, &[WEST, IRELAND])).await;
        assert_eq!(provided_by(&report), [WEST, IRELAND]);
        assert_eq!(regions.at(IRELAND).tally(), "0 batches, 1 get");
    }
}

#[tokio::test(start_paused = true)]
async fn failures_of_all_regions_are_reported() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::throttled());
    regions.at(WEST).fail(FakeResponse::internal());
    regions.at(IRELAND).fail(FakeResponse::close());
    let error = refused(&loader(&regions, &[WEST, IRELAND])).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, SourceErrorKind::Throttled);
        assert_eq!(failure.code(), Some("ThrottlingException"));
    }
    expect::details(&error, &["us-west-2", "eu-west-1", "InternalServiceError"]);
    assert!(regions.at(HOME).requests() <= 7);
    for replica in [WEST, IRELAND] {
        let requests = regions.at(replica).requests();
        assert!((1..=3).contains(&requests), "{replica}: {requests}");
    }
}

#[tokio::test(start_paused = true)]
async fn missing_replica_does_not_fall_back() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::internal());
    regions.at(WEST).set(FakeSecretsManager::new());
    let old = Env::from_vars([("POCKET_KEY", "old"), ("POCKET_TOKEN", "old")]);
    let loader = Loader::new()
        .env(old)
        .source(replicated(regions.client(), &[WEST]))
        .source(Env::new());
    let error = refused(&loader).await;
    assert_eq!(expect::failed(&error), ["key", "token"]);
    expect::not_requested(&error, "key", "env");
}

#[tokio::test(start_paused = true)]
async fn replica_without_batches_uses_gets() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::close());
    regions.at(WEST).set(pocket().without_batch());
    let report = loaded(&loader(&regions, &[WEST])).await;
    assert_eq!(provided_by(&report), [WEST, WEST]);
    assert_eq!(regions.at(WEST).tally(), "1 batch, 2 gets");
}

/// Only the home region can prove that a secret does not exist.
#[tokio::test(start_paused = true)]
async fn missing_replica_is_not_an_absence() {
    #[derive(Debug, FromSecrets)]
    struct Optional {
        #[secret(name = "POCKET_KEY", env = false)]
        key: String,
        #[secret(name = "POCKET_TOKEN", env = false)]
        token: Option<String>,
    }
    for failure in [FakeResponse::close(), FakeResponse::hang()] {
        let regions = pocket_everywhere();
        let loader = loader(&regions, &[WEST]);
        regions.at(HOME).fail(failure);
        regions.at(WEST).set(only_key());
        // The second load requests the replica first.
        for _ in 0..2 {
            let error = loader.load::<Optional>().await.unwrap_err();
            assert_eq!(expect::failed(&error), ["token"]);
            expect::failure(&error, "token", SourceErrorKind::Unreachable);
        }
        regions.at(HOME).set(only_key());
        let optional = loader.load::<Optional>().await.unwrap();
        assert_eq!((optional.key.as_str(), optional.token), ("the key", None));
    }
}

#[tokio::test(start_paused = true)]
async fn incomplete_replica_leads_back_to_home() {
    let regions = pocket_everywhere();
    let loader = loader(&regions, &[WEST]);
    regions.at(HOME).fail(FakeResponse::close());
    loaded(&loader).await;
    regions.at(HOME).set(pocket());
    regions.at(WEST).set(only_key());
    regions.clear();
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, HOME]);
    assert_eq!(
        regions.tallies(),
        ["us-east-1: 0 batches, 1 get", "us-west-2: 1 batch, 0 gets"]
    );
}
