//! Each source with its service or store, and all sources with the cases of `testing`.

mod agent;
mod aws;
mod dotenv;
mod environment;
mod files;
mod managed;
mod memory;
mod parameter_store;
mod settings;
