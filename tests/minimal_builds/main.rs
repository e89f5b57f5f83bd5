//! Builds without the SDK: each program uses the derive macro and one source.

use std::fs;

use from_secrets_tests::minimal_build::MinimalBuild;
use from_secrets_tests::{FakeAgent, FakeSecretsManager};

const KEY: &str = "canary-key";
const TOKEN: &str = "canary-token!";

/// The output of the program for both fields.
const LENGTHS: &str = "23\n";

/// Asserts that a program that only uses loopback and files does not contain the SDK.
fn assert_no_sdk(build: &MinimalBuild) {
    let crates = build.crates();
    assert!(
        crates.iter().any(|name| name == "from-secrets"),
        "{crates:?}"
    );
    let is_foreign = |name: &&String| {
        name.starts_with("aws-")
            || ["hyper-rustls", "openssl", "ring", "rustls"].contains(&name.as_str())
    };
    let foreign: Vec<_> = crates.iter().filter(is_foreign).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
}

/// The source has the key, and the environment has the token.
#[test]
fn agent_alone() {
    let build = MinimalBuild::build(&["derive", "agent"]);
    assert_no_sdk(&build);
    let agent = FakeAgent::start(FakeSecretsManager::new().text("POCKET_KEY", KEY));
    let program = || {
        build.program().env("AWS_TOKEN", FakeAgent::TOKEN).env(
            "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
            agent.port().to_string(),
        )
    };
    let ended = program().env("POCKET_TOKEN", TOKEN).run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);

    let ended = program().run();
    assert!(!ended.success);
    assert!(ended.stderr.contains("POCKET_TOKEN"), "{}", ended.stderr);
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
}

#[test]
fn files_alone() {
    let build = MinimalBuild::build(&["derive", "files"]);
    assert_no_sdk(&build);
    let directory = build.directory().join("mounted");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("POCKET_KEY"), KEY).unwrap();
    let program = || build.program().env("FROM_SECRETS_DIRECTORY", &directory);
    let ended = program().env("POCKET_TOKEN", TOKEN).run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);

    let token = build.directory().join("token");
    fs::write(&token, TOKEN).unwrap();
    let ended = program()
        .env("FROM_SECRETS_SOURCES", "files,env-files")
        .env("POCKET_TOKEN_FILE", &token)
        .run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);
}

#[test]
fn env_file_alone() {
    let build = MinimalBuild::build(&["derive", "dotenv"]);
    assert_no_sdk(&build);
    fs::write(
        build.directory().join(".env"),
        format!("POCKET_KEY={KEY}\n"),
    )
    .unwrap();
    let ended = build
        .program()
        .env("FROM_SECRETS_SOURCES", "dotenv")
        .env("POCKET_TOKEN", TOKEN)
        .run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);

    let ended = build.program().env("POCKET_TOKEN", TOKEN).run();
    assert!(
        !ended.success,
        "the file was read although its source is not in the chain"
    );
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
}
