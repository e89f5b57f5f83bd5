//! Defaults that are string literals, such as `default = "localhost"`.

/// A type that can be converted from a string literal.
#[diagnostic::on_unimplemented(
    message = "cannot convert a string literal into `{Self}`",
    label = "expected `{Self}`, found a string literal",
    note = "write `default = …` with an expression of type `{Self}`, such as a call or a constant"
)]
pub trait FromText {
    /// Converts the text.
    fn from_text(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> FromText for T {
    fn from_text(text: &'static str) -> Self {
        text.into()
    }
}

/// Converts a default's text into the field's type.
pub fn text_default<T: FromText>(text: &'static str) -> T {
    T::from_text(text)
}
