//! Descriptions of what a type accepts.

use std::fmt;

use serde::de::{Expected, Visitor};

use crate::json::Node;

/// Describes JSON that is not text, for a type that expects text.
pub(super) fn not_text(node: &Node) -> &'static str {
    match node {
        Node::Number(_) => "a number that JSON tools can rewrite; put it in quotation marks",
        node => node.kind(),
    }
}

/// Returns the visitor's own description, which cannot contain the value before the visit.
pub(super) fn expecting<'de, V: Visitor<'de>>(visitor: &V) -> String {
    (visitor as &dyn Expected).to_string()
}

/// Returns what a type accepts. serde describes its own types by name only.
pub(super) fn accepted(expecting: &str) -> String {
    fn integer<T: fmt::Display>(least: T, greatest: T) -> String {
        format!("an integer from {least} to {greatest}")
    }
    match expecting {
        "u8" => integer(u8::MIN, u8::MAX),
        "u16" => integer(u16::MIN, u16::MAX),
        "u32" => integer(u32::MIN, u32::MAX),
        "u64" | "usize" => integer(u64::MIN, u64::MAX),
        "u128" => integer(u128::MIN, u128::MAX),
        "i8" => integer(i8::MIN, i8::MAX),
        "i16" => integer(i16::MIN, i16::MAX),
        "i32" => integer(i32::MIN, i32::MAX),
        "i64" | "isize" => integer(i64::MIN, i64::MAX),
        "i128" => integer(i128::MIN, i128::MAX),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "a character" => "a single character".to_owned(),
        other => other.to_owned(),
    }
}

/// The descriptions of serde's own visitors, which never contain the value.
pub(super) const OF_SERDE: &[&str] = &[
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
    "a boolean",
    "a character",
    "a string",
    "a borrowed string",
    "a sequence",
    "a map",
    "unit",
    "option",
];
