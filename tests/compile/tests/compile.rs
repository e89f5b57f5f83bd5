//! Mistakes are reported where they are, with what to write instead.

#[test]
fn mistakes_are_reported_with_hints() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
