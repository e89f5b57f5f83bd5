//! The agent source.

#![no_main]

use from_secrets_fuzz::agent;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| agent::check(data));
