//! AWS's agent in front of the fake server. The agent's cache is AWS's caching client for Rust.

use std::time::{Duration, Instant};

use from_secrets::source::{Env, FetchResult, MissingReason, SourceErrorKind};
use from_secrets::{FromSecrets, Loader};
use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::{Call, FakeAws, FakeSecretsManager, RealAgent, expect};

fn loader(agent: &RealAgent) -> Loader {
    let none = Env::from_vars::<&str, &str>([]);
    Loader::new().env(none).source(agent.source())
}

/// Counts the requests of an operation for a secret, by name or ARN.
fn count(aws: &FakeAws, operation: &str, name: &str) -> usize {
    let arn = FakeSecretsManager::arn("us-east-1", name);
    let is_counted = |call: &&Call| {
        call.operation == operation && (call.is_request_for(name) || call.is_request_for(&arn))
    };
    aws.calls().all().iter().filter(is_counted).count()
}

#[tokio::test]
async fn agent_serves_versions_and_bytes() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("agent/text")]
        text: String,
        #[secret("agent/text", version_stage = "AWSPREVIOUS", env = false)]
        previous: String,
        #[secret("agent/bytes", binary)]
        bytes: Vec<u8>,
    }

    let secrets = FakeSecretsManager::new()
        .entry(
            "agent/text",
            Entry::text("new").version("AWSPREVIOUS", "old"),
        )
        .binary("agent/bytes", &[0, 159, 255]);
    let aws = FakeAws::start(secrets);
    let agent = RealAgent::before(&aws.endpoint());
    for _ in 0..2 {
        let config: Config = loader(&agent).load().await.unwrap();
        assert_eq!((&*config.text, &*config.previous), ("new", "old"));
        assert_eq!(config.bytes, [0, 159, 255]);
    }
    assert_eq!(
        aws.tally(),
        "0 batches, 3 gets",
        "the second load is cached"
    );
}

#[tokio::test]
async fn agent_forwards_errors_of_the_service() {
    #[derive(Debug, FromSecrets)]
    #[expect(dead_code, reason = "never loaded")]
    struct Config {
        #[secret("agent/absent")]
        absent: String,
        #[secret("agent/no-value")]
        no_value: String,
        #[secret("agent/denied")]
        denied: String,
        #[secret("agent/deleted")]
        deleted: String,
    }

    let secrets = FakeSecretsManager::new()
        .denied("agent/denied")
        .entry("agent/no-value", Entry::without_value())
        .entry("agent/deleted", Entry::text("x").deleted());
    let aws = FakeAws::start(secrets);
    let agent = RealAgent::before(&aws.endpoint());
    let error = loader(&agent).load::<Config>().await.unwrap_err();
    for (path, reason) in [
        ("absent", MissingReason::Secret),
        ("no_value", MissingReason::Version),
    ] {
        let attempt = &expect::field(&error, path).attempts()[0];
        assert_eq!(*attempt.result(), FetchResult::Missing(reason), "{error:#}");
    }
    expect::failure(&error, "denied", SourceErrorKind::Denied);
    expect::failure(&error, "deleted", SourceErrorKind::ScheduledForDeletion);
}

#[tokio::test]
async fn expired_cache_reads_changed_secrets_only() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("agent/changed")]
        changed: String,
        #[secret("agent/unchanged")]
        unchanged: String,
    }

    /// The cache expires after a second. The rest is for a busy machine.
    const LONGEST: Duration = Duration::from_mins(1);
    let secrets = FakeSecretsManager::new();
    secrets.put("agent/changed", "first");
    secrets.put("agent/unchanged", "same");
    let aws = FakeAws::start(secrets.clone());
    let agent = RealAgent::with_ttl(&aws.endpoint(), Duration::from_secs(1));
    let loader = loader(&agent);
    let first: Config = loader.load().await.unwrap();
    assert_eq!(first.changed, "first");
    secrets.put("agent/changed", "second");
    let start = Instant::now();
    while loader.load::<Config>().await.unwrap().changed == "first" {
        assert!(start.elapsed() < LONGEST, "the cache does not expire");
    }
    while count(&aws, "DescribeSecret", "agent/unchanged") == 0 {
        assert!(start.elapsed() < LONGEST, "the cache does not expire");
        let config: Config = loader.load().await.unwrap();
        assert_eq!((&*config.changed, &*config.unchanged), ("second", "same"));
    }
    assert_eq!(count(&aws, "GetSecretValue", "agent/unchanged"), 1);
    assert_eq!(count(&aws, "GetSecretValue", "agent/changed"), 2);
}
