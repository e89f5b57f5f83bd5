//! The derive macro with any text.

#![no_main]

use from_secrets_fuzz::declaration;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| declaration::check(&String::from_utf8_lossy(data)));
