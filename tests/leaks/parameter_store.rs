//! Failed loads from Parameter Store never show a value in errors, reports, logs or `Debug`.

use std::time::Duration;

use from_secrets::{FromSecrets, Loader, SecretString, source::ParameterStore};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAws, FakeParameterStore, FakeResponse};
use serde_json::json;

use crate::rendered::rendered;

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "shown by `Debug` alone")]
struct Config {
    key: SecretString,
    number: u16,
    #[secret(name = "prod/db", json_key = "user")]
    user: SecretString,
    #[secret(name = "prod/db", json_key = "port")]
    port: u16,
}

/// A loader that reads only Parameter Store.
fn loader(server: &FakeAws) -> Loader {
    server.loader().sources([ParameterStore::new()])
}

/// Asserts that the load fails, and that neither its error nor the log contains a canary.
async fn silent(loader: &Loader) {
    let logs = Logs::capture();
    let error = loader.load::<Config>().await.err();
    assert_absent(&rendered(&error.expect("it is not loaded")));
    assert_absent(&logs.text());
    assert_absent(&format!("{loader:?}"));
}

fn parameters() -> FakeParameterStore {
    FakeParameterStore::new()
        .text("KEY", value("key"))
        .text("NUMBER", "7")
        .text("/prod/db/user", value("user"))
        .text("/prod/db/port", "5432")
}

#[tokio::test]
async fn successful_load_shows_no_value() {
    let logs = Logs::capture();
    let ssm = FakeAws::start(parameters().without("GetParameters", ""));
    let loader = loader(&ssm);
    let (config, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_absent(&format!("{config:?}\n{config:#?}\n{loader:?}"));
    assert_absent(&format!("{report}\n{report:?}\n{report:#?}"));
    assert!(!logs.own().is_empty(), "the listener hears the library");
    assert_absent(&logs.text());
}

#[tokio::test]
async fn failed_load_shows_no_value() {
    for failing in [
        parameters().text("NUMBER", value("number")),
        parameters().text("/prod/db/port", value("port")),
        parameters().text("/prod/db", value("not JSON")),
        parameters().text("/prod/db/user/deeper", value("clash")),
        parameters().denied("NUMBER"),
        parameters().without("GetParametersByPath", ""),
    ] {
        silent(&loader(&FakeAws::start(failing))).await;
    }
}

#[tokio::test]
async fn malformed_path_response_is_not_shown() {
    let canary = value("body");
    let entry = json!({ "Name": "KEY", "Value": &canary, "Version": &canary });
    let whole = json!({ "Parameters": [entry] }).to_string();
    for broken in [
        FakeResponse::raw(200, &whole[..whole.len() - 2]),
        FakeResponse::raw(200, whole.clone()),
        FakeResponse::raw(200, canary.clone()),
        FakeResponse::raw(200, json!({ "Parameters": &canary }).to_string()),
        FakeResponse::raw(200, whole.clone()).broken_off(),
        FakeResponse::raw(200, whole.clone()).stalled(),
        FakeResponse::raw(400, whole.clone()),
        FakeResponse::raw(403, canary.clone()),
        FakeResponse::raw(500, whole.clone()),
    ] {
        let ssm =
            FakeAws::start(parameters().when(move |call| {
                (call.operation == "GetParametersByPath").then(|| broken.clone())
            }));
        silent(&loader(&ssm).timeout(Duration::from_millis(500))).await;
    }
}
