//! Generated documents.

#![no_main]

use from_secrets_fuzz::generate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| generate::check(&String::from_utf8_lossy(data)));
