//! Fields that cannot be set, and writes that fail.

use from_secrets_tests::fake_aws::Entry;
use from_secrets_tests::process::Program;
use from_secrets_tests::{Call, FakeAws, FakeResponse, FakeSecretsManager, canary};

use crate::support::{assert_contains, at, bare, file, of, run};

fn set(server: &FakeAws, args: &[&str]) -> Program {
    at(&server.endpoint())
        .args(["set", "--yes"])
        .args(of("set"))
        .args(args)
}

fn is_write(call: &Call) -> bool {
    !call.is_batch() && !call.is_get()
}

#[track_caller]
fn assert_not_written(server: &FakeAws) {
    assert!(
        !server.calls().all().iter().any(is_write),
        "{}",
        server.tally()
    );
}

#[test]
fn wrong_field_is_rejected_before_requests() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let rejected = |args: &[&str], part: &str| {
        let output = run(set(&server, args).input("x"), 2);
        assert_contains(&output.stderr, &[part]);
        canary::assert_absent(&output.stderr);
    };
    rejected(&["pasword"], "did you mean `password`?");
    rejected(&["mail"], "`mail` is a nested struct");
    rejected(
        &["token", &canary::value("argument")],
        "values are not accepted as arguments",
    );
    rejected(
        &["listen"],
        "cannot set `listen`: the field is read only from the environment",
    );
    rejected(&["token", "port"], "use `--from` for several");
    run(set(&server, &[]), 2);
    let pinned = set(&server, &["old"]).env("STRUCT", "pinned").input("x");
    assert_contains(
        &run(pinned, 2).stderr,
        &["only `AWSCURRENT` can be written"],
    );
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1-AbCdEf";
    let managed = set(&server, &["user"])
        .env("STRUCT", "by_arn")
        .env("LOGIN_ARN", arn);
    assert_contains(
        &run(managed.input("x"), 2).stderr,
        &["an AWS service manages"],
    );
    assert_eq!(server.tally(), "0 batches, 0 gets");
}

#[test]
fn unusable_values_are_rejected() {
    let secrets = FakeSecretsManager::new()
        .text("set/TOKEN", "t-1")
        .text("set/db", "no json");
    let server = FakeAws::start(secrets);
    let rejected = |field: &str, input: &[u8], part: &str| {
        let output = run(set(&server, &[field]).input(input), 1);
        assert_contains(&output.stderr, &[part]);
    };
    rejected("token", b"", "standard input is empty");
    rejected(
        "token",
        b"\n",
        "the value is empty, which counts as missing",
    );
    rejected(
        "token",
        b"\xff",
        "the value is not UTF-8, which only a `binary` field accepts",
    );
    rejected(
        "token",
        &vec![b'x'; 70_000],
        "larger than the limit of 65536 bytes",
    );
    let cut = format!("x{}", "\u{e9}".repeat(40_000));
    let limit = "the value is larger than the limit of 65536 bytes";
    rejected("token", cut.as_bytes(), limit);
    rejected("password", b"p", "not JSON");
    let missing = run(set(&server, &["token", "--file", "/does/not/exist"]), 1);
    assert_contains(&missing.stderr, &["cannot read `/does/not/exist`"]);
    let empty = run(
        set(&server, &["token", "--file"]).arg(file("set.empty", "")),
        1,
    );
    assert_contains(&empty.stderr, &["is empty"]);
    let typed = FakeSecretsManager::new().text("set/db", "{}");
    let server = FakeAws::start(typed);
    let output = run(set(&server, &["port"]).input("many"), 1);
    assert_contains(
        &output.stderr,
        &["invalid value for `port`", "expected an integer"],
    );
    assert_not_written(&server);
}

#[test]
fn confirmation_requires_terminal() {
    let server = FakeAws::start(FakeSecretsManager::new().text("set/TOKEN", "t-1"));
    let set = at(&server.endpoint())
        .args(["set", "token"])
        .args(of("set"));
    let output = run(set.input("t-2"), 2);
    assert_contains(&output.stderr, &["without a terminal; add `--yes`"]);
    assert_eq!(server.tally(), "0 batches, 0 gets");
}

