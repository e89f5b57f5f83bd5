//! The servers of the other tests, checked with the SDK.

use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::operation::RequestId;
use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets_tests::regions::{self, HOME, InProcessRegions, WEST};
use from_secrets_tests::unavailable_server::{BlackHole, Refusal};
use from_secrets_tests::{
    Emulator, FakeAws, FakeResponse, FakeSecretsManager, Kind, Proxy, fake_aws::Entry, sdk,
};
use serde_json::json;

async fn get(client: &Client, id: &str) -> Result<String, String> {
    match client.get_secret_value().secret_id(id).send().await {
        Ok(output) => Ok(output.secret_string().unwrap_or_default().to_owned()),
        Err(error) => Err(error.code().unwrap_or("no code").to_owned()),
    }
}

#[tokio::test]
async fn emulator_stores_secrets_and_proxy_counts() {
    for kind in [Kind::Ministack, Kind::Moto] {
        let emulator = Emulator::shared(kind);
        let set_up = emulator
            .client()
            .create_secret()
            .name("harness/text")
            .secret_string("hello")
            .send()
            .await;
        set_up.unwrap();
        let proxy = Proxy::before(emulator.endpoint());
        let client = sdk::client(&proxy.endpoint());
        assert_eq!(
            get(&client, "harness/text").await.as_deref(),
            Ok("hello"),
            "{kind:?}"
        );
        let batch = client
            .batch_get_secret_value()
            .secret_id_list("harness/text")
            .send()
            .await
            .unwrap();
        assert_eq!(
            batch.secret_values()[0].secret_string(),
            Some("hello"),
            "{kind:?}"
        );
        assert_eq!(proxy.tally(), "1 batch, 1 get", "{kind:?}");
        assert_eq!(proxy.calls().all()[0].region, sdk::REGION);
    }
}

