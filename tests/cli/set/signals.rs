//! Signals at prompts: the terminal is restored, and the program ends as by default.

use from_secrets_tests::process::Program;
use from_secrets_tests::terminal::Terminal;
use from_secrets_tests::{FakeAws, FakeSecretsManager};
use rustix::process::Signal;

use crate::support::{assert_contains, at, file, of, shell};

const INTERRUPT: &str = "\x03";

fn start() -> (FakeSecretsManager, FakeAws) {
    let secrets = FakeSecretsManager::new().text("set/TOKEN", "t-1");
    let server = FakeAws::start(secrets.clone());
    (secrets, server)
}

fn set(server: &FakeAws) -> Program {
    at(&server.endpoint())
        .args(["set", "token"])
        .args(of("set"))
}

#[test]
fn interrupt_restores_terminal() {
    let (secrets, server) = start();
    let signals = [
        (None, 2),
        (Some(Signal::INT), 2),
        (Some(Signal::TERM), 15),
        (Some(Signal::HUP), 1),
    ];
    for (sent, signal) in signals {
        let mut terminal = Terminal::start(&set(&server));
        terminal.expect("`set/TOKEN`): ");
        terminal.send("t-");
        assert!(!terminal.echoes());
        match sent {
            Some(sent) => terminal.signal(sent),
            None => terminal.send(INTERRUPT),
        }
        let closed = terminal.wait();
        assert_eq!(closed.code, 128 + signal);
        assert!(closed.echoes, "signal {signal}");
        assert_contains(&closed.output, &["\x1b[?2004l"]);
    }
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn interrupt_at_confirmation_writes_nothing() {
    let (secrets, server) = start();
    for (interrupts, signal) in [(true, 2), (false, 15)] {
        let mut terminal = Terminal::start(&set(&server));
        terminal.expect("`set/TOKEN`): ");
        terminal.send("t-2\r");
        terminal.expect("[y/N] ");
        if interrupts {
            terminal.send(INTERRUPT);
        } else {
            terminal.signal(Signal::TERM);
        }
        let closed = terminal.wait();
        assert_eq!((closed.code, closed.echoes), (128 + signal, true));
    }
    assert_eq!(secrets.current("set/TOKEN").as_deref(), Some("t-1"));
}

#[test]
fn interrupt_restores_terminal_of_shell() {
    let (_, server) = start();
    let program = env!("CARGO_BIN_EXE_app-secrets");
    let set = format!("{program} set token --placeholder app=set");
    let makefile = file("set.mk", &format!("all:\n\t{set}\n"));
    // The exit code of `make` depends on which of its children it waits for first.
    let scripts = [
        (
            format!("trap : INT; {set}; echo code $?; stty -a"),
            "code 130",
        ),
        (format!("trap : INT; sh -c '{set}; true'; stty -a"), ""),
        (
            format!(
                "trap : INT; make -f {}; echo code $?; stty -a",
                makefile.display()
            ),
            "code ",
        ),
    ];
    for (script, code) in scripts {
        let mut terminal = Terminal::start(&shell(&server.endpoint(), &script));
        terminal.expect("`set/TOKEN`): ");
        terminal.send(INTERRUPT);
        let closed = terminal.wait();
        assert_eq!(closed.code, 0, "{script}: {}", closed.output);
        assert_contains(&closed.output, &["\x1b[?2004l", code, " icanon ", " echo "]);
    }
}
