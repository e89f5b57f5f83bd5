//! Structs that follow rotation. Time is paused wherever it matters: nothing here waits.
#![cfg(all(feature = "derive", feature = "live"))]

mod aliases;
mod blocked;
mod bound;
mod deadlocks;
mod demand;
mod derived;
mod derived_errors;
mod drops;
mod events;
mod fixed;
mod identity;
mod outage;
mod placeholders;
mod projections;
mod retry;
mod rotation;
mod runtimes;
mod settings;
mod shutdowns;
mod status;
mod subscribers;
mod support;
mod ttl;
mod validation;
