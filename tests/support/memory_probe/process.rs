//! Runs the program that keeps values until the test makes it drop them.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{Copies, Value, copies};

/// A running program that prints a word at each step and waits for a word. It is killed when dropped.
#[derive(Debug)]
pub struct MemoryProbe {
    child: Child,
    reports: BufReader<ChildStdout>,
    hears: ChildStdin,
}

impl MemoryProbe {
    /// Starts a program with only this environment.
    pub fn start(
        program: &str,
        arguments: &[&str],
        environment: &[(&str, String)],
        directory: Option<&Path>,
    ) -> Self {
        let mut child = Command::new(program)
            .args(arguments)
            .current_dir(directory.unwrap_or(Path::new(".")))
            .env_clear()
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        Self {
            reports: BufReader::new(child.stdout.take().expect("piped")),
            hears: child.stdin.take().expect("piped"),
            child,
        }
    }

    /// Waits until it has come to that step.
    #[track_caller]
    pub fn is_at(&mut self, step: &str) {
        let mut line = String::new();
        self.reports
            .read_line(&mut line)
            .expect("the program prints a line");
        assert_eq!(line.trim_end(), step, "the program is elsewhere");
    }

    /// Lets it go on.
    pub fn go_on(&mut self) {
        self.hears.write_all(b"\n").expect("the program listens");
    }

    /// What it has of these values, while it waits.
    pub fn copies(&self, values: &[Value]) -> Copies {
        copies(self.child.id(), values)
    }
}

impl Drop for MemoryProbe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
