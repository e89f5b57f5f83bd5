//! Failover to the regions that secrets are replicated to.
//!
//! All servers are in the process and time is paused, except in `sockets`.

mod backoff;
mod causes;
mod credentials;
mod hedge;
mod ids;
mod late_regions;
mod one_region;
mod replicas;
mod settings;
mod sockets;

use std::time::Duration;

use from_secrets::report::LoadReport;
use from_secrets::{Error, ExposeSecret, FromSecrets, Loader};
use from_secrets_tests::FakeSecretsManager;
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::regions::InProcessRegions;
use from_secrets_tests::structs::{Pocket, pocket};
use tokio::time::Instant;

/// The deadline of a load.
const TIMEOUT: Duration = Duration::from_secs(9);
/// Timers have a resolution of a millisecond, and retries pause for a few.
const TOLERANCE: Duration = Duration::from_millis(50);
const SECOND: Duration = Duration::from_secs(1);

/// Servers of all regions, each with both secrets of [`Pocket`].
fn pocket_everywhere() -> InProcessRegions {
    InProcessRegions::with(&pocket())
}

/// Returns a loader with the usual deadline.
fn loader(regions: &InProcessRegions, replicas: &[&str]) -> Loader {
    regions.loader(replicas).timeout(TIMEOUT)
}

/// Loads [`Pocket`], checks its values, and returns the report.
async fn loaded(loader: &Loader) -> LoadReport {
    let result = loader.load_with_report::<Pocket>().await;
    let (pocket, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    let values = (pocket.key.expose_secret(), pocket.token.expose_secret());
    assert_eq!(values, ("the key", "the token"));
    report
}

/// Loads [`Pocket`], and returns the error.
async fn refused(loader: &Loader) -> Error {
    let result = loader.load::<Pocket>().await;
    result.expect_err("no region provides the secrets")
}

/// Asserts that an output is ready at that time.
#[track_caller]
fn assert_took(began: Instant, expected: Duration) {
    let took = began.elapsed();
    let range = expected.saturating_sub(TOLERANCE)..=expected + TOLERANCE;
    assert!(range.contains(&took), "took {took:?}, not {expected:?}");
}

/// The same secret three times.
#[derive(FromSecrets)]
#[secrets(debug)]
struct Thrice {
    #[secret(name = "TOKEN", env = false)]
    by_name: String,
    #[secret(
        name = "arn:aws:secretsmanager:us-east-1:123456789012:secret:TOKEN-AbCdEf",
        env = false
    )]
    by_arn: String,
    #[secret(name = "TOKEN", version_stage = "AWSPREVIOUS", env = false)]
    previous: String,
}

/// The secret of [`Thrice`], with values of that region.
fn token_of(region: &str) -> FakeSecretsManager {
    let token = Entry::text(format!("current of {region}"));
    FakeSecretsManager::new().entry(
        "TOKEN",
        token.version("AWSPREVIOUS", format!("previous of {region}")),
    )
}
