//! Placeholders and hints in arguments.

use from_secrets_tests::home::Home;
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeSecretsManager};
use serde_json::Value;

use crate::support::{VALUES, assert_contains, at, bare, emulator, of, put, row, run, text, with};

#[test]
fn mistyped_placeholder_has_a_suggestion() {
    for args in [
        &["check", "--placeholder", "ap=x"][..],
        &["policy", "--placeholder", "apq=x"],
        &["docs", "--placeholder", "app=x", "--placeholder", "appp=x"],
        &["diff", "env", "--against", "ap=x"],
        &["run", "--placeholder", "ap=x", "--", "true"],
    ] {
        let output = run(bare().args(args), 2);
        assert_contains(
            &output.stderr,
            &["`App` does not have", "did you mean `app`?"],
        );
    }
    let output = run(bare().args(["check", "--placeholder", "stage=x"]), 2);
    assert_contains(&output.stderr, &["the placeholder `stage`; it has `app`"]);
}

#[test]
fn environment_needs_no_placeholder() {
    let local = |args: &[&str]| with(bare().args(args), &VALUES);
    for args in [&["check"][..], &["check", "--source", "env"]] {
        let output = run(local(args), 0);
        row(&output.stdout, &["ok", "token", "env", "TOKEN"]);
    }
    let output = run(local(&["run", "--", "env"]), 0);
    assert_contains(&output.stdout, &["TOKEN=t-1\n"]);
    assert!(!output.stdout.contains("app="), "{}", output.stdout);
    let output = run(local(&["diff", "env", "env"]), 0);
    row(&output.stdout, &["same", "token"]);
}

/// Returns a program in a directory with this `.env` file, which is in its chain.
fn in_directory(program: Program, home: &Home, lines: &str) -> Program {
    home.write(".env", lines);
    let program = program.current_dir(home.path());
    program.env("FROM_SECRETS_SOURCES", "aws,dotenv")
}

#[test]
fn placeholder_in_env_file_is_used() {
    let aws = FakeSecretsManager::new()
        .text("x/TOKEN", "t-1")
        .text("y/TOKEN", "t-1");
    let aws = FakeAws::start(aws);
    let home = Home::new();
    let local = |args: &[&str]| {
        let program = at(&aws.endpoint()).args(args);
        let program = in_directory(program, &home, "app=x\n");
        with(program, &VALUES[1..])
    };
    let output = run(local(&["check"]), 0);
    row(&output.stdout, &["ok", "token", "aws", "x/TOKEN"]);
    let output = run(local(&["check"]).env("app", "y"), 0);
    row(&output.stdout, &["ok", "token", "aws", "y/TOKEN"]);
    let output = run(local(&["run", "--", "env"]), 0);
    assert_contains(&output.stdout, &["TOKEN=t-1\n", "app=x\n"]);
    let output = run(
        local(&["diff", "--against", "app=y", "--format", "json"]),
        0,
    );
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["sides"], serde_json::json!(["app=x", "app=y"]));
}

#[test]
fn filled_template_is_complete() {
    let aws = FakeAws::start(FakeSecretsManager::new().text("x/TOKEN", "t-1"));
    let home = Home::new();
    let env = || {
        bare()
            .current_dir(home.path())
            .args(["env", "--output", ".env"])
    };
    run(env(), 0);
    let path = home.path().join(".env");
    let template = std::fs::read_to_string(&path).unwrap();
    let values = VALUES.into_iter().chain([("app", "x")]);
    let filled = values.fold(template, |text, (name, value)| {
        assert_contains(&text, &[&format!("\n{name}=\n")]);
        let value = value.replace('\'', "\\'");
        text.replace(&format!("\n{name}=\n"), &format!("\n{name}='{value}'\n"))
    });
    for (sources, origin) in [("dotenv", "dotenv"), ("aws,dotenv", "aws")] {
        let program = at(&aws.endpoint()).arg("check");
        let program = in_directory(program, &home, &filled);
        let output = run(program.env("FROM_SECRETS_SOURCES", sources), 0);
        row(&output.stdout, &["ok", "token", origin]);
    }
    let named = bare().args(["env", "--placeholder", "app=x"]);
    assert!(!run(named, 0).stdout.contains("app="));
}

#[test]
fn needed_broken_file_is_named() {
    let home = Home::new();
    let program = |args: &[&str]| {
        let program = at("http://127.0.0.1:1").args(args);
        in_directory(program, &home, "app=x\n'cAnArY")
    };
    for args in [
        &["check"][..],
        &["check", "--exists"],
        &["history", "token"],
        &["diff", "--against", "app=y"],
    ] {
        let output = run(program(args), 2);
        assert_contains(&output.stderr, &["`.env`, line 2", "--placeholder app=…"]);
        assert!(!output.stderr.contains("cAnArY"), "{}", output.stderr);
    }
}

