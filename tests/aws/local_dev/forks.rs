//! Loads after `fork()`.

use from_secrets_tests::process::Program;
use from_secrets_tests::{FakeAws, FakeSecretsManager};

use from_secrets_tests::home::Home;

fn output(how: &str) -> String {
    let ended = Program::at(env!("CARGO_BIN_EXE_forks")).arg(how).run();
    assert!(ended.success, "{how}: {}", ended.stderr);
    assert!(
        !ended.stdout.contains("the child ended"),
        "{}",
        ended.stderr
    );
    ended.stdout
}

#[test]
fn live_struct_is_followed_in_child() {
    assert_eq!(
        output("follow-live"),
        "child: followed\nchild: too old in time: true\nparent: token 1\n"
    );
}

#[test]
fn child_refreshes_during_refresh_of_parent() {
    let lines = output("refresh-live");
    for number in 2..30 {
        let line = format!("token {number}\n");
        assert!(lines.contains(&line), "{number}: {lines}");
    }
    assert!(lines.ends_with("parent: token 1\n"), "{lines}");
}

#[test]
fn loads_work_after_a_fork() {
    let aws = FakeAws::start(FakeSecretsManager::new().text("POCKET_KEY", "the key"));
    let modes = [
        ("blocking", 4),
        ("blocking-before-any-load", 3),
        ("in-a-runtime", 4),
        ("in-a-runtime-before-any-load", 3),
    ];
    // A thread that is idle during the fork breaks one child in ten.
    for (how, loads) in [modes; 10].concat() {
        let before = aws.calls().count();
        let home = Home::new();
        let ended = Program::at(env!("CARGO_BIN_EXE_forks"))
            .arg(how)
            .env("HOME", home.path())
            .env("AWS_ACCESS_KEY_ID", "AKID")
            .env("AWS_SECRET_ACCESS_KEY", "key")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.endpoint())
            .run();
        assert!(ended.success, "{how}: {}", ended.stderr);
        for process in ["parent", "child", "grandchild"] {
            let line = format!("{process}: the key");
            assert!(
                ended.stdout.contains(&line),
                "{how}: {}{}",
                ended.stdout,
                ended.stderr
            );
        }
        assert_eq!(aws.calls().count() - before, loads, "{how}");
    }
}
