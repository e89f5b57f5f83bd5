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

/// The setup on the page on the command line.
#[test]
fn deployed_program_lacks_command_line() {
    let page = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../secrets-core/src/guide/command_line.md"
    );
    let page = fs::read_to_string(page).unwrap();
    let blocks = page.split("```").skip(1).step_by(2);
    // Without the lines that rustdoc hides, and the language.
    let visible = |block: &str| {
        let lines = block.lines().skip(1).map(str::trim);
        let visible = lines.filter(|line| !line.starts_with("# "));
        visible.collect::<Vec<_>>().join("\n")
    };
    let blocks: Vec<String> = blocks.map(visible).collect();
    let [library, command, main, config, ..] = blocks.as_slice() else {
        panic!("{blocks:?}");
    };
    assert_eq!(
        command.trim(),
        "cargo add --dev from-secrets --features cli"
    );
    let build = MinimalBuild::package(
        "reading-list",
        "command-line",
        &format!(
            "[dependencies]\n{}\n[dev-dependencies]\n{}\n",
            MinimalBuild::dependency(&["derive"]),
            MinimalBuild::dependency(&["cli"])
        ),
        &[
            ("src/lib.rs", library),
            ("src/main.rs", "fn main() {}\n"),
            ("examples/app-secrets.rs", main),
            (".cargo/config.toml", config),
        ],
    );
    build.cargo(&["build"]);
    let tree = build.cargo(&["tree", "--edges", "normal"]);
    assert!(!tree.contains("clap"), "{tree}");
    let docs = build.cargo(&["secrets", "docs"]);
    assert!(docs.contains("`POCKET_TOKEN`"), "{docs}");
}
