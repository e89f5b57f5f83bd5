//! Secrets in a `.env` file, behind the environment.
#![cfg(all(feature = "derive", feature = "dotenv"))]

mod chain;
mod errors;
mod support;
mod values;
