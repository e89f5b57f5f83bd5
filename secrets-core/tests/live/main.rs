//! Structs that follow rotation. Time is paused wherever it matters: nothing here waits.
#![cfg(all(feature = "derive", feature = "live"))]

mod demand;
mod drops;
mod outage;
mod parts;
mod retry;
mod runtimes;
mod settings;
mod support;
mod told;
mod ttl;
