//! Rejected and missing credentials.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::IdentityCache;
use from_secrets::Loader;
use from_secrets::source::{Env, SecretsManager, SourceErrorKind};
use from_secrets_tests::{Call, FakeAws, FakeResponse, sdk};

use super::refused;
use from_secrets_tests::expect;
use from_secrets_tests::structs::{FortyFive, Pocket, pocket};

#[tokio::test]
async fn rejected_credentials_fail_after_one_request() {
    for code in [
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidSignatureException",
        "ExpiredToken",
    ] {
        let aws = FakeAws::start(move |_: &Call| {
            FakeResponse::error(code, "The security token is invalid.")
        });
        let error = refused(&aws).await;
        for field in ["key", "token"] {
            let failure = expect::failure(&error, field, SourceErrorKind::Credentials);
            assert_eq!(
                (failure.code(), failure.request_id()),
                (Some(code), Some(FakeResponse::REQUEST_ID))
            );
            expect::not_requested(&error, field, "env");
        }
        expect::details(&error, &[code, "FROM_SECRETS_SOURCES=env"]);
        assert_eq!(aws.tally(), "1 batch, 0 gets", "{code}");
    }
}

/// Counts its lookups.
#[derive(Clone, Debug, Default)]
struct Counting {
    requested: Arc<AtomicUsize>,
    works: bool,
    delay: Duration,
}

impl ProvideCredentials for Counting {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        self.requested.fetch_add(1, Ordering::SeqCst);
        let result = if self.works {
            Ok(sdk::root())
        } else {
            Err(CredentialsError::provider_error("the login has expired"))
        };
        if self.delay.is_zero() {
            return future::ProvideCredentials::ready(result);
        }
        future::ProvideCredentials::new(async {
            tokio::time::sleep(self.delay).await;
            result
        })
    }
}

impl Counting {
    fn config(&self, aws: &FakeAws) -> SdkConfig {
        let provider = SharedCredentialsProvider::new(self.clone());
        let config = sdk::config(&aws.endpoint()).into_builder();
        config.credentials_provider(provider).build()
    }

    fn loader(&self, aws: &FakeAws) -> Loader {
        Loader::new()
            .env(Env::from_vars::<&str, &str>([]))
            .sdk_config(&self.config(aws))
    }

