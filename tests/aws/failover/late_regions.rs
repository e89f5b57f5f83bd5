//! Regions that respond after a hedge.

use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::retry::RetryConfig;
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::logs::Logs;
use from_secrets_tests::regions::{
    HOME, IRELAND, InProcessRegions, TOKYO, WEST, provided_by, replicated,
};
use from_secrets_tests::{Call, FakeResponse, FakeSecretsManager};
use tokio::time::{Instant, sleep};

use super::{SECOND, TIMEOUT, assert_took, loaded, loader, pocket_everywhere};
use from_secrets_tests::structs::pocket;

const THIRD: Duration = Duration::from_secs(3);

/// A replica that home was faster than has not failed.
#[tokio::test(start_paused = true)]
async fn outrun_replica_stays_available() {
    let regions = pocket_everywhere();
    let logs = Logs::capture();
    let loader = loader(&regions, &[WEST, IRELAND]);
    regions.at(HOME).set(pocket().latency(THIRD + SECOND));
    regions.at(WEST).set(pocket().latency(THIRD));
    assert_eq!(provided_by(&loaded(&loader).await), [HOME, HOME]);
    assert!(regions.at(WEST).requests() > 0, "it is hedged");
    assert_eq!(logs.warnings(), Vec::<String>::new());
    regions.at(HOME).fail(FakeResponse::close());
    regions.at(WEST).set(pocket());
    regions.clear();
    assert_eq!(provided_by(&loaded(&loader).await), [WEST, WEST]);
    assert_eq!(regions.at(IRELAND).requests(), 0);
}

/// Requests for a stage are single calls.
#[derive(FromSecrets)]
struct TwoPrevious {
    #[secret(name = "ONE", version_stage = "AWSPREVIOUS", env = false)]
    one: String,
    #[secret(name = "TWO", version_stage = "AWSPREVIOUS", env = false)]
    two: String,
}

#[tokio::test(start_paused = true)]
async fn load_ends_with_last_needed_response() {
    let previous = |text: &str| Entry::text("new").version("AWSPREVIOUS", text);
    let secrets = FakeSecretsManager::new();
    let secrets = secrets
        .entry("ONE", previous("1"))
        .entry("TWO", previous("2"));
    let hangs = |name: &'static str| {
        let is_meant = move |call: &Call| call.is_request_for(name).then(FakeResponse::hang);
        secrets.clone().when(is_meant)
    };
    let regions = InProcessRegions::with(&secrets);
    regions.at(HOME).set(hangs("ONE").latency(THIRD + SECOND));
    regions.at(WEST).set(hangs("TWO"));
    // The only attempt of a call has the whole deadline.
    let config = regions.config().retry_config(RetryConfig::disabled());
    let client = Client::from_conf(config.build());
    let source = replicated(client, &[WEST]);
    let loader = Loader::new().source(source).timeout(TIMEOUT);
    let began = Instant::now();
    let result = loader.load_with_report::<TwoPrevious>().await;
    let (both, report) = result.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!([both.one, both.two], ["1", "2"]);
    assert_eq!(provided_by(&report), [WEST, HOME]);
    assert_took(began, THIRD + SECOND);
}

#[derive(FromSecrets)]
struct Elsewhere {
    #[secret(name = "POCKET_KEY", env = false)]
    key: String,
    #[secret(
        name = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:POCKET_TOKEN-AbCdEf",
        env = false
    )]
    token: String,
}

/// The home region hangs, and a third region is slower than the replica.
#[tokio::test(start_paused = true)]
async fn load_never_waits_for_hanging_home() {
    let regions = pocket_everywhere();
    let loader = loader(&regions, &[WEST]);
    regions.at(HOME).fail(FakeResponse::hang());
    loaded(&loader).await;
    sleep(Duration::from_secs(46)).await;
    regions.at(TOKYO).set(pocket().latency(2 * SECOND));
    let began = Instant::now();
    let elsewhere = loader.load::<Elsewhere>().await;
    let elsewhere = elsewhere.unwrap_or_else(|error| panic!("{error:#}"));
    assert_took(began, 2 * SECOND);
    assert_eq!(
        [&*elsewhere.key, &*elsewhere.token],
        ["the key", "the token"]
    );
}
