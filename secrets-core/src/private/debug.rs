//! The `Debug` of structs with secrets.

use std::fmt::{self, Debug, Formatter};

use crate::load::FromSecrets;
use crate::spec::Spec;

/// A field that `Debug` does not show as `[redacted]`.
pub struct Shown<'a> {
    /// The index among the loaded fields: of this field, or of the first one after a skipped field.
    index: usize,
    how: How<'a>,
}

enum How<'a> {
    Value(&'a dyn Debug),
    Skipped(&'static str),
}

impl<'a> Shown<'a> {
    /// Returns a setting, or a flattened struct.
    pub const fn value(index: usize, value: &'a dyn Debug) -> Self {
        let how = How::Value(value);
        Self { index, how }
    }

    /// Returns a field that is not loaded. Its type could contain a secret, so only its name is shown.
    pub const fn skipped(index: usize, name: &'static str) -> Self {
        let how = How::Skipped(name);
        Self { index, how }
    }
}

impl Debug for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").finish_non_exhaustive()
    }
}

/// Writes a struct's fields in the order of their declaration. All fields except the `shown` ones are `[redacted]`.
///
/// # Errors
///
/// Returns an error if the formatter cannot be written to.
pub fn debug(f: &mut Formatter<'_>, spec: &'static Spec, shown: &[Shown<'_>]) -> fmt::Result {
    let mut out = f.debug_struct(spec.name());
    let mut shown = shown.iter().peekable();
    let end = spec.fields().len();
    for index in 0..=end {
        while let Some(Shown {
            how: How::Skipped(name),
            ..
        }) = shown.next_if(|shown| shown.is_skipped_at(index))
        {
            out.field(name, &PlainText("[skipped]"));
        }
        let Some(field) = spec.fields().get(index) else {
            break;
        };
        match (
            shown.next_if(|shown| shown.index == index),
            field.nested_spec(),
        ) {
            (
                Some(Shown {
                    how: How::Value(value),
                    ..
                }),
                _,
            ) => out.field(field.name(), value),
            (_, Some(nested)) => out.field(field.name(), &Nested(nested)),
            (_, None) => out.field(field.name(), &PlainText("[redacted]")),
        };
    }
    out.finish()
}

/// Writes a transparent struct without its value.
///
/// # Errors
///
/// Returns an error if the formatter cannot be written to.
pub fn debug_newtype(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    f.debug_tuple(name).field(&PlainText("[redacted]")).finish()
}

impl Shown<'_> {
    fn is_skipped_at(&self, index: usize) -> bool {
        self.index == index && matches!(self.how, How::Skipped(_))
    }
}

struct PlainText(&'static str);

impl Debug for PlainText {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A nested struct without its values.
struct Nested(&'static Spec);

impl Debug for Nested {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        debug(f, self.0, &[])
    }
}

/// A nested struct: shown by the `Debug` of `#[secrets(debug)]` if it has one. Any other `Debug` could show a secret.
pub struct Flattened<'a, T>(pub &'a T);

impl<T: FromSecrets> Debug for Flattened<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_debug() {
            Some(shown) => shown.fmt(f),
            None => debug(f, T::SPEC, &[]),
        }
    }
}

/// Returns the nested struct of an optional field.
pub const fn flattened<T>(nested: &Option<T>) -> Option<Flattened<'_, T>> {
    match nested {
        Some(nested) => Some(Flattened(nested)),
        None => None,
    }
}
