//! Programs on a terminal of their own.

use std::fmt;
use std::io::{Read, Write};
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pty_process::blocking::{Command, Pts, Pty, open};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::process::Program;

/// No program needs longer for its next output.
const PATIENCE: Duration = Duration::from_secs(30);

/// A shell that runs the program, so that the terminal outlives it. The kernel discards pending output and resets the
/// mode of a terminal when its first process ends.
const SHELL: &str =
    r#"trap : INT; sh -c 'echo "PID $$"; exec "$@"' sh "$@"; echo "ENDED $?"; read -r _"#;

/// A program that runs on a terminal.
pub struct Terminal {
    pty: Arc<Pty>,
    pts: Option<Pts>,
    shell: Child,
    program: Pid,
    output: Arc<Output>,
    /// The length of the output that was expected so far.
    seen: usize,
    reader: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Output {
    text: Mutex<Vec<u8>>,
    arrived: Condvar,
}

/// How a program on a terminal ended.
#[derive(Debug)]
pub struct Closed {
    /// Its exit code; 128 plus the signal, if a signal ended it.
    pub code: i32,
    /// What the terminal showed.
    pub output: String,
    /// Whether the terminal shows what is typed.
    pub echoes: bool,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

impl Terminal {
    /// Starts a program.
    pub fn start(program: &Program) -> Self {
        let (pty, pts) = open().expect("a terminal");
        let program = program.command();
        let mut command = Command::new("/bin/sh").env_clear();
        command = command.args(["-c", SHELL, "sh"]).arg(program.get_program());
        command = command.args(program.get_args());
        for (name, value) in program.get_envs() {
            command = command.env(name, value.unwrap_or_default());
        }
        let shell = command.spawn_borrowed(&pts).expect("the program starts");
        let (pty, output) = (Arc::new(pty), Arc::<Output>::default());
        let reader = std::thread::spawn({
            let (pty, output) = (Arc::clone(&pty), Arc::clone(&output));
            move || output.fill(&pty)
        });
        let mut terminal = Self {
            pty,
            pts: Some(pts),
            shell,
            program: Pid::INIT,
            output,
            seen: 0,
            reader: Some(reader),
        };
        let pid = Pid::from_raw(terminal.number_after("PID "));
        terminal.program = pid.expect("the number of a process");
        terminal
    }

    /// Waits for a line with a number.
    fn number_after(&mut self, text: &str) -> i32 {
        self.expect(text);
        let start = self.seen;
        self.expect("\n");
        let output = self
            .output
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let line = String::from_utf8_lossy(&output[start..self.seen]);
        line.trim().parse().expect("a number")
    }

    /// Waits until the program has written a text after the last one that was expected.
    #[track_caller]
    pub fn expect(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut output = self
            .output
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let new = String::from_utf8_lossy(&output[self.seen..]).into_owned();
            if let Some(at) = new.find(text) {
                self.seen += at + text.len();
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "`{text}` is not in:\n{new}");
            let waited = self.output.arrived.wait_timeout(output, left);
            output = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sends keys or pasted text.
    pub fn send(&self, keys: impl AsRef<[u8]>) {
        (&*self.pty)
            .write_all(keys.as_ref())
            .expect("the terminal is open");
    }

    /// Pastes text, as a terminal with bracketed paste does.
    pub fn paste(&self, text: &str) {
        self.send(format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r")));
    }

    /// Returns whether the terminal shows what is typed.
    pub fn echoes(&self) -> bool {
        let mode = tcgetattr(&*self.pty).expect("a terminal has a mode");
        mode.local_modes
            .contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.program, signal).expect("the program runs");
    }

    /// Waits for the end of the program.
    #[track_caller]
    pub fn wait(mut self) -> Closed {
        let code = self.number_after("ENDED ");
        let echoes = self.echoes();
        self.send("\n");
        self.shell.wait().expect("the shell ends");
        drop(self.pts.take());
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the output was read");
        }
        let output = self
            .output
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Closed {
            code,
            output: String::from_utf8_lossy(&output).into_owned(),
            echoes,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

impl Output {
    fn fill(&self, mut pty: &Pty) {
        let mut buffer = [0; 4096];
        // The end of a terminal is an error.
        while let Ok(length) = pty.read(&mut buffer) {
            if length == 0 {
                return;
            }
            let mut text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
            text.extend_from_slice(&buffer[..length]);
            self.arrived.notify_all();
        }
    }
}
