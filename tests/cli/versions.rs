//! `history` and `rollback`.

use std::sync::atomic::{AtomicUsize, Ordering};

use from_secrets_tests::fake_aws::{Entry, Script};
use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

use crate::support::{assert_contains, at, emulator, of, put, row, run, text};

fn command(endpoint: &str, app: &str, args: &[&str]) -> Program {
    at(endpoint).args(args).args(of(app))
}

/// Three versions: the oldest one has no stage.
fn start() -> (FakeSecretsManager, FakeAws) {
    let secrets = FakeSecretsManager::new();
    for value in ["cAnArY-1", "cAnArY-2", "cAnArY-3"] {
        secrets.put("old/TOKEN", value);
    }
    let server = FakeAws::start(secrets.clone());
    (secrets, server)
}

/// Two versions of a secret that one field reads by its ARN, and another one by its name.
fn start_login() -> (FakeSecretsManager, FakeAws) {
    let secrets = FakeSecretsManager::new();
    secrets.put("old/login", "{}");
    secrets.put("old/login", r#"{"user":"u"}"#);
    let server = FakeAws::start(secrets.clone());
    (secrets, server)
}

fn id(number: usize) -> String {
    format!("00000000-0000-4000-9000-{number:012}")
}

#[test]
fn history_lists_versions_without_values() {
    let (_, server) = start();
    let output = run(command(&server.endpoint(), "old", &["history", "token"]), 0);
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines.len(), 4, "{}", output.stdout);
    for (i, stage) in ["AWSCURRENT", "AWSPREVIOUS", "-"].into_iter().enumerate() {
        let created = format!("2026-01-01T00:00:0{}Z", 2 - i);
        assert_eq!(
            row(lines[i + 1], &[&id(2 - i)]),
            [id(2 - i), stage.to_owned(), created]
        );
    }
    assert!(!output.stdout.contains("cAnArY"), "{}", output.stdout);
    // Two pages.
    assert_eq!(server.tally(), "0 batches, 0 gets, 2 of another kind");
}

#[test]
fn history_can_be_json() {
    let (_, server) = start();
    let args = ["history", "token", "--format", "json"];
    let output = run(command(&server.endpoint(), "old", &args), 0);
    let versions: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let current = serde_json::json!({
        "version": id(2), "stages": ["AWSCURRENT"], "created": "2026-01-01T00:00:02Z",
    });
    assert_eq!(versions[0], current);
    assert_eq!(versions[2]["stages"], serde_json::json!([]));
}

#[test]
fn history_of_other_fields_fails() {
    let (_, server) = start();
    let history = |args: &[&str]| command(&server.endpoint(), "old", args);
    let output = run(history(&["history", "tokn"]), 2);
    assert_contains(&output.stderr, &["did you mean `token`?"]);
    let output = run(history(&["history", "listen"]), 2);
    assert_contains(&output.stderr, &["`listen` has no versions"]);
    let output = run(history(&["history", "port"]), 1);
    assert_contains(&output.stderr, &["no such secret: `old/db`"]);
    let server = FakeAws::start(|_: &_| FakeResponse::denied("old/TOKEN"));
    let output = run(command(&server.endpoint(), "old", &["history", "token"]), 2);
    assert_contains(
        &output.stderr,
        &[
            "cannot list the versions of `old/TOKEN`: denied",
            "ListSecretVersionIds`",
        ],
    );
}

#[test]
fn rollback_returns_to_previous_version() {
    let (secrets, server) = start();
    let rollback = |args: &[&str]| {
        let all = [&["rollback", "token", "--yes"], args].concat();
        command(&server.endpoint(), "old", &all)
    };
    let output = run(rollback(&[]), 0);
    assert_contains(
        &output.stdout,
        &[&format!("rolled back `old/TOKEN` to {}", id(1))],
    );
    assert_contains(&output.stderr, &["the secret contains the fields `token`"]);
    assert!(!output.stdout.contains("cAnArY"), "{}", output.stdout);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("cAnArY-2"));
    run(rollback(&["--to", &id(0)]), 0);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("cAnArY-1"));
    let output = run(rollback(&["--to", &id(0)]), 1);
    assert_contains(&output.stderr, &["this version is the current one"]);
    let output = run(rollback(&["--to", &id(7)]), 1);
    assert_contains(
        &output.stderr,
        &["it has no such version; `history` lists them"],
    );
}

