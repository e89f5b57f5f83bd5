//! A program that keeps secrets until a command drops them, so that its memory can be searched for remaining copies.
//!
//! Its first argument selects the implementation, `declared` or `by-hand`, and its second the values. The environment
//! specifies their source. At each step it writes a word, and waits for a line.
#![expect(clippy::print_stdout, reason = "the test reads its output")]

mod by_hand;
mod declared;
mod program;

fn main() {
    program::run();
}
