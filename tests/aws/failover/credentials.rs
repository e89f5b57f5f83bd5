//! Credentials that a region rejects, that are absent, or that take long.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::IdentityCache;
use from_secrets::Loader;
use from_secrets::source::{Env, SourceErrorKind};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::regions::{HOME, IRELAND, InProcessRegions, WEST, provided_by, replicated};
use from_secrets_tests::{FakeResponse, expect, sdk};
use tokio::time::{Instant, sleep};

use super::{SECOND, TIMEOUT, loaded, loader, pocket_everywhere, refused};
use from_secrets_tests::structs::{Pocket, pocket};

#[tokio::test(start_paused = true)]
async fn credentials_rejected_at_home_fail_over() {
    for code in [
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
    ] {
        let regions = pocket_everywhere();
        regions
            .at(HOME)
            .fail(FakeResponse::error(code, "The token is invalid."));
        let report = loaded(&loader(&regions, &[WEST])).await;
        assert_eq!(provided_by(&report), [WEST, WEST], "{code}");
        assert_eq!(regions.at(HOME).tally(), "1 batch, 0 gets", "{code}");
        assert_eq!(regions.at(WEST).tally(), "1 batch, 0 gets", "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_rejected_everywhere_are_an_error() {
    let regions = pocket_everywhere();
    for region in [HOME, WEST, IRELAND] {
        let rejection = FakeResponse::error("ExpiredTokenException", "The token has expired.");
        regions.at(region).fail(rejection);
    }
    let error = refused(&loader(&regions, &[WEST, IRELAND])).await;
    for field in ["key", "token"] {
        let failure = expect::failure(&error, field, SourceErrorKind::Credentials);
        assert_eq!(failure.code(), Some("ExpiredTokenException"));
    }
    for region in [HOME, WEST, IRELAND] {
        assert_eq!(regions.at(region).requests(), 1, "{region}");
    }
}

/// Needs this time for credentials, or does not get any.
#[derive(Debug)]
struct Slow(Option<Duration>);

impl ProvideCredentials for Slow {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let Some(delay) = self.0 else {
                return Err(CredentialsError::provider_error("the login has expired"));
            };
            sleep(delay).await;
            Ok(sdk::root())
        })
    }
}

/// Returns credentials, except for the third request.
#[derive(Debug, Default)]
struct Renewed(AtomicU32);

impl ProvideCredentials for Renewed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match self.0.fetch_add(1, Ordering::Relaxed) {
            2 => Err(CredentialsError::provider_error("the login has expired")),
            _ => Ok(sdk::root()),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn credential_failure_leaves_outage_unchanged() {
    let regions = pocket_everywhere();
    let config = regions
        .config()
        .credentials_provider(Renewed::default())
        .identity_cache(IdentityCache::no_cache());
    let loader = Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .source(replicated(Client::from_conf(config.build()), &[WEST]))
        .timeout(TIMEOUT);
    regions.at(HOME).fail(FakeResponse::error(
        "InvalidClientTokenId",
        "The token is invalid.",
    ));
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
    regions.clear();
    for _ in 0..2 {
        match loader.load_with_report::<Pocket>().await {
            Ok((_, report)) => assert_eq!(provided_by(&report), [WEST, WEST]),
            Err(error) => drop(expect::details(&error, &["the login has expired"])),
        }
    }
    assert_eq!(regions.at(HOME).requests(), 0, "the outage continues");
}

fn loader_with(regions: &InProcessRegions, credentials: Slow) -> Loader {
    let config = regions.config().credentials_provider(credentials);
    let config = config.identity_cache(IdentityCache::lazy().build());
    let client = Client::from_conf(config.build());
    Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .source(replicated(client, &[WEST]))
        .timeout(TIMEOUT)
}

#[tokio::test(start_paused = true)]
async fn absent_credentials_send_no_request() {
    let regions = pocket_everywhere();
    let began = Instant::now();
    let error = refused(&loader_with(&regions, Slow(None))).await;
    expect::failure(&error, "key", SourceErrorKind::Credentials);
    expect::details(&error, &["the login has expired"]);
    assert!(regions.tallies().is_empty());
    assert!(began.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn slow_credentials_cause_no_failover() {
    let regions = InProcessRegions::with(&pocket().latency(SECOND / 10));
    let logs = Logs::capture();
    let loader = loader_with(&regions, Slow(Some(TIMEOUT / 3 + SECOND)));
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
    assert_eq!(logs.warnings(), Vec::<String>::new());
    regions.clear();
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
    assert_eq!(regions.at(WEST).requests(), 0);
}
