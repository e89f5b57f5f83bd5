//! A program that forks, as pre-fork servers and embedding languages do, and loads on both sides.
#![cfg_attr(
    unix,
    expect(clippy::print_stdout, reason = "the test reads its output")
)]

#[cfg(unix)]
mod live;
#[cfg(unix)]
mod unix;

#[cfg(unix)]
fn main() {
    unix::main();
}

#[cfg(not(unix))]
fn main() {}
