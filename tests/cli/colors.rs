//! Colors on terminals.

use crate::support::{bare, of, run};

#[test]
fn piped_output_has_no_escape_codes() {
    for args in [
        &["check", "--source", "env"][..],
        &["--help"],
        &["check", "--wrong"],
        &["diff", "env", "env"],
    ] {
        let output = bare().args(args).env("TERM", "xterm").run();
        assert!(!output.stdout.contains('\u{1b}'), "{}", output.stdout);
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
    }
    let output = run(bare().args(["check", "--source", "env"]).args(of("x")), 1);
    assert!(!output.stdout.contains('\u{1b}'), "{}", output.stdout);
}

/// `script` of util-linux runs a program in a terminal.
#[cfg(target_os = "linux")]
mod on_a_terminal {
    use std::process::{Command, Stdio};

    fn output(setting: &str) -> String {
        let program = env!("CARGO_BIN_EXE_app-secrets");
        let line = format!(
            "stty rows 24 cols 60; {setting} TERM=xterm {program} check --source env --placeholder app=x"
        );
        let script = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .stdin(Stdio::null())
            .output()
            .expect("`script` is installed (Debian package `bsdutils`)");
        String::from_utf8_lossy(&script.stdout).into_owned()
    }

    #[test]
    fn no_color_disables_terminal_colors() {
        let (colored, plain) = (output("env -u NO_COLOR"), output("NO_COLOR=1"));
        assert!(colored.contains("\u{1b}["), "{colored}");
        assert!(!plain.contains('\u{1b}'), "{plain}");
        let table = plain.lines().take_while(|line| !line.trim().is_empty());
        let widest = table.map(|line| line.trim_end().chars().count()).max();
        assert!(widest <= Some(60), "{plain}");
    }
}
