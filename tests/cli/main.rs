//! The command line: a small program with one struct, run as a process against servers.
//!
//! What a declaration writes is read by tools of others, too.

mod check;
mod colors;
mod diff;
mod goldens;
mod guide;
mod help;
mod push;
mod support;
mod writes;
