//! JSON keys.

#![no_main]

use from_secrets_fuzz::json_keys;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| json_keys::check(&String::from_utf8_lossy(data)));
