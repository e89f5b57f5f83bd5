//! `from-secrets` over the wire: real processes, real HTTP, every kind of answer.
//!
//! One binary, so that its tests share the emulators they start.

mod canaries;
mod emulators;
mod expect;
mod failures;
mod fallback;
mod harness;
mod home;
mod iam;
mod input;
mod laptop;
mod live;
mod regions;
mod requests;
mod structs;
