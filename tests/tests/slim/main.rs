//! Builds without the SDK: the derive and one source, each as a program of its own.

use std::fs;

use from_secrets_tests::slim::Slim;
use from_secrets_tests::{ScriptedAgent, Vault};

const KEY: &str = "canary-key";
const TOKEN: &str = "canary-token!";

/// What the program says of the two.
const LENGTHS: &str = "23\n";

/// What a program that only asks loopback and files has no use for.
fn assert_no_sdk(slim: &Slim) {
    let crates = slim.crates();
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
fn the_agent_alone() {
    let slim = Slim::build(&["derive", "agent"]);
    assert_no_sdk(&slim);
    let agent = ScriptedAgent::start(Vault::new().text("POCKET_KEY", KEY));
    let program = || {
        slim.program().env("AWS_TOKEN", ScriptedAgent::TOKEN).env(
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
    let slim = Slim::build(&["derive", "files"]);
    assert_no_sdk(&slim);
    let directory = slim.directory().join("mounted");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join("POCKET_KEY"), KEY).unwrap();
    let program = || slim.program().env("FROM_SECRETS_DIRECTORY", &directory);
    let ended = program().env("POCKET_TOKEN", TOKEN).run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);

    let token = slim.directory().join("token");
    fs::write(&token, TOKEN).unwrap();
    let ended = program()
        .env("FROM_SECRETS_SOURCES", "files,var-files")
        .env("POCKET_TOKEN_FILE", &token)
        .run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);
}

#[test]
fn an_env_file_alone() {
    let slim = Slim::build(&["derive", "dotenv"]);
    assert_no_sdk(&slim);
    fs::write(slim.directory().join(".env"), format!("POCKET_KEY={KEY}\n")).unwrap();
    let ended = slim
        .program()
        .env("FROM_SECRETS_SOURCES", "dotenv")
        .env("POCKET_TOKEN", TOKEN)
        .run();
    assert_eq!(ended.stdout, LENGTHS, "{}", ended.stderr);

    let ended = slim.program().env("POCKET_TOKEN", TOKEN).run();
    assert!(!ended.success, "the file is read unasked");
    assert!(!ended.stderr.contains(KEY), "{}", ended.stderr);
}
