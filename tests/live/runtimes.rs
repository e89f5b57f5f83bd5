//! A live struct with the default loader, whose client belongs to a runtime, outlives each runtime.

use std::time::Duration;

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::process::Program;
use from_secrets_tests::{Call, FakeAws, FakeSecretsManager};

use from_secrets_tests::home::Home;

/// Each response contains another version.
fn rotating(latency: Duration) -> FakeAws {
    FakeAws::start(move |call: &Call| {
        let token = Entry::text(format!("token {}", call.nth)).with_id(call.nth.to_string());
        FakeSecretsManager::new()
            .entry("POCKET_TOKEN", token)
            .latency(latency)
            .response(call)
    })
}

/// What the program was given, line by line.
fn given(how: &str, aws: &FakeAws) -> Vec<String> {
    let home = Home::new();
    let ended = Program::at(env!("CARGO_BIN_EXE_live"))
        .arg(how)
        .env("HOME", home.path())
        .env("USERPROFILE", home.path())
        .env("AWS_ACCESS_KEY_ID", "AKID")
        .env("AWS_SECRET_ACCESS_KEY", "key")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
        .run();
    assert!(ended.success, "{how}: {}", ended.stderr);
    assert!(
        !ended.stderr.contains("panicked"),
        "{how}: {}",
        ended.stderr
    );
    ended.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn struct_outlives_its_runtimes() {
    let aws = rotating(Duration::ZERO);
    let given = given("refresh", &aws);
    assert_eq!(
        given,
        ["token 0", "token 1", "token 2", "token 3", "token 4"]
    );
    assert_eq!(aws.tally(), "0 batches, 5 gets");
}

#[test]
fn refresh_follows_cut_off_refresh() {
    let aws = rotating(Duration::from_millis(200));
    let given = given("refresh-after-one-was-cut-off", &aws);
    assert_eq!(given.len(), 2);
    assert_ne!(given[0], given[1]);
}

#[test]
fn background_refresh_outlives_its_runtime() {
    let given = given("background-refresh", &rotating(Duration::ZERO));
    assert_eq!(given.len(), 3);
    assert!(given[0] != given[1] && given[1] != given[2], "{given:?}");
}

#[test]
fn read_without_runtime_starts_refresh() {
    let given = given("read-without-a-runtime", &rotating(Duration::ZERO));
    assert_eq!(given.len(), 2);
    assert_ne!(given[0], given[1]);
}
