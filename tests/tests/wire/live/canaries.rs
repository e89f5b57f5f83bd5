//! No value is shown by a live struct, whatever happens to it.

use std::error::Error as _;
use std::fmt::Write as _;

use from_secrets::{
    FromSecrets, Live, RefreshOutcome, SecretString, StaleError, TestClock, project,
};
use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::logs::Logs;
use from_secrets_tests::scripted::{Changing, Entry};
use from_secrets_tests::{Answer, Scripted, Vault};
use serde_json::json;

use super::HOUR;
use crate::canaries::{reported, said};

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
fn version(version: u32) -> Vault {
    secrets(version, &json!(5432))
}

fn secrets(version: u32, port: &serde_json::Value) -> Vault {
    let database = json!({ "password": value(&format!("password {version}")), "port": port });
    let entry = |text: String| Entry::text(text).with_id(format!("version {version}"));
    Vault::new()
        .entry("TOKEN", entry(value(&format!("token {version}"))))
        .entry("prod/db", entry(database.to_string()))
}

/// Everything that a live struct can be made to say of itself.
fn told(live: &Live<Config>) -> String {
    let status = live.status();
    let mut told = format!(
        "{live:?}\n{live:#?}\n{status:?}\n{status:#?}\n{:?}\n",
        live.last_good()
    );
    let versions: Vec<_> = status.versions().collect();
    let _ = writeln!(told, "{versions:?}\n{}", reported(status.report()));
    told += &status.last_error().map(said).unwrap_or_default();
    let projection = project!(live, database);
    let derived = projection.clone().map(|_| ());
    let changes = projection.subscribe();
    let _ = writeln!(
        told,
        "{projection:?}\n{:?}\n{derived:?}\n{changes:?}",
        projection.get()
    );
    told += &serde_json::to_string(&status).expect("JSON");
    let _ = writeln!(told, "{:?}", live.subscribe());
    told += &live.get().as_ref().err().map(refused).unwrap_or_default();
    told
}

fn refused(stale: &StaleError) -> String {
    let mut told = format!("{stale}\n{stale:?}\n{stale:#?}\n");
    let mut source = stale.source();
    while let Some(cause) = source {
        let _ = writeln!(told, "{cause}\n{cause:?}");
        source = cause.source();
    }
    told + &stale.last_error().map(said).unwrap_or_default()
}

#[tokio::test]
async fn no_value_is_shown_by_changes_failures_and_recovery() {
    let logs = Logs::capture();
    let server = Changing::new(version(1));
    let aws = Scripted::start(server.clone());
    let clock = TestClock::new();
    let builder = Live::<Config>::builder().loader(aws.loader());
    let builder = builder.max_stale(HOUR).backoff(HOUR, HOUR).clock(&clock);
    assert_absent(&format!("{builder:?}\n{builder:#?}"));
    let live = builder.background_refresh(false).load().await.unwrap();
    assert_absent(&told(&live));

    let whole = json!({ "SecretValues": [{ "Name": "TOKEN", "SecretString": value("token") }] });
    let whole = whole.to_string();
    let broken = |answer: Answer| Vault::new().when(move |_| Some(answer.clone()));
    let failing = [
        secrets(3, &json!(value("port"))),
        secrets(4, &json!([value("port"), { value("key"): value("port") }])),
        version(5).text(
            "prod/db",
            format!("{{\"password\": \"{}\"", value("password")),
        ),
        version(6).denied("TOKEN"),
        broken(Answer::raw(200, &whole[..whole.len() - 2])),
        broken(Answer::raw(200, whole.clone()).broken_off()),
        broken(Answer::raw(400, value("body"))),
        broken(Answer::raw(500, whole.clone())),
        broken(Answer::close()),
    ];
    let count = failing.len();
    for failing in failing {
        server.set(failing);
        clock.advance(2 * HOUR);
        let error = live.refresh().await.unwrap_err();
        assert_absent(&said(&error));
        assert!(live.get_fresh().await.is_err(), "it is too old");
        assert_absent(&told(&live));
    }

    server.set(version(2));
    clock.advance(2 * HOUR);
    assert_eq!(live.refresh().await.unwrap(), RefreshOutcome::Changed);
    assert_absent(&told(&live));
    assert_absent(&logs.text());
    let says = |text: &str| {
        logs.own()
            .iter()
            .filter(|line| line.text.contains(text))
            .count()
    };
    assert!(says("cannot be refreshed") >= count, "{}", logs.text());
    assert_eq!(says("refreshed after failures"), 1, "{}", logs.text());
    assert!(says("have changed") >= 1, "{}", logs.text());
}
