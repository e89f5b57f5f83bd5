//! Values that are typed or pasted on a terminal.

use from_secrets_tests::terminal::Terminal;
use from_secrets_tests::{FakeAws, FakeResponse, FakeSecretsManager, canary};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::support::{assert_contains, at, file, of, shell};

fn set(server: &FakeAws, fields: &[&str]) -> Terminal {
    Terminal::start(
        &at(&server.endpoint())
            .arg("set")
            .args(fields)
            .args(of("set")),
    )
}

fn start() -> (FakeSecretsManager, FakeAws) {
    let secrets = FakeSecretsManager::new()
        .text("set/TOKEN", "t-1")
        .text("set/db", r#"{"port":1}"#);
    let server = FakeAws::start(secrets.clone());
    (secrets, server)
}

#[test]
fn typed_value_is_hidden() {
    let (secrets, server) = start();
    let mut terminal = set(&server, &["token"]);
    terminal.expect("`token` (secret `set/TOKEN`): ");
    assert!(!terminal.echoes());
    let canary = canary::value("typed");
    terminal.send(format!("{canary}\r"));
    terminal.expect("update");
    terminal.expect("Write 1 secret? [y/N] ");
    assert!(terminal.echoes());
    terminal.send("y\n");
    terminal.expect("updated `set/TOKEN`");
    let closed = terminal.wait();
    assert_eq!(closed.code, 0, "{}", closed.output);
    canary::assert_absent(&closed.output);
    assert_eq!(secrets.current("set/TOKEN"), Some(canary));
}

#[test]
fn pasted_text_is_kept() {
    let key = "-----BEGIN KEY-----\n\tcAnArY é\x1b[A\x03x\n-----END KEY-----\n".replace('\x03', "");
    let (secrets, server) = start();
    let mut terminal = set(&server, &["token"]);
    terminal.expect("\x1b[?2004h");
    terminal.paste(&key);
    terminal.send("\r");
    terminal.expect("\x1b[?2004l");
    terminal.expect("the value has 3 lines");
    terminal.expect("[y/N] ");
    terminal.send("yes\n");
    let closed = terminal.wait();
    assert_eq!(closed.code, 0, "{}", closed.output);
    canary::assert_absent(&closed.output);
    assert_eq!(secrets.current("set/TOKEN"), Some(key));
}

#[test]
fn paste_without_brackets_is_one_value() {
    let (secrets, server) = start();
    let mut terminal = set(&server, &["token"]);
    terminal.expect("`set/TOKEN`): ");
    terminal.send("line 1\rline 2\rline 3");
    terminal.send("\r");
    terminal.expect("[y/N] ");
    terminal.send("y\n");
    assert_eq!(terminal.wait().code, 0);
    assert_eq!(
        secrets.current("set/TOKEN").as_deref(),
        Some("line 1\nline 2\nline 3")
    );
}

#[test]
fn return_with_line_feed_is_enter() {
    for parts in [&["t-2\r\n"][..], &["t", "-2", "\r\n"]] {
        let (secrets, server) = start();
        let mut terminal = set(&server, &["token"]);
        terminal.expect("`set/TOKEN`): ");
        for part in parts {
            terminal.send(part);
        }
        terminal.expect("[y/N] ");
        terminal.send("y\n");
        assert_eq!(terminal.wait().code, 0);
        assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
    }
}

#[test]
fn fields_of_key_share_a_prompt() {
    let secrets = FakeSecretsManager::new().text("set/db", r#"{"password":"p-1"}"#);
    let server = FakeAws::start(secrets.clone());
    let fields = ["set", "password", "library"];
    let set = at(&server.endpoint()).args(fields).args(of("set"));
    let mut terminal = Terminal::start(&set.env("STRUCT", "shared_key"));
    terminal.expect("`password`, `library` (secret `set/db`, JSON key `password`): ");
    terminal.send("p-2\r");
    terminal.expect("Write 1 secret? [y/N] ");
    terminal.send("y\n");
    assert_eq!(terminal.wait().code, 0);
    assert_eq!(secrets.current("set/db").unwrap(), r#"{"password":"p-2"}"#);
}

#[test]
fn dumb_terminal_gets_no_sequences() {
    let (secrets, server) = start();
    let set = at(&server.endpoint())
        .args(["set", "token"])
        .args(of("set"));
    let mut terminal = Terminal::start(&set.env("TERM", "dumb"));
    terminal.expect("`set/TOKEN`): ");
    terminal.send("t-2\r");
    terminal.expect("[y/N] ");
    terminal.send("y\n");
    let closed = terminal.wait();
    assert!(!closed.output.contains('\x1b'), "{:?}", closed.output);
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
}

#[test]
fn long_line_is_not_cut() {
    let (secrets, server) = start();
    let line = "x".repeat(20_000);
    let mut terminal = set(&server, &["token"]);
    terminal.expect("`set/TOKEN`): ");
    terminal.paste(&line);
    terminal.send("\r");
    terminal.expect("[y/N] ");
    terminal.send("y\n");
    assert_eq!(terminal.wait().code, 0);
    assert_eq!(secrets.current("set/TOKEN"), Some(line));
}

#[test]
fn wrong_value_is_entered_again() {
    let (secrets, server) = start();
    let mut terminal = set(&server, &["password", "port"]);
    terminal.expect("JSON key `password`): ");
    terminal.send("\r");
    terminal.expect("error: the value is empty");
    terminal.expect("JSON key `password`): ");
    terminal.send("p-1\r");
    terminal.expect("JSON key `port`): ");
    terminal.send("cAnArY\r");
    terminal.expect("error: invalid value for `port`");
    terminal.expect("JSON key `port`): ");
    terminal.send("54\x7f32\r");
    terminal.expect("Write 1 secret?");
    terminal.send("y\n");
    let closed = terminal.wait();
    assert_eq!(closed.code, 0, "{}", closed.output);
    canary::assert_absent(&closed.output);
    assert_eq!(
        secrets.current("set/db").unwrap(),
        r#"{"port":532,"password":"p-1"}"#
    );
}

#[test]
fn canceled_prompts_write_no_secret() {
    let (secrets, server) = start();
    let mut terminal = set(&server, &["token"]);
    terminal.expect("`set/TOKEN`): ");
    terminal.send("\x04");
    let closed = terminal.wait();
    assert_contains(&closed.output, &["canceled; no secrets were written"]);
    assert_eq!((closed.code, closed.echoes), (1, true));
    for reply in ["n\n", "\n", "\x04"] {
        let mut terminal = set(&server, &["token"]);
        terminal.expect("`set/TOKEN`): ");
        terminal.send("t-2\r");
        terminal.expect("[y/N] ");
        terminal.send(reply);
        let closed = terminal.wait();
        assert_contains(&closed.output, &["canceled; no secrets were written"]);
        assert_eq!(closed.code, 1);
    }
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn throttled_write_can_be_repeated() {
    let secrets = FakeSecretsManager::new()
        .text("set/TOKEN", "t-1")
        .text("set/mail/USER", "u-1");
    let throttled = AtomicUsize::new(0);
    let server = FakeAws::start(secrets.clone().when(move |call| {
        let is_put = call.operation == "PutSecretValue"
            && call.is_request_for(&FakeSecretsManager::arn("us-east-1", "set/mail/USER"));
        // All attempts of the SDK.
        (is_put && throttled.fetch_add(1, Ordering::SeqCst) < 3).then(FakeResponse::throttled)
    }));
    let mut terminal = set(&server, &["token", "mail.user"]);
    terminal.expect("`set/TOKEN`): ");
    terminal.send("t-2\r");
    terminal.expect("`set/mail/USER`): ");
    terminal.send("u-2\r");
    terminal.expect("Write 2 secrets? [y/N] ");
    terminal.send("y\n");
    terminal.expect("updated `set/TOKEN`");
    terminal.expect("cannot write `set/mail/USER`: throttled");
    terminal.expect("Try again? [y/N] ");
    terminal.send("y\n");
    terminal.expect("updated `set/mail/USER`");
    assert_eq!(terminal.wait().code, 0);
    assert_eq!(secrets.current("set/mail/USER").as_deref(), Some("u-2"));
}

#[test]
fn failed_terminal_after_write_is_reported() {
    let secrets = FakeSecretsManager::new()
        .text("set/TOKEN", "t-1")
        .text("set/mail/USER", "u-1");
    let [start, end] = ["terminal-start", "terminal-end"].map(|name| file(name, ""));
    let (start_path, end_path) = (start.display(), end.display());
    let values = file("terminal-values", "TOKEN=t-2\nMAIL_USER=u-2\n");
    let program = env!("CARGO_BIN_EXE_app-secrets");
    let set_blocking =
        |blocking: &str| format!("python3 -c 'import os; os.set_blocking(0, {blocking})'");
    // The second write waits until reads from the terminal do not block, so that they fail.
    let script = format!(
        "rm {start_path} {end_path}; mkfifo {start_path} {end_path}; exec 3<&0; \
         {{ cat {start_path}; {} <&3; : > {end_path}; }} & \
         {program} set token mail.user --from {} --placeholder app=set; code=$?; \
         {} <&3; exit $code",
        set_blocking("False"),
        values.display(),
        set_blocking("True"),
    );
    let is_waiting = AtomicBool::new(true);
    let server = FakeAws::start(secrets.clone().when(move |call| {
        let is_put = call.operation == "PutSecretValue"
            && call.is_request_for(&FakeSecretsManager::arn("us-east-1", "set/mail/USER"));
        if is_put && is_waiting.swap(false, Ordering::SeqCst) {
            std::fs::write(&start, "").unwrap();
            std::fs::read(&end).unwrap();
        }
        is_put.then(FakeResponse::throttled)
    }));
    let mut terminal = Terminal::start(&shell(&server.endpoint(), &script));
    terminal.expect("Write 2 secrets? [y/N] ");
    terminal.send("y\n");
    terminal.expect("updated `set/TOKEN`");
    terminal.expect("Try again? [y/N] ");
    terminal.expect("error: cannot prompt on the terminal: ");
    terminal.expect("note: run the command again to write the remaining secrets");
    let closed = terminal.wait();
    assert_eq!(closed.code, 1, "{}", closed.output);
    assert!(!closed.output.contains("no secrets were written"));
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-2"));
}

#[test]
fn unwritable_secret_is_not_prompted_for() {
    for (text, field, error) in [
        ("no JSON", "password", "`set/db`: "),
        ("[1]", "password", "`set/db`: "),
    ] {
        let secrets = FakeSecretsManager::new().text("set/db", text);
        let server = FakeAws::start(secrets.clone());
        let mut terminal = set(&server, &[field]);
        terminal.expect("no secrets were written");
        let closed = terminal.wait();
        assert_eq!(closed.code, 1, "{}", closed.output);
        assert_contains(&closed.output, &[error]);
        assert!(!closed.output.contains("(secret"), "{}", closed.output);
    }
    let server = FakeAws::start(FakeSecretsManager::new());
    let arn = FakeSecretsManager::arn("us-east-1", "absent");
    let program = at(&server.endpoint())
        .args(["set", "user"])
        .args(of("set"))
        .env("STRUCT", "by_arn")
        .env("LOGIN_ARN", arn);
    let closed = Terminal::start(&program).wait();
    assert_eq!(closed.code, 1, "{}", closed.output);
    assert_contains(&closed.output, &["cannot be created by its ARN"]);
    assert!(!closed.output.contains("(secret"), "{}", closed.output);
}
