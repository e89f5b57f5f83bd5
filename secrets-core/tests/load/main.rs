//! Loads from secrets in memory.
#![cfg(feature = "derive")]

mod aliases;
mod arns;
mod blocking;
mod chain;
mod constants;
mod defaults;
mod messages;
mod named;
mod nested;
mod placeholders;
mod reuse;
mod separator;
mod shell_variables;
mod support;
mod terminals;
mod transparent;
mod unknown_keys;
mod validate;
mod with;
