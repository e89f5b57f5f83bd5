//! Generated code is silent under every lint that could speak of it. What is public is in the library, where
//! `missing_docs` looks.

#![expect(deprecated, reason = "a struct is deprecated for the test")]

use from_secrets::Memory;
use from_secrets_compile_tests::{Config, Deprecated, Generic, Nested};

use crate::load;

#[test]
fn strict_lints_have_nothing_to_say() {
    let memory = Memory::new()
        .secret("KEY", "k")
        .secret("BYTES", "b")
        .secret("NESTED_KEY", "n")
        .secret("LEVEL", "1");
    let loaded: Config = load(memory.clone(), &[("PORT", "1")]).unwrap();
    assert_eq!((loaded.key.as_str(), loaded.port), ("k", 1));
    let nested: &Nested = loaded.nested.as_ref().unwrap();
    assert_eq!(nested.key, "n");
    let generic: Generic<u8> = load(memory.clone(), &[]).unwrap();
    assert_eq!(generic.level(), 1);
    assert!(load::<Deprecated>(memory, &[]).is_ok());
}
