//! What the tests of `from-secrets` stand on: emulators of Secrets Manager, a scripted one, and canaries.
//!
//! Two kinds of servers, because each proves what the other cannot. Emulators were written by others, so they hold our
//! idea of Secrets Manager against theirs; the scripted server fails in every way that AWS can, on demand, and counts.

#![expect(
    clippy::missing_panics_doc,
    reason = "a harness panics where it cannot do its work, and so fails the test"
)]

pub mod app;
mod background;
pub mod blabs;
pub mod call;
pub mod canary;
pub mod conformance;
pub mod dead_end;
pub mod emulator;
pub mod faults;
pub mod forward_proxy;
pub mod going_silent;
pub mod logs;
mod node;
#[cfg(unix)]
pub mod postgres;
pub mod process;
pub mod proxy;
mod python;
pub mod random;
pub mod real_agent;
#[cfg(target_os = "linux")]
pub mod remains;
pub mod scripted;
pub mod scripted_agent;
pub mod sdk;
pub mod seeds;
mod serve;
pub mod slim;
mod target;
pub mod tool;

pub use call::{Call, Calls};
pub use emulator::{Emulator, Kind};
pub use forward_proxy::ForwardProxy;
#[cfg(unix)]
pub use postgres::Postgres;
pub use proxy::Proxy;
pub use random::Random;
pub use real_agent::RealAgent;
pub use scripted::{Answer, Parameters, Scripted, Vault};
pub use scripted_agent::ScriptedAgent;