#[test]
fn rollback_lists_fields_by_arn() {
    for (region, fields) in [
        ("us-east-1", "`user`, `password`"),
        ("eu-west-1", "`password`"),
    ] {
        let (_, server) = start_login();
        let arn = FakeSecretsManager::arn(region, "old/login");
        let rollback = command(&server.endpoint(), "old", &["rollback", "password", "-y"]);
        let output = run(rollback.env("STRUCT", "by_arn").env("LOGIN_ARN", arn), 0);
        let note = format!("note: the secret contains the fields {fields}\n");
        assert_contains(&output.stderr, &[&note]);
    }
    let (secrets, server) = start_login();
    let arn = FakeSecretsManager::arn("us-east-1", "old/login");
    let rollback = command(&server.endpoint(), "old", &["rollback", "user", "-y"]);
    let output = run(rollback.env("STRUCT", "by_arn").env("LOGIN_ARN", arn), 0);
    assert_contains(&output.stderr, &["the fields `user`, `password`\n"]);
    assert_eq!(secrets.current("old/login").as_deref(), Some("{}"));
}

#[test]
fn rollback_requires_confirmation() {
    let (secrets, server) = start();
    let output = run(
        command(&server.endpoint(), "old", &["rollback", "token"]),
        2,
    );
    assert_contains(&output.stderr, &["without a terminal; add `--yes`"]);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("cAnArY-3"));
}

#[cfg(unix)]
#[test]
fn confirmed_rollback_moves_current_version() {
    use from_secrets_tests::terminal::Terminal;
    let (secrets, server) = start();
    let rollback = || command(&server.endpoint(), "old", &["rollback", "token"]);
    for (reply, code, current) in [("n\n", 1, "cAnArY-3"), ("y\n", 0, "cAnArY-2")] {
        let mut terminal = Terminal::start(&rollback());
        terminal.expect(&format!(
            "Roll back `old/TOKEN` in us-east-1 to {}? [y/N] ",
            id(1)
        ));
        terminal.send(reply);
        assert_eq!(terminal.wait().code, code);
        assert_eq!(secrets.current("old/TOKEN").as_deref(), Some(current));
    }
}

#[cfg(unix)]
#[test]
fn rollback_reads_versions_after_confirmation() {
    use from_secrets_tests::terminal::Terminal;
    let entry = Entry::text("t-1")
        .version("AWSPREVIOUS", "t-0")
        .created_at(1_000);
    let before = entry.created_at(1_000);
    let secrets = FakeSecretsManager::new().entry("old/TOKEN", before);
    let pending = Entry::text("t-1")
        .version("AWSPREVIOUS", "t-0")
        .version("AWSPENDING", "t-2");
    let rotating = FakeSecretsManager::new().entry("old/TOKEN", pending);
    let lists = AtomicUsize::new(0);
    let server = FakeAws::start(secrets.clone().when(move |call| {
        let is_list = call.operation == "ListSecretVersionIds" && call.next_token.is_none();
        let is_later = is_list && lists.fetch_add(1, Ordering::SeqCst) > 0
            || call.operation == "ListSecretVersionIds" && call.next_token.is_some();
        is_later.then(|| rotating.response(call))
    }));
    let mut terminal = Terminal::start(&command(&server.endpoint(), "old", &["rollback", "token"]));
    terminal.expect("[y/N] ");
    terminal.send("y\n");
    terminal.expect("cannot roll back `old/TOKEN`: it is being rotated");
    assert_eq!(terminal.wait().code, 1);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn history_omits_times_out_of_range() {
    let list = serde_json::json!({ "Versions": [
        { "VersionId": id(1), "VersionStages": ["AWSCURRENT"], "CreatedDate": 400_000_000_000_f64 },
        { "VersionId": id(0), "VersionStages": ["AWSPREVIOUS"], "CreatedDate": -1.0 },
    ]});
    let server = FakeAws::start(move |_: &_| FakeResponse::json(&list));
    let output = run(command(&server.endpoint(), "old", &["history", "token"]), 0);
    row(&output.stdout, &[&id(1), "AWSCURRENT", "-"]);
    row(&output.stdout, &[&id(0), "AWSPREVIOUS", "-"]);
}

#[test]
fn rollback_during_rotation_is_rejected() {
    let entry = Entry::text("t-1")
        .version("AWSPREVIOUS", "t-0")
        .version("AWSPENDING", "t-2");
    let secrets = FakeSecretsManager::new().entry("old/TOKEN", entry);
    let server = FakeAws::start(secrets.clone());
    let output = run(
        command(&server.endpoint(), "old", &["rollback", "token", "-y"]),
        1,
    );
    assert_contains(
        &output.stderr,
        &["cannot roll back `old/TOKEN`: it is being rotated"],
    );
    let secrets = FakeSecretsManager::new().text("old/TOKEN", "t-1");
    let server = FakeAws::start(secrets);
    let output = run(
        command(&server.endpoint(), "old", &["rollback", "token", "-y"]),
        1,
    );
    assert_contains(&output.stderr, &["it has no previous version"]);
}

#[test]
fn finished_rotation_permits_rollback() {
    let entry = Entry::text("t-2").created_at(2_000);
    let entry = entry.version("AWSPREVIOUS", "t-1").created_at(1_000);
    let entry = entry.version("AWSPENDING", "t-0").created_at(500);
    let secrets = FakeSecretsManager::new().entry("old/TOKEN", entry);
    let server = FakeAws::start(secrets.clone());
    let rollback = || command(&server.endpoint(), "old", &["rollback", "token", "-y"]);
    run(rollback(), 0);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("t-1"));
    // The newest version has the stage since its rotation.
    let entry = Entry::text("t-1").created_at(1_000);
    let entry = entry.version("AWSPREVIOUS", "t-2").created_at(2_000);
    let secrets = FakeSecretsManager::new().entry("old/TOKEN", entry.stage("AWSPENDING"));
    let server = FakeAws::start(secrets.clone());
    run(
        command(&server.endpoint(), "old", &["rollback", "token", "-y"]),
        0,
    );
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("t-2"));
}

