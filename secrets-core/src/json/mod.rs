//! JSON as a tree whose text is wiped from memory when it is dropped.

mod base64;
#[cfg(all(feature = "cli", feature = "aws"))]
pub(crate) mod edit;
mod node;
mod number;
#[cfg(feature = "agent")]
mod object;
mod parser;
mod pointer;
#[cfg(feature = "cli")]
mod text;

pub(crate) use self::base64::from_base64;
pub(crate) use node::{BYTE_ORDER_MARK, Entry, Node, NotJson, ParsedOnce};
pub(crate) use number::{Number, float};
#[cfg(feature = "agent")]
pub(crate) use object::Object;
pub(crate) use pointer::{Lookup, look_up, path, similar_key};
