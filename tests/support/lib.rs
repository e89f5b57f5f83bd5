//! Helpers of the test suites: emulators and fake servers, probes, canaries.
//!
//! There are two kinds of servers. Emulators are third-party implementations of Secrets Manager, so they check this
//! project's understanding of the service. Fake servers fail on demand in every way that AWS can, and count requests.

#![expect(
    clippy::missing_panics_doc,
    reason = "a helper that cannot do its work panics, which fails the test"
)]

pub mod app;
mod background;
pub mod call;
pub mod canary;
pub mod emulator;
pub mod expect;
pub mod fake_agent;
pub mod fake_aws;
pub mod forward_proxy;
pub mod home;
pub mod leaky_type;
pub mod logs;
#[cfg(target_os = "linux")]
pub mod memory_probe;
pub mod minimal_build;
pub mod network_faults;
mod node;
#[cfg(unix)]
pub mod postgres;
pub mod process;
pub mod proxy;
mod python;
pub mod random;
pub mod real_agent;
pub mod regions;
pub mod sdk;
pub mod seeds;
mod serve;
pub mod stalling_proxy;
pub mod structs;
mod target;
#[cfg(unix)]
pub mod terminal;
pub mod tool;
pub mod unavailable_server;

pub use call::{Call, Calls};
pub use emulator::{Emulator, Kind};
pub use fake_agent::FakeAgent;
pub use fake_aws::{FakeAws, FakeParameterStore, FakeResponse, FakeSecretsManager};
pub use forward_proxy::ForwardProxy;
#[cfg(unix)]
pub use postgres::Postgres;
pub use proxy::Proxy;
pub use random::Random;
pub use real_agent::RealAgent;
