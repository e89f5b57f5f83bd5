//! Every source against the place that it asks, and all of them under one suite.

mod conformance;
mod environment;
mod memory;
