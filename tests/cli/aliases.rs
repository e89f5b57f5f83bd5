//! Fields with former secrets and former variables.

use from_secrets_tests::{FakeAws, FakeSecretsManager};

use crate::support::{assert_contains, at, bare, of, run};

fn start(name: &str, value: &str) -> (FakeSecretsManager, FakeAws) {
    let secrets = FakeSecretsManager::new().text(name, value);
    let server = FakeAws::start(secrets.clone());
    (secrets, server)
}

#[cfg(unix)]
#[test]
fn former_variables_are_removed() {
    let command = ["run", "--source", "aws", "--", "/usr/bin/env"];
    for (name, token) in [("x/TOKEN", Some("TOKEN=t-1")), ("x/OTHER", None)] {
        let (_, server) = start(name, "t-1");
        let program = at(&server.endpoint())
            .env("STRUCT", "renamed")
            .env("app", "x");
        let ended = run(program.args(command).env("OLD_TOKEN", "outdated"), 0);
        let mut lines = ended.stdout.lines();
        let tokens: Vec<&str> = lines
            .by_ref()
            .filter(|line| line.contains("TOKEN="))
            .collect();
        assert_eq!(tokens, token.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn writes_use_current_name() {
    let (secrets, server) = start("old/OLD_TOKEN", "t-1");
    let set = at(&server.endpoint()).args(["set", "token", "--yes"]);
    run(set.args(of("old")).env("STRUCT", "renamed").input("t-2"), 0);
    assert_eq!(secrets.current("old/TOKEN").as_deref(), Some("t-2"));
    assert_eq!(secrets.current("old/OLD_TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn check_names_the_alias() {
    let (_, server) = start("old/OLD_TOKEN", "t-1");
    let check = at(&server.endpoint()).arg("check").args(of("old"));
    let output = run(check.env("STRUCT", "renamed"), 0);
    assert_contains(&output.stdout, &["old/OLD_TOKEN"]);
    assert_contains(
        &output.stdout,
        &[
            "the value is from an alias, the secret `old/OLD_TOKEN`; store it as the secret `old/TOKEN`",
        ],
    );
}

#[test]
fn policy_grants_aliases() {
    let policy = bare()
        .args(["policy", "--region", "eu-west-1"])
        .args(of("old"));
    let output = run(policy.env("STRUCT", "renamed"), 0);
    assert_contains(
        &output.stdout,
        &[":secret:old/TOKEN-??????", ":secret:old/OLD_TOKEN-??????"],
    );
}
