//! The derive macro with plausible declarations.

#![no_main]

use arbitrary::Unstructured;
use from_secrets_fuzz::{declaration, structure};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = structure::declaration(&mut Unstructured::new(data)) {
        declaration::check(&text);
    }
});
