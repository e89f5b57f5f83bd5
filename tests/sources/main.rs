//! Every source against the place that it asks, and all of them under one suite.

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
