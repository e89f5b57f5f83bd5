//! Subcommands never print a value.

use from_secrets_tests::canary::{assert_absent, value};
use from_secrets_tests::process::Program;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager};
use serde_json::{Value, json};

use support::{at, bare, file, of};

#[path = "../cli/support.rs"]
#[allow(dead_code, reason = "the suite `cli` uses the rest")]
mod support;

const APP: &str = "silence";

/// Every field's value is a canary, also where its type refuses it.
fn environment() -> Vec<(&'static str, String)> {
    let names = [
        "TOKEN",
        "DB_PASSWORD",
        "DB_PORT",
        "DB_POOL",
        "DB_REPLICA",
        "CERTIFICATE",
        "DB_KEY",
        "REMARK",
        "LEVEL",
        "LISTEN",
        "MAIL_USER",
        "MAIL_PASSWORD",
    ];
    names.map(|name| (name, value(name))).to_vec()
}

/// The same where what has a type gets what it needs.
fn sound() -> Vec<(&'static str, String)> {
    let mut all = environment();
    for (name, text) in &mut all {
        match *name {
            "DB_PORT" | "LISTEN" => "5432".clone_into(text),
            "DB_POOL" => "{\"min\": 1, \"max\": 2}".clone_into(text),
            "CERTIFICATE" | "DB_KEY" => {
                use base64::prelude::{BASE64_STANDARD, Engine};
                *text = BASE64_STANDARD.encode(value(name));
            }
            _ => {}
        }
    }
    all
}

fn vault() -> FakeSecretsManager {
    let db = json!({
        "password": value("aws"), "port": value("aws"), "pool": value("aws"), "key": value("aws"),
        "replicas": value("aws"), value("key"): 1,
    });
    FakeSecretsManager::new()
        .text("silence/TOKEN", value("aws"))
        .text("silence/db", db.to_string())
        .binary("silence/CERTIFICATE", value("aws").as_bytes())
        .text("silence/mail/USER", value("aws"))
}

/// A careless service quotes the value of a write in its response.
fn blabbing(call: &Call) -> Option<FakeResponse> {
    let is_write = matches!(
        call.operation.as_str(),
        "CreateSecret" | "PutSecretValue" | "UpdateSecretVersionStage"
    );
    let message = format!(
        "Value '{}' at 'secretString' failed to satisfy constraint",
        value("TOKEN")
    );
    is_write.then(|| FakeResponse::error("ValidationException", &message))
}

fn servers() -> Vec<FakeAws> {
    vec![
        FakeAws::start(vault()),
        FakeAws::start(vault().when(blabbing)),
        FakeAws::start(FakeSecretsManager::new()),
        FakeAws::start(FakeSecretsManager::new().when(blabbing)),
        FakeAws::start(
            vault()
                .without_batch()
                .denied("silence/TOKEN")
                .when(blabbing),
        ),
        FakeAws::start(FakeSecretsManager::new().text("silence/db", value("no json"))),
        FakeAws::start(|_: &Call| FakeResponse::raw(200, Value::from(value("aws")).to_string())),
    ]
}

fn silent(program: Program, what: &str) {
    let output = program.run();
    assert_absent(&output.stdout);
    assert_absent(&output.stderr);
    assert!(
        !output.stderr.contains("panicked"),
        "{what}: {}",
        output.stderr
    );
    assert!(output.code.is_some(), "{what}");
}

#[test]
fn no_subcommand_shows_a_value() {
    let broken = file(
        "broken.env",
        &format!("LEVEL={}\n{} = {}\n", value("e"), value("f"), value("g")),
    );
    let broken = broken.display().to_string();
    let lines = [
        "check",
        "check --format json",
        "check --source env",
        "check --source env,aws",
        "push --dry-run",
        "push --yes",
        "push",
        "set --yes token",
        "set --yes --overwrite token",
        "set --yes password",
        "set --yes port",
        "set --yes certificate",
        "history token",
        "rollback --yes token",
        "diff env aws",
        "diff aws env,aws",
    ];
    let lines = lines.iter().map(|line| line.split(' ').collect());
    let lines: Vec<Vec<&str>> = lines
        .chain([vec!["push", "--yes", "--from", &broken]])
        .chain([vec!["set", "--yes", "token", "--from", &broken]])
        .collect();
    for server in servers() {
        for values in [environment(), sound()] {
            for line in &lines {
                both_ways(line, || {
                    let program = at(&server.endpoint()).args(line).args(of(APP));
                    let program = program.input(value("input"));
                    values
                        .iter()
                        .fold(program, |program, (name, value)| program.env(name, value))
                });
            }
        }
    }
}

/// Errors in one line, and with details and all log events.
fn both_ways(line: &[&str], program: impl Fn() -> Program) {
    silent(program(), &line.join(" "));
    silent(
        program().arg("-v").env("RUST_LOG", "trace"),
        &line.join(" "),
    );
}

#[test]
fn declaration_subcommands_show_no_value() {
    for line in [
        "policy",
        "env",
        "docs",
        "snippet ecs",
        "snippet sam",
        "snippet cloudformation",
        "snippet terraform",
        "snippet cdk",
        "snippet secret-provider-class",
        "snippet external-secret --include-optional",
        "completions bash",
    ] {
        let line: Vec<&str> = line.split(' ').collect();
        both_ways(&line, || {
            let program = bare().args(&line);
            environment()
                .iter()
                .fold(program, |program, (name, value)| program.env(name, value))
        });
    }
}

#[test]
fn value_as_placeholder_is_not_shown() {
    let server = FakeAws::start(FakeSecretsManager::new());
    for line in [
        "check",
        "push --yes",
        "push --dry-run",
        "diff env aws",
        "run -- true",
    ] {
        for verbose in [&[][..], &["-v"]] {
            let program = at(&server.endpoint()).args(line.split(' ')).args(verbose);
            silent(program.env("app", value("name")), line);
            let by_arn = at(&server.endpoint()).args(line.split(' ')).args(verbose);
            silent(
                by_arn
                    .env("STRUCT", "by_arn")
                    .env("LOGIN_ARN", value("arn")),
                line,
            );
        }
    }
}
