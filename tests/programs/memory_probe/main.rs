//! A program that holds secrets until it is told to drop them, so that its memory can be searched for what is left.
//!
//! Its first argument says who loads them, `declared` or `by-hand`, and its second what is loaded; where from, the
//! environment says. At each step it writes a word, and waits for a line.
#![expect(clippy::print_stdout, reason = "it speaks to the test that runs it")]

mod by_hand;
mod declared;
mod program;

fn main() {
    program::run();
}
