//! Secrets Manager through the AWS SDK, over real HTTP.
//!
//! All tests are in one binary, so that they share their emulators.

mod emulators;
mod failover;
mod failures;
mod fake_servers;
mod fallback;
mod iam;
mod iam_policies;
mod input;
mod local_dev;
mod regions;
mod requests;
mod source_settings;
mod user_agent;