    fn times(&self) -> usize {
        self.requested.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn loads_share_one_credentials_lookup() {
    let provider = Counting {
        works: true,
        ..Counting::default()
    };
    let aws = FakeAws::start(FortyFive::secrets());
    let loader = provider.loader(&aws);
    for _ in 0..2 {
        loader.load::<FortyFive>().await.unwrap().assert_right();
    }
    assert_eq!(aws.tally(), "6 batches, 0 gets");
    assert_eq!(provider.times(), 1);
}

#[tokio::test]
async fn callers_identity_cache_stays_in_use() {
    let provider = Counting {
        works: true,
        ..Counting::default()
    };
    let aws = FakeAws::start(pocket());
    let config = provider.config(&aws).into_builder();
    let config = config.identity_cache(IdentityCache::lazy().build()).build();
    for _ in 0..5 {
        let loader = Loader::new().sdk_config(&config);
        assert!(loader.load::<Pocket>().await.is_ok());
    }
    let client = Client::new(&config);
    assert!(Loader::new().client(client).load::<Pocket>().await.is_ok());
    assert_eq!(provider.times(), 1);
}

#[tokio::test]
async fn config_without_behavior_version_loads() {
    let aws = FakeAws::start(pocket());
    let whole = sdk::config(&aws.endpoint());
    let config = SdkConfig::builder()
        .region(whole.region().cloned())
        .credentials_provider(SharedCredentialsProvider::new(sdk::root()))
        .endpoint_url(aws.endpoint())
        .http_client(whole.http_client().unwrap())
        .build();
    let loader = Loader::new().sdk_config(&config);
    let result = loader.load::<Pocket>().await;
    assert!(result.is_ok(), "{:#}", result.unwrap_err());
}

#[tokio::test]
async fn concurrent_loads_share_a_failed_lookup() {
    let provider = Counting {
        delay: Duration::from_millis(100),
        ..Counting::default()
    };
    let aws = FakeAws::start(pocket());
    let config = provider.config(&aws);
    let loads = (0..20).map(|_| {
        let loader = Loader::new().sdk_config(&config);
        tokio::spawn(async move { loader.load::<Pocket>().await.err() })
    });
    for load in loads.collect::<Vec<_>>() {
        let error = load.await.unwrap().unwrap();
        expect::failure(&error, "key", SourceErrorKind::Credentials);
    }
    assert_eq!((provider.times(), aws.connections()), (1, 0));
}

#[tokio::test]
async fn failed_credentials_lookup_sends_no_request() {
    let provider = Counting::default();
    let aws = FakeAws::start(FortyFive::secrets());
    let error = provider
        .loader(&aws)
        .load::<FortyFive>()
        .await
        .err()
        .unwrap();
    assert_eq!(error.failed_fields().count(), 45);
    expect::failure(&error, "aa", SourceErrorKind::Credentials);
    expect::details(
        &error,
        &["the login has expired", "FROM_SECRETS_SOURCES=env"],
    );
    assert_eq!((provider.times(), aws.connections()), (1, 0));
}

#[tokio::test]
async fn unneeded_credentials_are_not_resolved() {
    let provider = Counting::default();
    let aws = FakeAws::start(pocket());
    let environment = Env::from_vars([("POCKET_KEY", "k"), ("POCKET_TOKEN", "t")]);
    let loader = provider.loader(&aws).env(environment);
    let env_first = loader.source(Env::new()).source(SecretsManager::new());
    assert!(env_first.load::<Pocket>().await.is_ok());
    assert_eq!(provider.times(), 0);
}

/// Never returns credentials.
#[derive(Debug)]
struct Silent;

impl ProvideCredentials for Silent {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(std::future::pending())
    }
}

#[tokio::test]
async fn hanging_credentials_fail_at_deadline() {
    let aws = FakeAws::start(pocket());
    let provider = SharedCredentialsProvider::new(Silent);
    let config = sdk::config(&aws.endpoint())
        .into_builder()
        .credentials_provider(provider)
        .build();
    let loader = Loader::new()
        .sdk_config(&config)
        .timeout(Duration::from_millis(200));
    let error = loader.load::<Pocket>().await.unwrap_err();
    expect::details(&error, &["`key`", "`token`", "credentials", "200ms"]);
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn expired_credentials_send_no_request() {
    let past = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    let expired = Credentials::new("AKID", "key", Some("token".to_owned()), Some(past), "tests");
    let aws = FakeAws::start(pocket());
    let error = sdk::loader_as(&aws.endpoint(), expired)
        .load::<Pocket>()
        .await
        .unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Credentials);
    expect::details(&error, &["expired", "FROM_SECRETS_SOURCES=env"]);
    assert_eq!(aws.connections(), 0);
}

#[tokio::test]
async fn renewed_credentials_work_in_next_load() {
    let failing = std::sync::atomic::AtomicBool::new(true);
    let aws = FakeAws::start(pocket().when(move |_| {
        failing
            .swap(false, Ordering::SeqCst)
            .then(|| FakeResponse::error("ExpiredTokenException", "expired"))
    }));
    let loader = aws.loader();
    let error = loader.load::<Pocket>().await.unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Credentials);
    assert!(loader.load::<Pocket>().await.is_ok());
}

#[tokio::test]
async fn only_arns_load_without_region() {
    use from_secrets::FromSecrets;
    #[derive(Debug, FromSecrets)]
    struct ByArn {
        #[secret(
            name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:TOKEN-AbCdEf",
            env = false
        )]
        token: String,
    }
    let aws = FakeAws::start(pocket().text("TOKEN", "x"));
    let config = sdk::config(&aws.endpoint())
        .into_builder()
        .region(None)
        .build();
    let loader = Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .sdk_config(&config);
    let error = loader.load::<Pocket>().await.unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Credentials);
    expect::details(
        &error,
        &["no region", "AWS_REGION", "FROM_SECRETS_SOURCES=env"],
    );
    assert_eq!(aws.connections(), 0);
    assert_eq!(loader.load::<ByArn>().await.unwrap().token, "x");
    assert_eq!(aws.calls().all()[0].region, "eu-west-1");
}
