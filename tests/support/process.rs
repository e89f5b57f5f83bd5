//! Whole processes, each with an environment of its own.

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// The longest output of a process. A test whose process prints more fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that runs with only the environment that a test sets.
#[derive(Debug)]
pub struct Program {
    command: Command,
    input: Vec<u8>,
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Whether it ended well.
    pub success: bool,
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// From start to end.
    pub took: Duration,
}

impl Program {
    /// The program at that path.
    pub fn at(path: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(path);
        command.env_clear();
        // Without it no program starts on Windows.
        for needed in ["SystemRoot", "PATH"] {
            if let Some(value) = std::env::var_os(needed) {
                command.env(needed, value);
            }
        }
        Self {
            command,
            input: Vec::new(),
        }
    }

    /// Sets what it reads from standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    #[cfg(unix)]
    pub(crate) fn command(&self) -> &Command {
        &self.command
    }

    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.command.args(arguments);
        self
    }

    /// One more variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The directory that it works in.
    pub fn current_dir(mut self, directory: impl AsRef<Path>) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Ended {
        let began = Instant::now();
        let mut child = self
            .command
            .stdin(if self.input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?} does not start: {error}", self.command));
        if let Some(mut stdin) = child.stdin.take() {
            let input = std::mem::take(&mut self.input);
            // A program that needs no more input closes the pipe.
            std::thread::spawn(move || stdin.write_all(&input));
        }
        let stdout = drain(child.stdout.take().expect("piped"));
        let stderr = drain(child.stderr.take().expect("piped"));
        let status =
            wait(&mut child, began).unwrap_or_else(|| panic!("{:?} does not end", self.command));
        let took = began.elapsed();
        let text =
            |thread: std::thread::JoinHandle<String>| thread.join().expect("output was read");
        Ended {
            success: status.success(),
            code: status.code(),
            stdout: text(stdout),
            stderr: text(stderr),
            took,
        }
    }
}

fn drain(mut stream: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Polls, since the standard library has no wait with a bound.
fn wait(child: &mut Child, began: Instant) -> Option<ExitStatus> {
    while began.elapsed() < PATIENCE {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let _ = child.kill();
    let _ = child.wait();
    None
}
