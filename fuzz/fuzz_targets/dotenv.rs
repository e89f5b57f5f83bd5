//! The `.env` source.

#![no_main]

use from_secrets_fuzz::dotenv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| dotenv::check(data));
