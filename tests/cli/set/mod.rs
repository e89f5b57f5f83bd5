//! `set`: writing the values of single fields.

mod conflicts;
mod failures;
#[cfg(unix)]
mod prompts;
#[cfg(unix)]
mod signals;
mod values;
