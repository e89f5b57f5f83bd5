//! A value is shown nowhere: not in errors, reports, logs or any `Debug`, whatever fails.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use from_secrets::{Error, FromSecrets, Loader, SecretString};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{Answer, Parameters, Scripted};
use serde_json::json;

use super::loader;

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

fn said(error: &Error) -> String {
    let mut said = format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = writeln!(said, "{cause}\n{cause:?}");
        source = cause.source();
    }
    for field in error.fields() {
        let _ = writeln!(said, "{field:?}\n{:?}", field.outcome());
    }
    said
}

/// Fails where the load does not, or where it shows a canary in what it says or logs.
async fn silent(loader: &Loader) {
    let logs = Logs::capture();
    let error = loader.load::<Config>().await.err();
    assert_absent(&said(&error.expect("it is not loaded")));
    assert_absent(&logs.text());
    assert_absent(&format!("{loader:?}"));
}

fn parameters() -> Parameters {
    Parameters::new()
        .text("KEY", value("key"))
        .text("NUMBER", "7")
        .text("/prod/db/user", value("user"))
        .text("/prod/db/port", "5432")
}

#[tokio::test]
async fn a_load_that_succeeds_shows_no_value() {
    let logs = Logs::capture();
    let ssm = Scripted::start(parameters().without("GetParameters", ""));
    let loader = loader(&ssm);
    let (config, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_absent(&format!("{config:?}\n{config:#?}\n{loader:?}"));
    assert_absent(&format!("{report}\n{report:?}\n{report:#?}"));
    assert!(!logs.own().is_empty(), "the listener hears the library");
    assert_absent(&logs.text());
}

#[tokio::test]
async fn no_value_is_shown_with_what_its_type_or_its_neighbour_refuses() {
    for failing in [
        parameters().text("NUMBER", value("number")),
        parameters().text("/prod/db/port", value("port")),
        parameters().text("/prod/db", value("not JSON")),
        parameters().text("/prod/db/user/deeper", value("clash")),
        parameters().denied("NUMBER"),
        parameters().without("GetParametersByPath", ""),
    ] {
        silent(&loader(&Scripted::start(failing))).await;
    }
}

#[tokio::test]
async fn no_broken_answer_about_a_path_is_shown() {
    let canary = value("body");
    let entry = json!({ "Name": "KEY", "Value": &canary, "Version": &canary });
    let whole = json!({ "Parameters": [entry] }).to_string();
    for broken in [
        Answer::raw(200, &whole[..whole.len() - 2]),
        Answer::raw(200, whole.clone()),
        Answer::raw(200, canary.clone()),
        Answer::raw(200, json!({ "Parameters": &canary }).to_string()),
        Answer::raw(200, whole.clone()).broken_off(),
        Answer::raw(200, whole.clone()).stalled(),
        Answer::raw(400, whole.clone()),
        Answer::raw(403, canary.clone()),
        Answer::raw(500, whole.clone()),
    ] {
        let ssm =
            Scripted::start(parameters().when(move |call| {
                (call.operation == "GetParametersByPath").then(|| broken.clone())
            }));
        silent(&loader(&ssm).timeout(Duration::from_millis(500))).await;
    }
}
