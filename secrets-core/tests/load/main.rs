//! Loads from secrets in memory.
#![cfg(feature = "derive")]

mod blocking;
mod chain;
mod nested;
mod support;
mod told;
