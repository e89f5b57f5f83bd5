//! A value, or a part of it, before it is decoded.

use crate::json::{Node, ParsedOnce};

#[derive(Clone, Copy)]
pub(super) enum Item<'de> {
    /// A whole secret or variable that is text.
    Text(&'de str, &'de ParsedOnce),
    /// A whole secret that is bytes.
    Bytes(&'de [u8], &'de ParsedOnce),
    /// JSON, or a part of it.
    Json(&'de Node),
    /// The key of an object.
    Key(&'de str),
}

/// An item as most types see it.
pub(super) enum ItemView<'de> {
    Text(&'de str, &'de ParsedOnce),
    Key(&'de str),
    Bytes(&'de [u8]),
    Json(&'de Node),
}
