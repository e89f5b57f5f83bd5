//! Builds without the SDK: the derive and one source, each as a program of its own.

use std::fs;

use from_secrets_tests::minimal_build::MinimalBuild;
use from_secrets_tests::{FakeAgent, FakeSecretsManager};

const KEY: &str = "canary-key";
const TOKEN: &str = "canary-token!";

/// What the program says of the two.
const LENGTHS: &str = "23\n";

/// What a program that only asks loopback and files has no use for.
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

/// The key is where the source finds it, the token in the environment.
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
    assert!(!ended.success, "the file is read unasked");
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
}
