//! Each source with its service or store, and all sources with one conformance suite.

mod agent;
mod aws;
mod dotenv;
mod environment;
mod files;
mod managed;
mod memory;
mod parameter_store;
mod settings;

use from_secrets_tests::conformance;
