//! Shared parts of the examples. Each program is a file in `src/bin`.

#[cfg(feature = "pocket")]
pub mod pocket;
#[cfg(feature = "rds")]
pub mod rds;
#[cfg(feature = "service")]
pub mod service;
#[cfg(feature = "vault")]
pub mod vault;

/// Compiles the code blocks of the README, with the dependencies of an application.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