#[test]
fn unreadable_secret_requires_overwrite() {
    let denied = |secrets: FakeSecretsManager| {
        let server = secrets
            .clone()
            .when(|call| call.is_get().then(|| FakeResponse::denied("set/TOKEN")));
        (secrets, FakeAws::start(server))
    };
    let (secrets, server) = denied(
        FakeSecretsManager::new()
            .text("set/TOKEN", "t-1")
            .text("set/db", "{}"),
    );
    let output = run(set(&server, &["token"]).input("t-2"), 2);
    assert_contains(
        &output.stderr,
        &["cannot read `set/TOKEN`", "add `--overwrite`"],
    );
    assert_not_written(&server);
    let output = run(set(&server, &["token", "--overwrite"]).input("t-2"), 0);
    assert_contains(&output.stdout, &["overwrite", "updated `set/TOKEN`"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
    let output = run(set(&server, &["password", "--overwrite"]).input("p"), 2);
    assert_contains(
        &output.stderr,
        &["cannot read `set/db`, so it is not changed"],
    );
    assert_eq!(secrets.current("set/db").as_deref(), Some("{}"));
    // A policy that lists exact secrets denies those that do not exist.
    let (secrets, server) = denied(FakeSecretsManager::new());
    run(set(&server, &["token", "--overwrite"]).input("t-1"), 0);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn secrets_that_reject_writes_have_hints() {
    let deleted =
        "You can't perform this operation on the secret because it was marked for deletion.";
    let refused = |entry: Entry, parts: &[&str]| {
        let secrets = FakeSecretsManager::new().entry("set/TOKEN", entry);
        let server = FakeAws::start(secrets);
        let output = run(set(&server, &["token"]).input("t-2"), 1);
        assert_contains(&output.stderr, parts);
    };
    refused(
        Entry::refused("InvalidRequestException", deleted),
        &["the secret is scheduled for deletion", "restore-secret"],
    );
    refused(
        Entry::text("t-1").replica(),
        &["the secret is a replica, which is read-only", "`--region`"],
    );
    let output = run(
        bare()
            .args(["set", "token", "--yes"])
            .args(of("set"))
            .input("t"),
        2,
    );
    assert_contains(&output.stderr, &["Secrets Manager is not configured"]);
}

#[test]
fn failed_move_keeps_current_version() {
    for (response, parts) in [
        (
            FakeResponse::throttled(),
            &["too many requests", "run this command again"][..],
        ),
        (
            FakeResponse::denied("set/TOKEN"),
            &["denied", "allow `secretsmanager:UpdateSecretVersionStage`"],
        ),
    ] {
        let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
        let server = FakeAws::start(secrets.clone().when(move |call| {
            let is_move = call.version_stage.as_deref() == Some("AWSCURRENT")
                && call.operation == "UpdateSecretVersionStage";
            is_move.then(|| response.clone())
        }));
        let output = run(set(&server, &["token"]).input("t-2"), 1);
        assert_contains(&output.stderr, &["cannot write `set/TOKEN`"]);
        assert_contains(&output.stderr, parts);
        let stages = secrets
            .versions("set/TOKEN")
            .into_iter()
            .map(|version| version.stages);
        assert_eq!(
            stages.collect::<Vec<_>>(),
            [vec!["AWSCURRENT".to_owned()], vec![]]
        );
    }
}

#[test]
fn unreadable_secret_keeps_error_of_creation() {
    let server = FakeAws::start(FakeSecretsManager::new().when(
        |call| match call.operation.as_str() {
            "CreateSecret" => Some(FakeResponse::error("InvalidParameterException", "tags")),
            "PutSecretValue" => None,
            _ => Some(FakeResponse::denied("set/TOKEN")),
        },
    ));
    let output = run(set(&server, &["token", "--overwrite"]).input("t-2"), 1);
    let hint = "help: check the secret's name, the size of its value, the tags and the KMS key";
    assert_contains(
        &output.stderr,
        &["Secrets Manager rejected the request", hint],
    );
}

#[test]
fn exceeded_quota_is_named() {
    let message = "You can't exceed the maximum of versions.";
    let server = FakeAws::start(FakeSecretsManager::new().text("set/TOKEN", "t-1").when(
        move |call| {
            let is_put = call.operation == "PutSecretValue";
            is_put.then(|| FakeResponse::error("LimitExceededException", message))
        },
    ));
    let output = run(set(&server, &["token"]).input("t-2"), 1);
    assert_contains(&output.stderr, &["a quota of Secrets Manager is exceeded"]);
    let hint = "help: check the number of secrets and versions";
    assert_contains(&output.stderr, &[hint]);
}

#[test]
fn stage_that_stays_is_noted() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets.clone().when(|call| {
        let is_cleanup = call.operation == "UpdateSecretVersionStage"
            && call.version_stage.as_deref() != Some("AWSCURRENT");
        is_cleanup.then(|| FakeResponse::denied("set/TOKEN"))
    }));
    let output = run(set(&server, &["token"]).input("t-2"), 0);
    assert_contains(&output.stderr, &["note: the unused stage `from-secrets-"]);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
}

#[cfg(target_os = "linux")]
#[test]
fn unwritable_output_prevents_writes() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets);
    let program = env!("CARGO_BIN_EXE_app-secrets");
    let script =
        format!("printf t-2 | {program} set token --yes --placeholder app=set > /dev/full");
    let shell = crate::support::shell(&server.endpoint(), &script);
    let output = run(shell, 2);
    assert_contains(&output.stderr, &["cannot write output"]);
    assert_not_written(&server);
}

