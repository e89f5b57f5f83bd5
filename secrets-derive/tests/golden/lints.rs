#[secrets(debug)]
#[allow(non_snake_case)]
struct Shop<T> {
    #[expect(deprecated)]
    Items: Old<T>,
    #[expect(unused_parens)]
    key: (String),
    #[allow(dead_code)]
    #[secret(flatten)]
    nested: Nested,
    #[allow(unused_qualifications)]
    #[secret(skip)]
    calls: u64,
}
