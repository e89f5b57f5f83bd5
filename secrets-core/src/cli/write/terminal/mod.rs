//! The terminal.

#[cfg(unix)]
mod hidden;
#[cfg(unix)]
mod mode;
#[cfg(not(unix))]
mod plain;

use std::io::{IsTerminal as _, stderr, stdin};

#[cfg(unix)]
pub(super) use mode::{read_hidden, read_line};
#[cfg(not(unix))]
pub(super) use plain::{read_hidden, read_line};

/// Returns whether standard input and standard error are terminals.
pub(in crate::cli) fn is_interactive() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Returns whether standard input is a terminal.
pub(in crate::cli) fn has_terminal_input() -> bool {
    stdin().is_terminal()
}
