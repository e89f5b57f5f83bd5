//! What is logged of a live struct.
#![cfg(all(feature = "derive", feature = "live"))]

mod log;

use std::time::Duration;

use from_secrets::source::Memory;
use from_secrets::{FromSecrets, Live, Loader};
use log::Log;
use tokio::time::sleep;
use tracing::Level;

const MINUTE: Duration = Duration::from_mins(1);

#[derive(FromSecrets)]
#[allow(dead_code, reason = "only its log events are checked")]
struct Config {
    api_token: String,
    port: u16,
}

#[tokio::test(start_paused = true)]
async fn refresh_logs_never_contain_values() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let secrets = Memory::new()
        .with_secret("API_TOKEN", "canary 1")
        .with_secret("PORT", "1");
    let loader = Loader::new().source(secrets.clone());
    let live = Live::<Config>::builder().loader(loader).ttl(MINUTE);
    let live = live.load().await.unwrap();
    live.refresh().await.unwrap();
    let lines = log.lines_without_fields();
    let [(severity, text)] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(*severity, Level::DEBUG);
    assert!(text.contains("have not changed"), "{text}");

    secrets.set_secret("API_TOKEN", "canary 2");
    secrets.set_secret("PORT", "2");
    live.refresh().await.unwrap();
    let [(severity, text)] = &log.lines_without_fields()[..] else {
        panic!()
    };
    assert_eq!(*severity, Level::INFO);
    assert!(
        text.contains("secrets have changed") && text.contains(r#"config="Config""#),
        "{text}"
    );
    assert!(
        text.contains(r#"secrets="API_TOKEN, PORT" fields="api_token, port""#),
        "{text}"
    );
    assert!(!text.contains("canary"), "{text}");

    let secrets = secrets
        .with_secret("API_TOKEN", "canary 3")
        .with_secret("PORT", "canary 4");
    live.refresh().await.unwrap_err();
    let lines = log.lines_without_fields();
    let [(severity, text)] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(*severity, Level::WARN);
    assert!(
        text.contains("cannot refresh secrets") && text.contains("`port`"),
        "{text}"
    );
    assert!(
        text.contains("failures=1") && !text.contains("canary"),
        "{text}"
    );

    secrets.set_secret("PORT", "3");
    sleep(2 * MINUTE).await;
    let lines = log.lines_without_fields();
    assert!(lines.len() >= 2, "{lines:?}");
    assert!(lines[0].1.contains("after failures") && lines[1].1.contains("have changed"));
    assert!(!format!("{lines:?}").contains("canary"));
}

#[derive(FromSecrets)]
#[expect(dead_code, reason = "only its log events are checked")]
struct Staged {
    #[secret("{stage}/token", env = "TOKEN")]
    token: String,
    #[secret("{stage}/key", alias = "old/{stage}", env = "KEY")]
    key: String,
}

#[tokio::test(start_paused = true)]
async fn logged_names_hide_placeholder_values() {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let secrets = Memory::new()
        .with_secret("canary/token", "1")
        .with_secret("old/canary", "1");
    let loader = Loader::new().source(secrets.clone());
    let loader = loader.placeholder("stage", "canary");
    let live = Live::<Staged>::builder().loader(loader);
    let live = live.background_refresh(false).load().await.unwrap();
    secrets.set_secret("canary/token", "2");
    secrets.set_secret("old/canary", "2");
    live.refresh().await.unwrap();
    let lines = format!("{:?}", log.lines());
    let changed = r#"secrets=\"{stage}/token, old/{stage}\" fields=\"token, key\""#;
    assert!(lines.contains(changed), "{lines}");
    assert!(!lines.contains("canary"), "{lines}");
}