#[tokio::test]
async fn iam_emulator_enforces_policy() {
    let emulator = Emulator::shared(Kind::MinistackWithIam);
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*" },
    ] });
    let user = emulator.user("harness", &policy);
    emulator
        .client()
        .create_secret()
        .name("harness/iam")
        .secret_string("hello")
        .send()
        .await
        .unwrap();
    let proxy = Proxy::before(emulator.endpoint());
    let client = Client::new(&sdk::config_as(&proxy.endpoint(), user));
    assert_eq!(get(&client, "harness/iam").await.as_deref(), Ok("hello"));
    let batch = client
        .batch_get_secret_value()
        .secret_id_list("harness/iam")
        .send()
        .await;
    assert_eq!(batch.unwrap_err().code(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn dropped_emulator_stops_listening() {
    let emulator = Emulator::start(Kind::Ministack);
    let address = emulator.endpoint().trim_start_matches("http://").to_owned();
    assert!(std::net::TcpStream::connect(&address).is_ok());
    drop(emulator);
    assert!(std::net::TcpStream::connect(&address).is_err());
}

#[tokio::test]
async fn fake_server_matches_secrets_manager() {
    let secrets = FakeSecretsManager::new()
        .text("plain", "hello")
        .binary("bytes", &[0, 159])
        .denied("secret")
        .entry("empty", Entry::without_value())
        .entry("old", Entry::text("new").version("AWSPREVIOUS", "old"));
    let server = FakeAws::start(secrets);
    let client = sdk::client(&server.endpoint());
    assert_eq!(get(&client, "plain").await.as_deref(), Ok("hello"));
    assert_eq!(
        get(&client, &FakeSecretsManager::arn("us-east-1", "plain"))
            .await
            .as_deref(),
        Ok("hello")
    );
    assert_eq!(
        get(&client, "secret").await.unwrap_err(),
        "AccessDeniedException"
    );
    assert_eq!(
        get(&client, "empty").await.unwrap_err(),
        "ResourceNotFoundException"
    );
    let old = client
        .get_secret_value()
        .secret_id("old")
        .version_stage("AWSPREVIOUS")
        .send()
        .await
        .unwrap();
    assert_eq!(old.secret_string(), Some("old"));
    let ids = ["bytes", "missing", "secret"].map(str::to_owned).to_vec();
    let batch = client
        .batch_get_secret_value()
        .set_secret_id_list(Some(ids))
        .send()
        .await
        .unwrap();
    assert_eq!(
        batch.secret_values()[0].secret_binary(),
        Some(&Blob::new([0, 159]))
    );
    let codes: Vec<_> = batch
        .errors()
        .iter()
        .filter_map(|entry| entry.error_code())
        .collect();
    assert_eq!(
        codes,
        ["ResourceNotFoundException", "AccessDeniedException"]
    );
    assert_eq!(server.tally(), "1 batch, 5 gets");
}

#[tokio::test]
async fn scripted_error_has_code_and_id() {
    let server = FakeAws::start(|_: &_| FakeResponse::denied("x"));
    let error = sdk::client(&server.endpoint())
        .get_secret_value()
        .secret_id("x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    assert_eq!(error.request_id(), Some(FakeResponse::REQUEST_ID));
}

#[tokio::test]
async fn scripted_tls_server_rejects_untrusting_client() {
    let server = FakeAws::start_tls(FakeSecretsManager::new().text("plain", "hello"));
    assert!(server.endpoint().starts_with("https://"));
    assert!(server.authority().is_some_and(|file| file.exists()));
    let distrustful = sdk::client(&server.endpoint());
    assert_eq!(get(&distrustful, "plain").await.unwrap_err(), "no code");
    assert_eq!(server.tally(), "0 batches, 0 gets");
}

#[tokio::test]
async fn broken_responses_fail_in_sdk() {
    let whole = || FakeResponse::json(&json!({ "Name": "x", "SecretString": "hello" }));
    for broken in [
        whole().broken_off(),
        FakeResponse::close(),
        FakeResponse::raw(200, "{\"Name\":"),
    ] {
        let server = FakeAws::start(move |_: &_| broken.clone());
        assert!(get(&sdk::client(&server.endpoint()), "x").await.is_err());
    }
}

#[tokio::test]
async fn dead_ends_never_respond() {
    let bound = Duration::from_millis(200);
    let hole = BlackHole::open();
    let hanging = FakeAws::start(|_: &_| FakeResponse::hang());
    let stalled =
        FakeAws::start(|_: &_| FakeResponse::json(&json!({ "SecretString": "hello" })).stalled());
    for endpoint in [hole.endpoint(), hanging.endpoint(), stalled.endpoint()] {
        let client = sdk::client(&endpoint);
        assert!(
            tokio::time::timeout(bound, get(&client, "x"))
                .await
                .is_err(),
            "{endpoint}"
        );
    }
    assert_eq!(hole.connections(), 1);
    assert!(
        get(&sdk::client(Refusal::open().endpoint()), "x")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn delayed_response_is_never_early() {
    let server = FakeAws::start(
        FakeSecretsManager::new()
            .text("x", "hello")
            .latency(Duration::from_millis(50)),
    );
    let client = sdk::client(&server.endpoint());
    let began = Instant::now();
    assert!(get(&client, "x").await.is_ok());
    assert!(began.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn regional_client_reaches_each_server() {
    let secrets = FakeSecretsManager::new().text("x", "hello");
    let (home, west) = (
        FakeAws::start(secrets.clone()),
        FakeAws::start(secrets.clone()),
    );
    let in_process = InProcessRegions::with(&secrets);
    let over_http = regions::client([(HOME, home.endpoint()), (WEST, west.endpoint())]);
    for client in [over_http, in_process.client()] {
        for region in [HOME, WEST] {
            let config = client.config().to_builder();
            let config = config.region(aws_config::Region::new(region)).build();
            let client = Client::from_conf(config);
            let get = client.get_secret_value().secret_id("x").send();
            let arn = get.await.unwrap().arn;
            assert_eq!(arn, Some(FakeSecretsManager::arn(region, "x")));
        }
    }
    for (server, region) in [(&home, HOME), (&west, WEST)] {
        assert_eq!(server.calls().all()[0].region, region);
        assert_eq!(server.tally(), "0 batches, 1 get");
        assert_eq!(in_process.at(region).tally(), "0 batches, 1 get");
    }
}
