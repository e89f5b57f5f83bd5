//! A live struct never shows a value: in changes, failures and recovery.

use std::error::Error as _;
use std::fmt::Write as _;
use std::time::Duration;

use from_secrets::live::{RefreshOutcome, StaleError, TestClock};
use from_secrets::{FromSecrets, Live, SecretString, project};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::fake_aws::{Changing, Entry};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};
use serde_json::json;

use crate::rendered::{rendered, rendered_report};

const HOUR: Duration = Duration::from_hours(1);

#[derive(FromSecrets)]
#[secrets(debug)]
#[expect(dead_code, reason = "shown by `Debug` alone")]
struct Config {
    token: SecretString,
    #[secret(name = "prod/db", json_key = "port")]
    port: u16,
    #[secret(flatten)]
    database: Database,
}

#[derive(FromSecrets)]
#[secrets(name = "prod/db", debug)]
#[expect(dead_code, reason = "shown by `Debug` alone")]
struct Database {
    password: String,
}

/// The values of a version, each a canary but for the number.
fn version(version: u32) -> FakeSecretsManager {
    secrets(version, &json!(5432))
}

fn secrets(version: u32, port: &serde_json::Value) -> FakeSecretsManager {
    let database = json!({ "password": value(&format!("password {version}")), "port": port });
    let entry = |text: String| Entry::text(text).with_id(format!("version {version}"));
    FakeSecretsManager::new()
        .entry("TOKEN", entry(value(&format!("token {version}"))))
        .entry("prod/db", entry(database.to_string()))
}

/// Renders a live struct, its status, projections and errors in every form.
fn rendered_live(live: &Live<Config>) -> String {
    let status = live.status();
    let mut text = format!(
        "{live:?}\n{live:#?}\n{status:?}\n{status:#?}\n{:?}\n",
        live.last_good()
    );
    let versions: Vec<_> = status.versions().collect();
    let _ = writeln!(text, "{versions:?}\n{}", rendered_report(status.report()));
    text += &status.last_error().map(rendered).unwrap_or_default();
    let projection = project!(live, database);
    let derived = projection.clone().map(|_| ());
    let changes = projection.subscribe();
    let _ = writeln!(
        text,
        "{projection:?}\n{:?}\n{derived:?}\n{changes:?}",
        projection.get()
    );
    text += &serde_json::to_string(&status).expect("JSON");
    let _ = writeln!(text, "{:?}", live.subscribe());
    text += &live
        .get()
        .as_ref()
        .err()
        .map(rendered_stale)
        .unwrap_or_default();
    text
}

fn rendered_stale(stale: &StaleError) -> String {
    let mut text = format!("{stale}\n{stale:?}\n{stale:#?}\n");
    let mut source = stale.source();
    while let Some(cause) = source {
        let _ = writeln!(text, "{cause}\n{cause:?}");
        source = cause.source();
    }
    text + &stale.last_error().map(rendered).unwrap_or_default()
}

#[tokio::test]
async fn live_struct_never_shows_values() {
    let logs = Logs::capture();
    let server = Changing::new(version(1));
    let aws = FakeAws::start(server.clone());
    let clock = TestClock::new();
    let builder = Live::<Config>::builder().loader(aws.loader());
    let builder = builder.max_stale(HOUR).backoff(HOUR, HOUR).clock(&clock);
    assert_absent(&format!("{builder:?}\n{builder:#?}"));
    let live = builder.background_refresh(false).load().await.unwrap();
    assert_absent(&rendered_live(&live));

    let whole = json!({ "SecretValues": [{ "Name": "TOKEN", "SecretString": value("token") }] });
    let whole = whole.to_string();
    let broken =
        |response: FakeResponse| FakeSecretsManager::new().when(move |_| Some(response.clone()));
    let failing = [
        secrets(3, &json!(value("port"))),
        secrets(4, &json!([value("port"), { value("key"): value("port") }])),
        version(5).text(
            "prod/db",
            format!("{{\"password\": \"{}\"", value("password")),
        ),
        version(6).denied("TOKEN"),
        broken(FakeResponse::raw(200, &whole[..whole.len() - 2])),
        broken(FakeResponse::raw(200, whole.clone()).broken_off()),
        broken(FakeResponse::raw(400, value("body"))),
        broken(FakeResponse::raw(500, whole.clone())),
        broken(FakeResponse::close()),
    ];
    let count = failing.len();
    for failing in failing {
        server.set(failing);
        clock.advance(2 * HOUR);
        let error = live.refresh().await.unwrap_err();
        assert_absent(&rendered(&error));
        assert!(live.get_fresh().await.is_err(), "it is too old");
        assert_absent(&rendered_live(&live));
    }

    server.set(version(2));
    clock.advance(2 * HOUR);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_absent(&rendered_live(&live));
    assert_absent(&logs.text());
    let states = |text: &str| {
        logs.own()
            .iter()
            .filter(|line| line.text.contains(text))
            .count()
    };
    assert!(states("cannot refresh secrets") >= count, "{}", logs.text());
    assert_eq!(states("refreshed after failures"), 1, "{}", logs.text());
    assert!(states("have changed") >= 1, "{}", logs.text());
}
