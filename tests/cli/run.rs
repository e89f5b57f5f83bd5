//! `run`: a command with the values of the struct in its environment.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use from_secrets_tests::process::{Ended, Program};
use from_secrets_tests::{FakeAws, FakeSecretsManager, canary};

use crate::support::{VALUES, assert_contains, at, bare, run, with};

/// Secrets for all required fields of `App`, with values in all forms.
fn secrets() -> FakeSecretsManager {
    let db = r#"{"password": "p '\"$é\n ", "port": 5432, "pool": {"max": 9, "min": "1"}, "key": "AP+f"}"#;
    FakeSecretsManager::new()
        .text("x/TOKEN", "token = \"1\"\n")
        .text("x/db", db)
        .binary("x/CERTIFICATE", &[0, 255, 159, 145])
        .text("x/mail/USER", "postman")
        .text("x/mail/PASSWORD", "{\"not\": \"json\"}")
}

/// The program with these secrets, and the arguments before the command.
fn program(aws: &FakeAws, args: &[&str]) -> Program {
    let args = [&["run", "--placeholder", "app=x"], args].concat();
    at(&aws.endpoint()).args(args)
}

/// Returns the lines of the environment that `env` prints.
#[track_caller]
fn environment(ended: &Ended) -> Vec<&str> {
    ended.stdout.lines().collect()
}

/// The program with all values in its own environment.
fn local(command: &[&str]) -> Program {
    let args = [
        &["run", "--source", "env", "--placeholder", "app=x", "--"],
        command,
    ]
    .concat();
    with(bare().args(args), &VALUES)
}

#[test]
fn command_loads_an_equal_struct() {
    let aws = FakeAws::start(secrets());
    let own = env!("CARGO_BIN_EXE_app-secrets");
    // Values of the environment would differ.
    let ended = run(
        program(&aws, &["--source", "aws", "--", own, "diff", "env", "aws"])
            .env("TOKEN", "outdated")
            .env("LEVEL", "debug")
            .env("REMARK", "outdated"),
        0,
    );
    assert_eq!(ended.stdout.matches("same").count(), 8, "{}", ended.stdout);
    assert_contains(&ended.stdout, &["in neither  remark", "in neither  level"]);
    let check = [own, "check"];
    let args = [
        &["--source", "aws", "--", "env", "FROM_SECRETS_SOURCES=env"],
        &check[..],
    ]
    .concat();
    let ended = run(program(&aws, &args), 0);
    assert_contains(&ended.stdout, &["ok", "CERTIFICATE"]);
}

#[test]
fn variables_have_raw_text() {
    let aws = FakeAws::start(secrets());
    let ended = run(program(&aws, &["--", "env"]), 0);
    let lines = environment(&ended);
    for line in [
        "TOKEN=token = \"1\"",
        "DB_PASSWORD=p '\"$é",
        "DB_PORT=5432",
        r#"DB_POOL={"max":9,"min":"1"}"#,
        "DB_KEY=AP+f",
        "CERTIFICATE=AP+fkQ==",
        "MAIL_PASSWORD={\"not\": \"json\"}",
        "app=x",
        "AWS_REGION=us-east-1",
    ] {
        assert!(lines.contains(&line), "`{line}` is not in:\n{lines:#?}");
    }
    assert_eq!(ended.stderr, "");
}

#[test]
fn absent_and_default_fields_are_removed() {
    let aws = FakeAws::start(secrets());
    let ended = run(
        program(&aws, &["--source", "aws", "--", "env"])
            .env("REMARK", "outdated")
            .env("LEVEL", "debug")
            .env("DB_REPLICA", "outdated"),
        0,
    );
    for name in ["REMARK=", "LEVEL=", "DB_REPLICA="] {
        let is_set = environment(&ended)
            .iter()
            .any(|line| line.starts_with(name));
        assert!(!is_set, "{name} is in:\n{}", ended.stdout);
    }
}

#[test]
fn clean_environment_has_only_the_struct() {
    let aws = FakeAws::start(secrets());
    let ended = run(
        program(&aws, &["--clean", "--source", "aws", "--", "env"])
            .env("HOME", "/home/x")
            .env("LC_ALL", "C.UTF-8")
            .env("OTHER", "1"),
        0,
    );
    let names: Vec<&str> = environment(&ended)
        .into_iter()
        .filter_map(|line| Some(line.split_once('=')?.0))
        .collect();
    let mut names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "CERTIFICATE",
            "DB_KEY",
            "DB_PASSWORD",
            "DB_POOL",
            "DB_PORT",
            "HOME",
            "LC_ALL",
            "MAIL_PASSWORD",
            "MAIL_USER",
            "PATH",
            "TOKEN",
            "app",
        ]
    );
}

