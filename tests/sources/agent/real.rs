//! AWS's agent with an emulator.

use std::time::Duration;

use aws_sdk_secretsmanager::primitives::Blob;
use from_secrets::live::TestClock;
use from_secrets::report::FieldOutcome;
use from_secrets::source::{Env, FetchResult, Memory, MissingReason, Source, SourceErrorKind};
use from_secrets::{FromSecrets, Live, Loader};
use from_secrets_tests::{Emulator, Kind, RealAgent};

use super::{failure, reported};

/// Starts an agent for the emulator that all tests share. Each test has its own names.
fn agent() -> RealAgent {
    RealAgent::before(emulator().endpoint())
}

fn emulator() -> &'static Emulator {
    Emulator::shared(Kind::Ministack)
}

async fn create(name: &str, text: &str) {
    let call = emulator().client().create_secret().name(name);
    call.secret_string(text).send().await.unwrap();
}

fn loader(sources: impl IntoIterator<Item = Source>) -> Loader {
    Loader::new()
        .env(Env::from_vars::<&str, &str>([]))
        .sources(sources)
}

#[tokio::test]
async fn text_json_keys_and_bytes_load() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("real/Agent+text=1")]
        text: String,
        #[secret("real/agent/json", json_key = "port")]
        port: u16,
        #[secret("real/agent/json", json_key = "user")]
        user: String,
        #[secret("real/agent/bytes", binary)]
        bytes: Vec<u8>,
    }

    create("real/Agent+text=1", "text, \"quoted\" & é").await;
    create("real/agent/json", r#"{"user":"app","port":"5432"}"#).await;
    let call = emulator().client().create_secret().name("real/agent/bytes");
    let call = call.secret_binary(Blob::new([0, 159, 255]));
    call.send().await.unwrap();

    let agent = agent();
    let loader = loader([agent.source().into()]);
    let (config, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_eq!(config.text, "text, \"quoted\" & é");
    assert_eq!((config.user.as_str(), config.port), ("app", 5432));
    assert_eq!(config.bytes, [0, 159, 255]);
    let FieldOutcome::Found(provenance) = report.fields()[0].outcome() else {
        panic!("{report:?}")
    };
    assert!(provenance.version_id().is_some() && provenance.created_at().is_some());
    let arn = provenance.arn().unwrap();
    assert!(arn.contains(":secret:real/Agent+text=1"));
}

#[tokio::test]
async fn missing_secret_falls_back() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("real/agent/missing")]
        missing: String,
    }

    let agent = agent();
    let next = Memory::new().with_secret("real/agent/missing", "elsewhere");
    let loader = loader([agent.source().into(), next.into()]);
    let (config, report) = loader.load_with_report::<Config>().await.unwrap();
    assert_eq!(config.missing, "elsewhere");
    let response = report.fields()[0].attempts()[0].result();
    assert_eq!(*response, FetchResult::Missing(MissingReason::Secret));
}

#[tokio::test]
async fn bad_token_is_reported() {
    #[derive(FromSecrets, Debug)]
    struct Config {
        #[secret("real/agent/token")]
        _token: String,
    }

    let agent = agent();
    let source = agent.source_with("not its token");
    let error = loader([source.into()]).load::<Config>().await.unwrap_err();
    failure(&error, "_token", SourceErrorKind::Credentials);
    reported(&error, &["token from `Agent::token` rejected"]);
}

#[tokio::test]
async fn refresh_on_demand_bypasses_agent_cache() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("real/agent/rotated")]
        token: String,
    }

    create("real/agent/rotated", "first").await;
    let agent = agent();
    let loader = loader([agent.source().into()]);
    let clock = TestClock::new();
    let live = Live::<Config>::builder()
        .loader(loader.clone())
        .background_refresh(false)
        .clock(&clock)
        .load()
        .await
        .unwrap();
    let call = emulator().client().put_secret_value();
    let call = call.secret_id("real/agent/rotated").secret_string("second");
    call.send().await.unwrap();
    assert_eq!(loader.load::<Config>().await.unwrap().token, "first");
    clock.advance(Duration::from_mins(10));
    assert_eq!(live.get_fresh().await.unwrap().token, "first");
    clock.advance(Duration::from_mins(1));
    live.refresh().await.unwrap();
    assert_eq!(live.get().unwrap().token, "second");
}

#[tokio::test]
async fn stage_pins_version() {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("real/agent/versions")]
        current: String,
        #[secret("real/agent/versions", version_stage = "AWSPREVIOUS", env = false)]
        previous: String,
    }

    create("real/agent/versions", "first").await;
    let call = emulator().client().put_secret_value();
    let call = call
        .secret_id("real/agent/versions")
        .secret_string("second");
    call.send().await.unwrap();
    let agent = agent();
    let config: Config = loader([agent.source().into()]).load().await.unwrap();
    assert_eq!((&*config.current, &*config.previous), ("second", "first"));
}
