//! The command line interface: a program with one struct, run as a process against servers.
//!
//! Other tools validate the generated documents.

mod check;
mod colors;
mod diff;
mod goldens;
mod guide;
mod help;
mod push;
mod support;
mod writes;