#[test]
fn exit_code_is_that_of_command() {
    for (script, code) in [("exit 0", 0), ("exit 42", 42), ("exit 2", 2)] {
        run(local(&["sh", "-c", script]), code);
    }
    let ended = local(&["sh", "-c", "kill -KILL $$"]).run();
    assert_eq!((ended.success, ended.code), (false, None), "a signal");
}

#[test]
fn command_receives_signals() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_app-secrets"))
        .args(["run", "--source", "env", "--placeholder", "app=x", "--"])
        .args(["sh", "-c", "echo $$; exec cat"])
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .envs(VALUES)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    // No other process has the values.
    assert_eq!(line.trim(), child.id().to_string());
    let kill = Command::new("kill").args(["-TERM", line.trim()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

/// Creates a script whose path contains a space.
fn script(name: &str, mode: u32) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("a folder");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{name} {}", std::process::id()));
    fs::write(&path, "#!/bin/sh\nprintf '<%s>' \"$@\"\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn paths_and_arguments_keep_spaces() {
    let path = script("run me", 0o755);
    let ended = run(
        local(&[path.to_str().unwrap(), "a b", "", "--clean", "$HOME"]),
        0,
    );
    assert_eq!(ended.stdout, "<a b><><--clean><$HOME>");
}

#[test]
fn missing_command_exits_like_a_shell() {
    let path = script("not executable", 0o644);
    let ended = run(local(&[path.to_str().unwrap()]), 126);
    assert_contains(&ended.stderr, &["cannot run", "not executable"]);
    for command in ["no-such-command-of-this-test", ""] {
        let ended = run(local(&[command]), 127);
        assert_contains(&ended.stderr, &[&format!("cannot run `{command}`")]);
    }
    run(local(&[]), 2);
    run(bare().arg("run"), 2);
}

#[test]
fn incomplete_struct_runs_nothing() {
    let aws = FakeAws::start(secrets().denied("x/TOKEN"));
    let ended = run(program(&aws, &["--source", "aws", "--", "echo", "ran"]), 1);
    assert_contains(&ended.stderr, &["cannot load `App`", "`token`", "denied"]);
    assert_eq!(ended.stdout, "");
    let args = [
        "run",
        "--source",
        "env",
        "--placeholder",
        "app=x",
        "--",
        "echo",
        "ran",
    ];
    let ended = run(with(bare().args(args), &VALUES[1..]), 1);
    assert_contains(&ended.stderr, &["field `token`", "not set"]);
    assert_eq!(ended.stdout, "");
    let program = at("http://127.0.0.1:1").args(["run", "--", "echo", "ran"]);
    let ended = run(with(program, &VALUES), 2);
    assert_contains(&ended.stderr, &["--placeholder app=…"]);
    assert_eq!(ended.stdout, "");
    let help = run(bare().args(["run", "--help"]), 0).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_contains(&help, &["2 for wrong usage, an invalid setting"]);
}

#[test]
fn unusable_values_are_named_only() {
    let value = canary::value("value").replace('"', "'");
    let db = format!(r#"{{"password": "{value}\u0000", "port": 5432, "pool": null}}"#);
    let aws = FakeAws::start(secrets().text("x/db", db).text("x/mail/USER", ""));
    let ended = run(program(&aws, &["--source", "aws", "--", "echo", "ran"]), 1);
    assert_contains(
        &ended.stderr,
        &[
            "cannot set `DB_PASSWORD` for `password`: the value contains a NUL byte",
            "cannot set `MAIL_USER` for `mail.user`: the value is empty",
        ],
    );
    assert_eq!(ended.stdout, "");
    canary::assert_absent(&ended.stderr);
}

#[test]
fn field_without_variable_is_left_out() {
    let aws = FakeAws::start(
        FakeSecretsManager::new()
            .text("x/signing", "the key")
            .text("x/shown", "shown"),
    );
    let ended = run(
        program(&aws, &["--", "env"]).env("STRUCT", "no_variable"),
        0,
    );
    assert_contains(
        &ended.stderr,
        &["skipped fields without an environment variable: `signing`"],
    );
    assert!(environment(&ended).contains(&"SHOWN=shown"));
    assert!(!ended.stdout.contains("the key"), "{}", ended.stdout);
}

#[test]
fn application_chain_prefers_as_usual() {
    let aws = FakeAws::start(secrets());
    let ended = run(program(&aws, &["--", "env"]).env("REMARK", "kept"), 0);
    assert!(
        environment(&ended).contains(&"REMARK=kept"),
        "{}",
        ended.stdout
    );
}