#[cfg(unix)]
#[test]
fn closed_pipe_prevents_writes() {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets);
    let args = "set token --yes --placeholder app=set";
    let output = crate::support::with_closed_output(&server.endpoint(), "set", args).run();
    assert_eq!(output.stderr, "code 2\n");
    assert_not_written(&server);
}

#[cfg(unix)]
#[test]
fn pipe_closed_during_writes_finishes_them() {
    let secrets = FakeSecretsManager::new()
        .text("set/TOKEN", "t-1")
        .text("set/mail/USER", "u-1");
    let closed = file("pipe-closed", "");
    let wait = closed.clone();
    let server = FakeAws::start(secrets.clone().when(move |call| {
        let is_first = call.operation == "PutSecretValue" && wait.exists();
        if is_first {
            // Returns as soon as the reader has closed the pipe.
            let _ = std::fs::read(&wait);
            let _ = std::fs::remove_file(&wait);
        }
        None
    }));
    let values = file("pipe-values", "TOKEN=t-2\nMAIL_USER=u-2\n");
    let (values, closed) = (values.display(), closed.display());
    let program = env!("CARGO_BIN_EXE_app-secrets");
    // The reader reads the table with two changes only.
    let script = format!(
        "rm {closed}; mkfifo {closed}; \
         {{ {program} set token mail.user --from {values} --yes --placeholder app=set; echo code $? >&2; }} \
         | {{ head -n 3 > /dev/null; exec <&-; : > {closed}; }}"
    );
    let output = crate::support::shell(&server.endpoint(), &script).run();
    let notes = "note: updated `set/TOKEN`\nnote: updated `set/mail/USER`\ncode 2\n";
    assert_eq!(output.stderr, notes);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
    assert_eq!(secrets.current("set/mail/USER").as_deref(), Some("u-2"));
}

#[test]
fn invalid_value_is_not_written() {
    let secrets = FakeSecretsManager::new();
    let server = FakeAws::start(secrets.clone());
    let output = run(set(&server, &["level"]).input("silent"), 1);
    assert_contains(
        &output.stderr,
        &["invalid value for `level`: nothing would be logged"],
    );
    assert_eq!(secrets.current("set/LEVEL"), None);
    run(set(&server, &["level"]).input("debug"), 0);
    assert_eq!(secrets.current("set/LEVEL").as_deref(), Some("debug"));
}
