//! Colours are for terminals.

use crate::support::{bare, ended, of};

#[test]
fn no_escape_code_goes_where_no_terminal_is() {
    for args in [
        &["check", "--source", "env"][..],
        &["--help"],
        &["check", "--wrong"],
        &["diff", "env", "env"],
    ] {
        let said = bare().args(args).env("TERM", "xterm").run();
        assert!(!said.stdout.contains('\u{1b}'), "{}", said.stdout);
        assert!(!said.stderr.contains('\u{1b}'), "{}", said.stderr);
    }
    let said = ended(bare().args(["check", "--source", "env"]).args(of("x")), 1);
    assert!(!said.stdout.contains('\u{1b}'), "{}", said.stdout);
}

/// `script` of util-linux gives a program a terminal of its own.
#[cfg(target_os = "linux")]
mod on_a_terminal {
    use std::process::{Command, Stdio};

    fn said(setting: &str) -> String {
        let program = env!("CARGO_BIN_EXE_app-secrets");
        let line = format!(
            "stty rows 24 cols 60; {setting} TERM=xterm {program} check --source env --parameter app=x"
        );
        let script = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::null())
            .output()
            .expect("`script` is there: install Debian's package `bsdutils`");
        String::from_utf8_lossy(&script.stdout).into_owned()
    }

    #[test]
    fn there_are_colours_unless_nobody_wants_them_and_lines_fit() {
        let (coloured, plain) = (said("env -u NO_COLOR"), said("NO_COLOR=1"));
        assert!(coloured.contains("\u{1b}["), "{coloured}");
        assert!(!plain.contains('\u{1b}'), "{plain}");
        let table = plain.lines().take_while(|line| !line.trim().is_empty());
        let widest = table.map(|line| line.trim_end().chars().count()).max();
        assert!(widest <= Some(60), "{plain}");
    }
}
