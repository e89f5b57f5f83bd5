//! Values that are entered on a terminal.

use from_secrets_tests::terminal::Terminal;
use from_secrets_tests::{FakeAws, FakeSecretsManager, canary};

use crate::support::{assert_contains, at, of, run, with};

#[test]
fn only_missing_values_are_entered() {
    let secrets = FakeSecretsManager::new()
        .text("push/TOKEN", "t-1")
        .text("push/db", r#"{"password":"p-1"}"#)
        .binary("push/CERTIFICATE", b"c");
    let server = FakeAws::start(secrets.clone());
    let push = at(&server.endpoint()).arg("push").args(of("push"));
    let mut terminal = Terminal::start(&with(push, &[("MAIL_USER", "postman")]));
    terminal.expect("`port` (secret `push/db`, JSON key `port`) [press Enter to skip]: ");
    terminal.send("cAnArY\r");
    terminal.expect("error: invalid value for `port`");
    terminal.expect("`port` (secret");
    terminal.send("5432\r");
    terminal.expect("`mail.password` (secret `push/mail/PASSWORD`) [press Enter to skip]: ");
    terminal.send("\r");
    terminal.expect("Write 2 secrets? [y/N] ");
    terminal.send("y\n");
    let closed = terminal.wait();
    assert_eq!(closed.code, 1, "{}", closed.output);
    assert_contains(&closed.output, &["no value for `mail.password`"]);
    canary::assert_absent(&closed.output);
    assert_eq!(
        secrets.current("push/db").unwrap(),
        r#"{"password":"p-1","port":"5432"}"#
    );
    assert_eq!(
        secrets.current("push/mail/USER").as_deref(),
        Some("postman")
    );
}

#[test]
fn wrong_variable_is_rejected_before_prompts() {
    let server = FakeAws::start(FakeSecretsManager::new());
    let push = at(&server.endpoint()).arg("push").args(of("push"));
    let terminal = Terminal::start(&with(push, &[("DB_PORT", "many")]));
    let closed = terminal.wait();
    assert_eq!(closed.code, 1);
    assert_contains(
        &closed.output,
        &["no secrets were written", "invalid value for `port`"],
    );
    let dry = at(&server.endpoint())
        .args(["push", "--dry-run"])
        .args(of("push"));
    run(dry, 1);
}
