//! A value, or a part of it, before it is decoded.

use crate::json::{Node, ParsedOnce};

#[derive(Clone, Copy)]
pub(super) enum Item<'de> {
    /// An entire secret or environment variable that is text.
    Text(&'de str, &'de ParsedOnce),
    /// An entire secret that is bytes.
    Bytes(&'de [u8], &'de ParsedOnce),
    /// An entire secret that is bytes of text. A type that accepts any value receives text.
    Utf8(&'de str, &'de ParsedOnce),
    /// JSON, or a part of it.
    Json(&'de Node),
    /// The key of an object.
    Key(&'de str),
}

/// An item in the form that most types use.
pub(super) enum ItemView<'de> {
    Text(&'de str, &'de ParsedOnce),
    Key(&'de str),
    Bytes(&'de [u8]),
    Json(&'de Node),
}
