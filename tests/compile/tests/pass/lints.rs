//! Generated code causes no warnings of strict lints. The public structs are in the library, which `missing_docs`
//! checks.

#![expect(deprecated, reason = "a struct is deprecated for the test")]

use from_secrets::source::Memory;
use from_secrets_compile_tests::{Config, Deprecated, Generic, Knowing, KnowingOfAll, Nested};

use crate::load;

#[test]
fn generated_code_passes_strict_lints() {
    let memory = Memory::new()
        .with_secret("KEY", "k")
        .with_secret("BYTES", "b")
        .with_secret("NESTED_KEY", "n")
        .with_secret("LEVEL", "1");
    let loaded: Config = load(memory.clone(), &[("PORT", "1")]).unwrap();
    assert_eq!((loaded.key.as_str(), loaded.port), ("k", 1));
    let nested: &Nested = loaded.nested.as_ref().unwrap();
    assert_eq!(nested.key, "n");
    let generic: Generic<u8> = load(memory.clone(), &[]).unwrap();
    assert_eq!(generic.level(), 1);
    assert!(load::<Deprecated>(memory, &[]).is_ok());
}

#[test]
fn lints_allowed_on_fields_apply() {
    let memory = Memory::new()
        .with_secret("PLAIN", "1")
        .with_secret("GENERIC", "2")
        .with_secret("CONDITIONAL", "d")
        .with_secret("OLD_OLD_KEY", "o");
    let expecting: Knowing<u8> = load(memory.clone(), &[]).unwrap();
    assert_eq!(
        (
            expecting.plain.0.as_str(),
            expecting.generic.0,
            expecting.number.0
        ),
        ("1", 2, 1)
    );
    assert_eq!(expecting.nested.unwrap().old_key, "o");
    assert_eq!(expecting.conditional, "d");
    let all: KnowingOfAll<u8> = load(memory, &[]).unwrap();
    assert_eq!((all.Plain.0, all.Nested.old_key.as_str()), (1, "o"));
}