#[test]
fn rollback_without_response_is_checked() {
    for (is_lost, code) in [(false, 1), (true, 0)] {
        let (secrets, _) = start();
        let (other, moves) = (secrets.clone(), AtomicUsize::new(0));
        let server = FakeAws::start(secrets.clone().when(move |call| {
            let is_move = call.operation == "UpdateSecretVersionStage";
            if is_move && moves.fetch_add(1, Ordering::SeqCst) == 0 && is_lost {
                let _ = other.response(call);
            }
            is_move.then(FakeResponse::close)
        }));
        let rollback = command(&server.endpoint(), "old", &["rollback", "token", "-y"]);
        let output = run(rollback, code);
        let current = if is_lost { "cAnArY-2" } else { "cAnArY-3" };
        assert_eq!(secrets.current("old/TOKEN").as_deref(), Some(current));
        if !is_lost {
            assert_contains(
                &output.stderr,
                &["cannot roll back `old/TOKEN`: unreachable"],
            );
        }
    }
}

#[test]
fn rollback_is_bound_to_current_version() {
    for (others_write, code) in [(true, 1), (false, 0)] {
        let (secrets, _) = start();
        let (other, moves) = (secrets.clone(), AtomicUsize::new(0));
        let server = FakeAws::start(secrets.clone().when(move |call| {
            let is_move = call.operation == "UpdateSecretVersionStage";
            if !is_move || moves.fetch_add(1, Ordering::SeqCst) > 0 {
                return None;
            }
            if others_write {
                other.put("old/TOKEN", "t-9");
                return None;
            }
            // The response to a successful call gets lost.
            let _ = other.response(call);
            Some(FakeResponse::close())
        }));
        let output = run(
            command(&server.endpoint(), "old", &["rollback", "token", "-y"]),
            code,
        );
        let current = secrets.current("old/TOKEN").unwrap();
        if others_write {
            assert_contains(
                &output.stderr,
                &["the secret was changed since it was read"],
            );
            assert_eq!(current, "t-9");
        } else {
            assert_eq!(current, "cAnArY-2");
        }
    }
}

#[test]
fn rollback_of_replica_is_rejected() {
    let entry = Entry::text("t-1").version("AWSPREVIOUS", "t-0").replica();
    let server = FakeAws::start(FakeSecretsManager::new().entry("old/TOKEN", entry));
    let output = run(
        command(&server.endpoint(), "old", &["rollback", "token", "-y"]),
        1,
    );
    assert_contains(
        &output.stderr,
        &["the secret is a replica, which is read-only"],
    );
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
    let managed = command(&server.endpoint(), "old", &["rollback", "user", "-y"]);
    let output = run(managed.env("STRUCT", "by_arn").env("LOGIN_ARN", arn), 2);
    assert_contains(&output.stderr, &["an AWS service manages"]);
}

#[tokio::test]
async fn emulator_keeps_history_of_writes() {
    let client = emulator().client();
    put(&client, "history/TOKEN", "t-1").await;
    let command = |args: &[&str]| command(emulator().endpoint(), "history", args);
    for value in ["t-2", "t-3"] {
        run(command(&["set", "token", "--yes"]).input(value), 0);
        assert_eq!(text(&client, "history/TOKEN").await.as_deref(), Some(value));
    }
    let output = run(command(&["history", "token"]), 0);
    assert_contains(&output.stdout, &["AWSCURRENT", "AWSPREVIOUS"]);
    assert!(
        !output.stdout.contains("from-secrets-"),
        "{}",
        output.stdout
    );
    run(command(&["rollback", "token", "--yes"]), 0);
    assert_eq!(text(&client, "history/TOKEN").await.as_deref(), Some("t-2"));
    run(command(&["rollback", "token", "--yes"]), 0);
    assert_eq!(text(&client, "history/TOKEN").await.as_deref(), Some("t-3"));
}
