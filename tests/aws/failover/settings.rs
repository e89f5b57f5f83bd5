//! The settings of replicas.

use from_secrets::source::{Env, SecretsManager, SourceErrorKind};
use from_secrets::{Error, Loader};
use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, WEST, provided_by};
use from_secrets_tests::{FakeResponse, expect};

use super::{TIMEOUT, loaded, loader, pocket_everywhere, refused};

/// Regions that cannot be regions, and the text that an error must quote.
const MALFORMED: [&str; 6] = [
    "us west 2",
    "us-west-2/",
    "us_west_2",
    "https://x",
    "a.b",
    "-",
];

#[track_caller]
fn assert_setting_is_named(error: &Error, named: &str) {
    for field in ["key", "token"] {
        expect::failure(error, field, SourceErrorKind::Configuration);
    }
    expect::details(error, &[named]);
}

#[tokio::test(start_paused = true)]
async fn duplicate_replica_is_a_configuration_error() {
    let regions = pocket_everywhere();
    let error = refused(&loader(&regions, &[WEST, IRELAND, WEST])).await;
    assert_setting_is_named(&error, WEST);
    assert!(!format!("{error:#}").contains(IRELAND), "{error:#}");
    assert!(regions.tallies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn malformed_replica_is_a_configuration_error() {
    for malformed in MALFORMED {
        let regions = pocket_everywhere();
        let error = refused(&loader(&regions, &[IRELAND, malformed])).await;
        assert_setting_is_named(&error, "`replica` in code");
        expect::details(&error, &["invalid region (number 2)"]);
        assert!(regions.tallies().is_empty(), "{malformed}");
    }
    let regions = pocket_everywhere();
    let error = refused(&loader(&regions, &[""])).await;
    assert_setting_is_named(&error, "replica");
    assert!(regions.tallies().is_empty());
}

#[tokio::test(start_paused = true)]
async fn home_among_replicas_is_skipped() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::close());
    let report = loaded(&loader(&regions, &[HOME, WEST])).await;
    assert_eq!(provided_by(&report), [WEST, WEST]);
    assert!(
        regions.at(HOME).requests() <= 3,
        "home is not requested twice"
    );
}

#[tokio::test(start_paused = true)]
async fn home_as_only_replica_adds_nothing() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::internal());
    let loader = loader(&regions, &[HOME]);
    for _ in 0..2 {
        regions.clear();
        let error = refused(&loader).await;
        expect::failure(&error, "key", SourceErrorKind::Internal);
        assert_eq!(regions.tallies(), ["us-east-1: 3 batches, 0 gets"]);
    }
}

/// Returns a loader with this environment variable.
fn with_variable(regions: &InProcessRegions, replicas: &str) -> Loader {
    let variables = [("FROM_SECRETS_REPLICA_REGIONS", replicas)];
    Loader::new()
        .env(Env::from_vars(variables))
        .client(regions.client())
        .timeout(TIMEOUT)
}

#[tokio::test(start_paused = true)]
async fn environment_variable_sets_replicas_in_order() {
    for variable in [
        "us-west-2,eu-west-1",
        "us-west-2, eu-west-1",
        "us-east-1,us-west-2,eu-west-1",
    ] {
        let regions = pocket_everywhere();
        regions.at(HOME).fail(FakeResponse::close());
        let report = loaded(&with_variable(&regions, variable)).await;
        assert_eq!(provided_by(&report), [WEST, WEST], "{variable}");
        assert_eq!(regions.at(WEST).tally(), "1 batch, 0 gets");
        assert_eq!(regions.at(IRELAND).requests(), 0);

        let regions = pocket_everywhere();
        regions.at(HOME).fail(FakeResponse::close());
        regions.at(WEST).fail(FakeResponse::close());
        let report = loaded(&with_variable(&regions, variable)).await;
        assert_eq!(provided_by(&report), [IRELAND, IRELAND], "{variable}");
    }
}

#[tokio::test(start_paused = true)]
async fn environment_variable_applies_to_listed_source() {
    let regions = pocket_everywhere();
    regions.at(HOME).fail(FakeResponse::close());
    let variables = [("FROM_SECRETS_REPLICA_REGIONS", WEST)];
    let loader = Loader::new()
        .env(Env::from_vars(variables))
        .source(SecretsManager::new().client(regions.client()));
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
}

/// One deployment has the same setting in each of its regions.
#[tokio::test(start_paused = true)]
async fn own_region_in_variable_is_skipped() {
    let regions = pocket_everywhere();
    regions.at(WEST).fail(FakeResponse::close());
    let loader = with_variable(&regions, "us-east-1,us-west-2").region(WEST);
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
    assert!((1..=3).contains(&regions.at(WEST).requests()));
}

#[tokio::test(start_paused = true)]
async fn empty_environment_variable_is_unset() {
    let regions = pocket_everywhere();
    let loader = with_variable(&regions, "");
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
    regions.at(HOME).fail(FakeResponse::close());
    let error = refused(&loader).await;
    expect::failure(&error, "key", SourceErrorKind::Unreachable);
    assert_eq!(regions.tallies(), ["us-east-1: 4 batches, 0 gets"]);
}

#[tokio::test(start_paused = true)]
async fn invalid_environment_variable_is_named() {
    let twice = [
        ("us-west-2,us-west-2", WEST),
        ("us-west-2,,eu-west-1", "(number 2)"),
    ];
    let malformed = MALFORMED.map(|region| (region, "(number 1)"));
    for (variable, named) in malformed.into_iter().chain(twice) {
        let regions = pocket_everywhere();
        let error = refused(&with_variable(&regions, variable)).await;
        assert_setting_is_named(&error, named);
        expect::details(&error, &["FROM_SECRETS_REPLICA_REGIONS"]);
        assert!(regions.tallies().is_empty(), "{variable}");
    }
}
