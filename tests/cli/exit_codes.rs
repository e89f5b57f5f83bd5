//! Exit codes.

use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager};

#[cfg(unix)]
use crate::support::with_closed_output;
use crate::support::{VALUES, assert_contains, at, bare, of, run, with};

#[test]
fn check_distinguishes_missing_from_unavailable() {
    let check = |source: &str| bare().args(["check", "--source", source]).args(of("x"));
    run(with(check("env"), &VALUES), 0);
    run(with(check("env"), &VALUES[1..]), 1);
    run(with(check("env"), &VALUES).env("DB_PORT", "many"), 1);
    for response in [FakeResponse::denied("x/TOKEN"), FakeResponse::internal()] {
        let aws = FakeAws::start(FakeSecretsManager::new().when(move |_| Some(response.clone())));
        let program = at(&aws.endpoint()).env("AWS_MAX_ATTEMPTS", "1");
        run(program.args(["check", "--source", "aws"]).args(of("x")), 2);
    }
    let aws = FakeAws::start(FakeSecretsManager::new());
    let program = at(&aws.endpoint()).args(["check", "--source", "aws"]);
    run(program.args(of("x")), 1);
}

#[test]
fn unread_secret_exits_with_2() {
    let commands = [
        &["history", "token"][..],
        &["rollback", "token", "--yes"],
        &["set", "token", "--yes"],
        &["push", "--yes"],
    ];
    let servers = [FakeResponse::denied("x/TOKEN"), FakeResponse::internal()].map(|response| {
        FakeAws::start(FakeSecretsManager::new().when(move |_| Some(response.clone())))
    });
    for command in commands {
        let run = |program: Program, message: &str| {
            let program = with(program.args(command).args(of("x")), &VALUES);
            let ended = run(program.env("AWS_MAX_ATTEMPTS", "1").input("t"), 2);
            assert_contains(&ended.stderr, &[message]);
        };
        for server in &servers {
            run(at(&server.endpoint()), "cannot ");
        }
        run(bare(), "Secrets Manager is not configured");
    }
}

#[test]
fn missing_secret_is_a_result() {
    let server = FakeAws::start(FakeSecretsManager::new());
    for command in ["history", "rollback"] {
        let program = at(&server.endpoint()).args([command, "token"]);
        let ended = run(program.args(of("x")), 1);
        assert_contains(&ended.stderr, &["no such secret"]);
    }
}

#[cfg(unix)]
#[test]
fn closed_pipe_keeps_exit_code() {
    let secrets = FakeSecretsManager::new().text("x/TOKEN", "t-1");
    let server = FakeAws::start(secrets);
    for (args, code) in [
        ("docs", 0),
        ("env", 0),
        ("policy --region us-east-1 --placeholder app=x", 0),
        ("snippet ecs --placeholder app=x", 0),
        ("completions bash", 0),
        ("history token --placeholder app=x", 0),
        ("check --source env --placeholder app=x", 1),
        ("check --exists --placeholder app=x", 1),
        ("diff env env --format json", 0),
    ] {
        let name = args.split(' ').collect::<String>();
        let output = with_closed_output(&server.endpoint(), &name, args).run();
        let end = format!("code {code}\n");
        assert!(output.stderr.ends_with(&end), "{args}: {}", output.stderr);
    }
}
