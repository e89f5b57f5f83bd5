//! Versions and stages.

use from_secrets::FromSecrets;
use from_secrets::source::{MissingReason, VersionSelector};
use from_secrets_tests::{Call, Emulator, Kind, Proxy};

use super::{on_each_emulator, put, rotate};
use from_secrets_tests::expect;

on_each_emulator! {
    pinned_stage_loads_with_current_stage,
    pinned_version_loads_by_id,
    absent_version_is_missing,
    next_load_sees_rotation,
}

async fn pinned_stage_loads_with_current_stage(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("versions/stage")]
        current: String,
        #[secret(name = "versions/stage", version_stage = "AWSCURRENT", env = "CURRENT")]
        output: String,
        #[secret(name = "versions/stage", version_stage = "AWSPREVIOUS", env = "BEFORE")]
        previous: String,
    }
    put(emulator, "versions/stage", "first").await;
    rotate(emulator, "versions/stage", "second").await;
    let proxy = Proxy::before(emulator.endpoint());
    let (config, report) = proxy.loader().load_with_report::<Config>().await.unwrap();
    assert_eq!(
        [config.current, config.output, config.previous],
        ["second", "second", "first"]
    );
    assert_eq!(
        report.fields()[2].version(),
        Some(&VersionSelector::Stage("AWSPREVIOUS".to_owned()))
    );
    assert!(
        proxy.calls().all().iter().all(Call::is_get),
        "one unpinned secret needs no batch"
    );
}

#[derive(Debug, FromSecrets)]
struct ByVersion {
    #[secret(name = "{REFERENCE}", env = false)]
    value: String,
}

async fn pinned_version_loads_by_id(emulator: &Emulator) {
    let arn = put(emulator, "versions/id", "first").await;
    let second = rotate(emulator, "versions/id", "second").await;
    rotate(emulator, "versions/id", "third").await;
    let loader = emulator
        .loader()
        .placeholder("REFERENCE", format!("{arn}:::{second}"));
    let (by_id, report) = loader.load_with_report::<ByVersion>().await.unwrap();
    assert_eq!(by_id.value, "second");
    assert_eq!(expect::version_ids(&report), [Some(second)]);
}

async fn absent_version_is_missing(emulator: &Emulator) {
    let arn = put(emulator, "versions/none", "first").await;
    let load = |which: &str| {
        let loader = emulator
            .loader()
            .placeholder("REFERENCE", format!("{arn}{which}"));
        async move { loader.load::<ByVersion>().await.unwrap_err() }
    };
    let by_id = load(":::11111111-2222-4333-8444-555555555555").await;
    expect::missing(&by_id, "value", &MissingReason::Version);
    let by_stage = load("::AWSPREVIOUS:").await;
    // Unlike AWS, moto reports a missing secret.
    let responded = if emulator.kind() == Kind::Moto {
        MissingReason::Secret
    } else {
        MissingReason::Version
    };
    expect::missing(&by_stage, "value", &responded);
}

async fn next_load_sees_rotation(emulator: &Emulator) {
    #[derive(FromSecrets)]
    struct Config {
        #[secret("versions/rotated")]
        token: String,
    }
    put(emulator, "versions/rotated", "first").await;
    let loader = emulator.loader();
    let (before, first) = loader.load_with_report::<Config>().await.unwrap();
    let rotated = rotate(emulator, "versions/rotated", "second").await;
    let (after, second) = loader.load_with_report::<Config>().await.unwrap();
    assert_eq!([before.token, after.token], ["first", "second"]);
    assert_ne!(expect::version_ids(&first), expect::version_ids(&second));
    assert_eq!(expect::version_ids(&second), [Some(rotated)]);
}
