//! What can happen to bytes between a client and a server, chosen by a seed.
//!
//! A change is only made where it can be told: one that made another letter of a letter in a value could be told by
//! nobody who trusts plain HTTP. So a corrupt byte of a body is one that no text has, and a corrupt head has the same
//! body behind it. An answer that comes twice, late, or in the place of another one stays whole, and must be told by
//! what it says.

mod carry;
mod fault_plan;
mod message;
mod network;
mod proxy;

pub use fault_plan::{Fault, FaultPlan, Way};
pub use network::Network;
pub use proxy::FaultyProxy;
