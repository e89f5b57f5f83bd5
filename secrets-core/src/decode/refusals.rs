//! The scalars that a type rejected during decoding, including those whose errors the type discarded.
//!
//! `untagged`, `flatten` and tagged enums make serde buffer a value before the field's type is known. serde does not
//! report which of the buffered scalars was rejected, but it passes the scalar to the constructor of the error.

use std::cell::RefCell;

use serde::de::Unexpected;

thread_local! {
    static REFUSED: RefCell<Vec<Refused>> = const { RefCell::new(Vec::new()) };
}

/// A scalar that a type rejected.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Refused {
    /// Text, identified by its address.
    Text(usize),
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

/// Records the scalar that an error is about.
pub(super) fn note(found: &Unexpected<'_>) {
    let refused = match *found {
        Unexpected::Str(text) => Refused::Text(text.as_ptr().addr()),
        Unexpected::Bool(value) => Refused::Bool(value),
        Unexpected::Unsigned(value) => Refused::Unsigned(value),
        Unexpected::Signed(value) => Refused::Signed(value),
        Unexpected::Float(value) => Refused::Float(value),
        _ => return,
    };
    REFUSED.with_borrow_mut(|all| all.push(refused));
}

/// Runs a decoder, and returns its result with the rejected scalars.
pub(super) fn during<T>(decode: impl FnOnce() -> T) -> (T, Vec<Refused>) {
    let outer = REFUSED.take();
    let decoded = decode();
    (decoded, REFUSED.replace(outer))
}
