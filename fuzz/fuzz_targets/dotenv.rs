//! Any bytes as a `.env` file.

#![no_main]

use from_secrets_fuzz::dotenv;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| dotenv::check(data));
