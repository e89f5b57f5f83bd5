//! Loads from secrets in memory.
#![cfg(feature = "derive")]

mod blocking;
mod chain;
mod messages;
mod nested;
mod shell_variables;
mod support;
