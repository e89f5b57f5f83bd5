//! The decoder.

#![no_main]

use from_secrets_fuzz::decode;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| decode::check(data));
