//! Whatever answers on the agent's port.

#![no_main]

use from_secrets_fuzz::agent;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| agent::check(data));
