//! Any text as a name, an ARN, a reference, a template or a variable.

#![no_main]

use from_secrets_fuzz::references;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| references::check(&String::from_utf8_lossy(data)));
