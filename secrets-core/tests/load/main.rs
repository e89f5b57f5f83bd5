//! Loads from secrets in memory.
#![cfg(feature = "derive")]

mod blocking;
mod chain;
mod nested;
mod shell_variables;
mod support;
mod told;
