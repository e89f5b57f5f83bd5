//! Defaults that are written as text, `default = "localhost"`.

/// A type that can be made from text.
#[diagnostic::on_unimplemented(
    message = "this default is text, and `{Self}` cannot be made from text",
    label = "expected `{Self}`, found text",
    note = "write `default = …` with an expression of the type `{Self}`, such as a call or a constant"
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
