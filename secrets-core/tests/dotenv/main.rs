//! Secrets in a `.env` file, after the environment.
#![cfg(all(feature = "derive", feature = "dotenv"))]

mod chain;
mod errors;
mod placeholders;
mod support;
mod values;
