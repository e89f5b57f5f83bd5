//! The time of attempts and sources, and the size of responses.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use from_secrets::source::{
    Env, FetchContext, FetchFuture, FetchResult, SecretRequest, SecretSource, SecretValue,
    SecretsManager, Source, SourceErrorKind,
};
use from_secrets::{ExposeSecret, Loader};
use from_secrets_tests::fake_aws::Script as _;
use from_secrets_tests::stalling_proxy::StallingProxy;
use from_secrets_tests::{Call, FakeAws, FakeResponse, sdk};
use serde_json::json;
use tokio::time::timeout;

use from_secrets_tests::expect;
use from_secrets_tests::structs::{FortyFive, Pocket, pocket};

#[tokio::test]
async fn dead_connections_cost_one_attempt() {
    const TIMEOUT: Duration = Duration::from_secs(6);
    let aws = FakeAws::start(FortyFive::secrets());
    let network = StallingProxy::before(&aws.endpoint());
    let loader = sdk::loader(&network.endpoint()).timeout(TIMEOUT);
    loader.load::<FortyFive>().await.unwrap().assert_right();
    let connections = network.connections();
    network.go_silent();
    let began = Instant::now();
    loader.load::<FortyFive>().await.unwrap().assert_right();
    let took = began.elapsed();
    assert!(took < TIMEOUT * 3 / 4, "{took:?}");
    assert!(
        network.connections() > connections,
        "retries use new connections"
    );
}

/// Returns a response whose body does not end.
fn stalled() -> FakeResponse {
    FakeResponse::json(&json!({ "SecretValues": [] })).stalled()
}

#[tokio::test]
async fn unanswered_first_attempt_is_retried() {
    for respond in [FakeResponse::hang, stalled] {
        let aws = FakeAws::start(pocket().when(move |call| (call.nth == 0).then(respond)));
        let loader = aws.loader().timeout(Duration::from_secs(3));
        assert!(loader.load::<Pocket>().await.is_ok());
        assert_eq!(aws.tally(), "2 batches, 0 gets");
    }
}

#[tokio::test]
async fn own_protection_from_stalls_is_kept() {
    let aws = FakeAws::start(pocket().when(|call| (call.nth == 0).then(stalled)));
    let protection = StalledStreamProtectionConfig::enabled().grace_period(Duration::ZERO);
    let config = sdk::config(&aws.endpoint())
        .into_builder()
        .stalled_stream_protection(protection.build())
        .build();
    let loader = Loader::new()
        .sdk_config(&config)
        .timeout(Duration::from_mins(10));
    // Without the protection, the first attempt would last five minutes.
    let load = timeout(Duration::from_mins(1), loader.load::<Pocket>());
    assert!(load.await.expect("a retry").is_ok());
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

#[tokio::test]
async fn own_attempt_timeout_is_kept() {
    let aws = FakeAws::start(pocket().when(|call| (call.nth == 1).then(FakeResponse::hang)));
    let timeouts = aws_config::timeout::TimeoutConfig::builder();
    let timeouts = timeouts
        .operation_attempt_timeout(Duration::from_millis(50))
        .build();
    let config = sdk::config(&aws.endpoint())
        .into_builder()
        .timeout_config(timeouts)
        .build();
    let loader = Loader::new()
        .sdk_config(&config)
        .timeout(Duration::from_mins(10));
    for _ in 0..2 {
        assert!(loader.load::<Pocket>().await.is_ok());
    }
}

#[tokio::test]
async fn only_attempt_has_whole_deadline() {
    let vault = pocket();
    let count = AtomicUsize::new(0);
    let aws = FakeAws::start(move |call: &Call| {
        let response = vault.response(call);
        match count.fetch_add(1, Ordering::SeqCst) {
            0 => response,
            _ => response.after(Duration::from_secs(3)),
        }
    });
    let config = sdk::config(&aws.endpoint()).into_builder();
    let config = config.retry_config(aws_config::retry::RetryConfig::disabled());
    let loader = Loader::new()
        .sdk_config(&config.build())
        .timeout(Duration::from_secs(8));
    for _ in 0..2 {
        assert!(loader.load::<Pocket>().await.is_ok());
    }
    assert_eq!(aws.tally(), "2 batches, 0 gets");
}

/// A source with a delay.
#[derive(Debug)]
struct Slow(Duration);

impl SecretSource for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn fetch<'a>(
        &'a self,
        requests: &'a [SecretRequest],
        _context: FetchContext,
    ) -> FetchFuture<'a> {
        Box::pin(async move {
            tokio::time::sleep(self.0).await;
            let found = |_| FetchResult::Found(SecretValue::text("slow"));
            requests.iter().map(found).collect()
        })
    }
}

#[tokio::test]
async fn later_source_keeps_its_share() {
    let aws = FakeAws::start(|_: &Call| FakeResponse::hang());
    let slow = Source::from(Slow(Duration::from_millis(300)));
    let loader = aws
        .loader()
        .timeout(Duration::from_secs(2))
        .fall_back_on([SourceErrorKind::Unreachable])
        .source(SecretsManager::new())
        .source(slow)
        .source(Env::new());
    let pocket: Pocket = loader.load().await.unwrap();
    assert_eq!(pocket.key.expose_secret(), "slow");
}

#[tokio::test]
async fn endless_response_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
            let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            let mut sends = stream.write_all(head.as_bytes());
            while sends.is_ok() {
                sends = stream.write_all(chunk.as_bytes());
                counted.fetch_add(0x10000, Ordering::Relaxed);
            }
        }
    });
    let environment = Env::from_vars::<&str, &str>([]);
    let loader = Loader::new()
        .env(environment)
        .sdk_config(&sdk::config(&endpoint));
    let error = loader.load::<Pocket>().await.unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Internal);
    let most = 4 * 32 * 1024 * 1024;
    assert!(
        sent.load(Ordering::Relaxed) < most,
        "{sent:?} bytes were read"
    );
}

#[tokio::test]
async fn oversized_response_is_an_error() {
    let body = " ".repeat(17 * 1024 * 1024);
    let aws = FakeAws::start(move |_: &Call| FakeResponse::raw(200, body.clone()));
    let error = aws.loader().load::<Pocket>().await.unwrap_err();
    expect::failure(&error, "key", SourceErrorKind::Internal);
}
