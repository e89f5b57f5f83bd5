//! The paths of `Option`.

use from_secrets::FromSecrets;
use from_secrets::source::Memory;

use crate::load;

#[derive(FromSecrets)]
#[rustfmt::skip]
struct Spellings {
    plain: Option<String>,
    std: std::option::Option<String>,
    leading_std: ::std::option::Option<String>,
    core: core::option::Option<String>,
    leading_core: ::core::option::Option<String>,
    #[expect(unused_parens, reason = "valid Rust")]
    parentheses: (Option<String>),
}

#[test]
fn every_path_of_option_is_optional() {
    let loaded: Spellings = load(Memory::new(), &[]).unwrap();
    let all = [
        loaded.plain,
        loaded.std,
        loaded.leading_std,
        loaded.core,
        loaded.leading_core,
        loaded.parentheses,
    ];
    assert_eq!(all, [const { None }; 6]);
    let loaded: Spellings = load(Memory::new().with_secret("STD", "s"), &[]).unwrap();
    assert_eq!(loaded.std.as_deref(), Some("s"));
}
