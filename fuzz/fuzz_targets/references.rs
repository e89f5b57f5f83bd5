//! Names, ARNs, references, templates and environment variables.

#![no_main]

use from_secrets_fuzz::references;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| references::check(&String::from_utf8_lossy(data)));
