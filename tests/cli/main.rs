//! The command line interface: a program with one struct, run as a process against servers.
//!
//! Other tools validate the generated documents.

mod aliases;
mod check;
mod colors;
mod diff;
mod exists;
mod exit_codes;
mod goldens;
mod guide;
mod help;
mod own_settings;
mod placeholders;
mod push;
#[cfg(unix)]
mod run;
mod set;
mod sides;
mod snippets;
mod support;
mod versions;
mod writes;
