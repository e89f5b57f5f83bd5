//! `from-secrets` over the wire: real processes, real HTTP, every kind of answer.
//!
//! One binary, so that its tests share the emulators they start.

mod emulators;
mod failures;
mod fake_servers;
mod fallback;
mod iam;
mod input;
mod local_dev;
mod regions;
mod requests;
