//! Compile errors of invalid declarations, compared with golden files.

#[test]
fn invalid_declarations_match_golden_errors() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
