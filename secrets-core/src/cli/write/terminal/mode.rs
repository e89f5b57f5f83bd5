//! Prompts on a Unix terminal, whose mode is restored in any case.

use std::io::{self, Stdin, Write as _, stderr, stdin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::io::Errno;
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use zeroize::Zeroizing;

use super::hidden::{HiddenText, Progress};

const ENABLE_PASTE: &str = "\x1b[?2004h";
const DISABLE_PASTE: &str = "\x1b[?2004l";

/// The value that disables a key, which is `_POSIX_VDISABLE` in C.
const DISABLED: u8 = if cfg!(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
)) {
    0xff
} else {
    0
};

/// The mode of the terminal before a prompt changed it.
static ORIGINAL: Mutex<Option<Termios>> = Mutex::new(None);

/// Reads a value without showing it: one line, or pasted text with several lines. Returns `None` at the end of input.
pub(in crate::cli::write) fn read_hidden(prompt: &str) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    let stdin = stdin();
    let mode = HiddenMode::enter(&stdin)?;
    show(&format!("{prompt}{}", supported(ENABLE_PASTE)))?;
    let text = mode.read();
    drop(mode);
    show("\n")?;
    text
}

/// Reads a line. Discards what was typed before the prompt. Returns `None` at the end of input.
pub(in crate::cli::write) fn read_line(prompt: &str) -> io::Result<Option<String>> {
    let stdin = stdin();
    let mode = tcgetattr(&stdin)?;
    tcsetattr(&stdin, OptionalActions::Flush, &mode)?;
    show(prompt)?;
    let mut line = Vec::new();
    let mut buffer = [0];
    loop {
        if read(&stdin, &mut buffer)? == 0 {
            return Ok(None);
        }
        if buffer[0] == b'\n' {
            return Ok(Some(String::from_utf8_lossy(&line).into_owned()));
        }
        line.push(buffer[0]);
    }
}

/// Returns a control sequence, unless the terminal shows it as text.
fn supported(sequence: &'static str) -> &'static str {
    match std::env::var_os("TERM") {
        Some(term) if term == "dumb" => "",
        _ => sequence,
    }
}

fn show(text: &str) -> io::Result<()> {
    let mut err = stderr().lock();
    err.write_all(text.as_bytes()).and_then(|()| err.flush())
}

fn read(stdin: &Stdin, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(stdin, &mut *buffer) {
            Err(Errno::INTR) => {}
            result => return Ok(result?),
        }
    }
}

/// A terminal that sends each key at once and does not show it. Signals of keys, such as Ctrl-C, stay enabled, so that
/// they reach all processes of a pipeline, a script or `make`.
struct HiddenMode<'a> {
    stdin: &'a Stdin,
    mode: Termios,
}

impl<'a> HiddenMode<'a> {
    fn enter(stdin: &'a Stdin) -> io::Result<Self> {
        restore_at_signals()?;
        let original = tcgetattr(stdin)?;
        let mut mode = original.clone();
        let hidden = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL;
        mode.local_modes.remove(hidden | LocalModes::IEXTEN);
        // Line breaks, Ctrl-S and Ctrl-Q in pasted text are not converted or interpreted.
        let line_breaks = InputModes::ICRNL | InputModes::INLCR | InputModes::IGNCR;
        mode.input_modes
            .remove(line_breaks | InputModes::IXON | InputModes::ISTRIP);
        mode.special_codes[SpecialCodeIndex::VMIN] = 1;
        mode.special_codes[SpecialCodeIndex::VTIME] = 0;
        // A suspended process would leave the terminal in this mode.
        mode.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        let mut saved = lock();
        tcsetattr(stdin, OptionalActions::Flush, &mode)?;
        *saved = Some(original);
        Ok(Self { stdin, mode })
    }

    fn read(&self) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
        let mut text = HiddenText::new();
        let mut buffer = Zeroizing::new([0; 1024]);
        let mut is_entered = false;
        loop {
            // Text that follows the Enter key at once is pasted in a terminal without bracketed paste.
            let length = if is_entered {
                self.read_soon(&mut *buffer)?
            } else {
                read(self.stdin, &mut *buffer)?
            };
            if length == 0 {
                return Ok(is_entered.then(|| text.into_text()));
            }
            for byte in &buffer[..length] {
                match text.push(*byte) {
                    Progress::Incomplete => is_entered = false,
                    Progress::Enter => is_entered = true,
                    Progress::EndOfInput => return Ok(None),
                }
            }
        }
    }

    /// Reads what the terminal sends within a tenth of a second.
    fn read_soon(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut mode = self.mode.clone();
        mode.special_codes[SpecialCodeIndex::VMIN] = 0;
        mode.special_codes[SpecialCodeIndex::VTIME] = 1;
        tcsetattr(self.stdin, OptionalActions::Now, &mode)?;
        let length = read(self.stdin, buffer);
        tcsetattr(self.stdin, OptionalActions::Now, &self.mode)?;
        length
    }
}

impl Drop for HiddenMode<'_> {
    fn drop(&mut self) {
        restore(&mut lock());
    }
}

fn lock() -> MutexGuard<'static, Option<Termios>> {
    ORIGINAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Restores the terminal, if a prompt changed its mode. A failure cannot be reported.
fn restore(original: &mut Option<Termios>) {
    if let Some(mode) = original.take() {
        let _ = show(supported(DISABLE_PASTE));
        let _ = tcsetattr(stdin(), OptionalActions::Flush, &mode);
    }
}

/// Starts a thread that restores the terminal before a signal ends the process.
fn restore_at_signals() -> io::Result<()> {
    static IS_STARTED: Mutex<bool> = Mutex::new(false);
    let mut is_started = IS_STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if *is_started {
        return Ok(());
    }
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let wait = move || {
        for signal in signals.forever() {
            // The lock is not released, so that no other prompt changes the mode again.
            let mut original = lock();
            restore(&mut original);
            let _ = emulate_default_handler(signal);
        }
    };
    thread::Builder::new()
        .name("from-secrets-signals".to_owned())
        .spawn(wait)?;
    *is_started = true;
    Ok(())
}
