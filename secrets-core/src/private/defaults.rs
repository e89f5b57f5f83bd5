//! Defaults that are string literals, such as `default = "localhost"`.

use std::marker::PhantomData;

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

/// Default of a field whose type may have a conversion from text.
///
/// Types with a conversion use the inherent constant, and all others the one of [`DecodedDefault`].
#[derive(Debug)]
pub struct TextDefault<T>(PhantomData<T>);

impl<T: From<&'static str>> TextDefault<T> {
    /// Converts the text.
    pub const CONVERT: Option<fn(&'static str) -> T> = Some(T::from_text);
}

/// Defaults that are decoded like values.
pub trait DecodedDefault: Sized {
    /// Type of the field.
    type Decoded;

    /// Specifies that the type has no conversion from text.
    const CONVERT: Option<fn(&'static str) -> Self::Decoded> = None;
}

impl<T> DecodedDefault for TextDefault<T> {
    type Decoded = T;
}