#[tokio::test]
async fn writes_use_placeholder_in_env_file() {
    let client = emulator().client();
    put(&client, "env-file/TOKEN", "old").await;
    let home = Home::new();
    let program = |args: &[&str]| {
        let program = at(emulator().endpoint()).args(args);
        in_directory(program, &home, "app=env-file\n")
    };
    run(program(&["set", "token", "--yes"]).input("new"), 0);
    assert_eq!(
        text(&client, "env-file/TOKEN").await.as_deref(),
        Some("new")
    );
    let output = run(program(&["history", "token"]), 0);
    assert_contains(&output.stdout, &["AWSPREVIOUS"]);
    let output = run(program(&["check", "--exists"]), 1);
    row(&output.stdout, &["exists", "token", "env-file/TOKEN"]);
    run(program(&["rollback", "token", "--yes"]), 0);
    assert_eq!(
        text(&client, "env-file/TOKEN").await.as_deref(),
        Some("old")
    );
}

#[test]
fn other_fields_need_no_placeholder() {
    let secrets = FakeSecretsManager::new();
    for password in ["p-1", "p-2"] {
        secrets.put("x/login", &format!(r#"{{"password":"{password}"}}"#));
    }
    let server = FakeAws::start(secrets.clone());
    let program = |args: &[&str]| {
        let program = at(&server.endpoint()).args(args).args(of("x"));
        program.env("STRUCT", "by_arn").input("p-3")
    };
    run(program(&["history", "password"]), 0);
    let output = run(program(&["rollback", "password", "--yes"]), 0);
    assert_contains(
        &output.stderr,
        &[
            "contains the fields `password`\n",
            "can also contain the fields `user`, because placeholders",
        ],
    );
    run(program(&["set", "password", "--yes"]), 0);
    let current = secrets.current("x/login").unwrap();
    assert_eq!(current, r#"{"password":"p-3"}"#);
    for args in [
        &["history", "user"][..],
        &["rollback", "user", "--yes"],
        &["set", "user", "--yes"],
        &["set", "password", "user", "--from", "/dev/null", "--yes"],
        &["push", "--yes"],
        &["check", "--exists"],
    ] {
        let output = run(program(args), 2);
        assert_contains(&output.stderr, &["`--placeholder LOGIN_ARN=…`"]);
    }
}

#[test]
fn hints_name_options_of_the_command() {
    let output = run(at("http://127.0.0.1:1").arg("check"), 2);
    assert_contains(&output.stderr, &["add `--placeholder app=…`"]);
    let output = run(
        bare()
            .args(["check", "--source", "aws"])
            .args(of("x"))
            .env("AWS_ACCESS_KEY_ID", "a")
            .env("AWS_SECRET_ACCESS_KEY", "b"),
        2,
    );
    assert_contains(&output.stdout, &["`--region`"]);
    assert!(!output.stdout.contains("Loader::"), "{}", output.stdout);
}

#[test]
fn docs_are_json_on_request() {
    let output = run(bare().args(["docs", "--format", "json"]).args(of("x")), 0);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["struct"], "App");
    let password = &document["fields"][1];
    assert_eq!(password["field"], "password");
    assert_eq!(password["secret"], "x/db");
    assert_eq!(password["json_key"], "password");
    assert_eq!(password["variable"], "DB_PASSWORD");
    assert_eq!(password["required"], true);
}

#[cfg(target_os = "linux")]
#[test]
fn narrow_terminal_keeps_names_whole() {
    use std::process::{Command, Stdio};

    let program = env!("CARGO_BIN_EXE_app-secrets");
    let app = "a-long-name/of-an-application/in-a-company";
    for columns in [40, 80] {
        let line = format!(
            "stty rows 24 cols {columns}; NO_COLOR=1 TERM=xterm AWS_EC2_METADATA_DISABLED=true \
             FROM_SECRETS_SOURCES=aws,env AWS_ACCESS_KEY_ID=a AWS_SECRET_ACCESS_KEY=b AWS_REGION=us-east-1 \
             AWS_MAX_ATTEMPTS=1 AWS_ENDPOINT_URL=http://127.0.0.1:1 {program} check --placeholder app={app}"
        );
        let script = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::null())
            .output()
            .expect("`script` is installed (Debian package `bsdutils`)");
        let text = String::from_utf8_lossy(&script.stdout);
        for name in ["TOKEN", "CERTIFICATE", "mail/PASSWORD"] {
            let name = format!("{app}/{name}");
            let words = || text.split_whitespace();
            assert!(
                words().any(|word| word == name),
                "`{name}` is not in:\n{text}"
            );
        }
    }
}
