//! Mistakes are reported where they are, with what to write instead.

#[test]
fn every_mistake_is_reported_where_it_is_with_its_remedy() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
