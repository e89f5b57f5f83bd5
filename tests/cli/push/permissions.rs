//! Writes with the policy of `policy --write`, on an emulator that enforces it.

use from_secrets_tests::process::Program;
use from_secrets_tests::{Emulator, Kind, sdk};
use serde_json::Value;

use crate::support::{VALUES, assert_contains, at, bare, of, run, text, with};

/// Returns the program of a user with the policy that these arguments generate.
fn user(app: &str, name: &str, args: &[&str]) -> impl Fn() -> Program {
    let emulator = Emulator::shared(Kind::MinistackWithIam);
    let place = ["--region", sdk::REGION, "--account", "000000000000"];
    let policy = bare().arg("policy").args(args).args(place).args(of(app));
    let policy: Value = serde_json::from_str(&run(policy, 0).stdout).unwrap();
    let credentials = emulator.user(name, &policy);
    move || {
        at(emulator.endpoint())
            .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
            .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
    }
}

#[tokio::test]
async fn write_policy_is_sufficient_for_push() {
    let app = "push-policy";
    let developer = user(app, "developer", &["--write"]);
    let push = |values: &[(&str, &str)]| {
        let push = developer().args(["push", "-y", "--tag", "team=reading"]);
        run(with(push.args(of(app)), values), 0)
    };
    assert_contains(&push(&VALUES).stdout, &["created `push-policy/TOKEN`"]);
    let mut renewed = VALUES;
    renewed[0].1 = "t-2";
    assert_contains(&push(&renewed).stdout, &["updated `push-policy/TOKEN`"]);
    let client = Emulator::shared(Kind::MinistackWithIam).client();
    let stored = text(&client, "push-policy/TOKEN").await;
    assert_eq!(stored.as_deref(), Some("t-2"));
    let command = |args: &[&str]| developer().args(args).args(of(app));
    run(command(&["set", "token", "--yes"]).input("t-3"), 0);
    let history = run(command(&["history", "token"]), 0);
    assert_contains(&history.stdout, &["AWSCURRENT", "AWSPREVIOUS"]);
    run(command(&["rollback", "token", "--yes"]), 0);
    let stored = text(&client, "push-policy/TOKEN").await;
    assert_eq!(stored.as_deref(), Some("t-2"));
}

#[tokio::test]
async fn load_policy_does_not_permit_push() {
    let app = "push-load-policy";
    let application = user(app, "application", &[]);
    let push = application().args(["push", "-y"]).args(of(app));
    let ended = run(with(push, &VALUES), 1);
    assert_contains(&ended.stderr, &["cannot write", "denied"]);
    let client = Emulator::shared(Kind::MinistackWithIam).client();
    assert_eq!(text(&client, "push-load-policy/TOKEN").await, None);
}
