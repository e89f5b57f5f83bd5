//! Faults between a client and a server, selected by a seed.
//!
//! Every change is detectable. A client of plain HTTP cannot detect that one letter of a value was replaced by another.
//! So a corrupt byte of a body is not valid in text, and a corrupt head keeps its body. A response that arrives twice,
//! late, or in the place of another one stays complete, and must be detected by its content.

mod carry;
mod fault_plan;
mod message;
mod network;
mod proxy;

pub use fault_plan::{ALL_FAULTS, Fault, FaultPlan, Way};
pub use network::Network;
pub use proxy::FaultyProxy;
