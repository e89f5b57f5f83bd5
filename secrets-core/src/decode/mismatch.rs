//! Errors of types that reject a value. They never contain the value.
//!
//! A type's own message can contain the value, and so can the `expected` argument of serde's errors. So text of the
//! type is shown only if the type provided it before it received the value: the visitor's `expecting`, and the names
//! that a struct or an enum declares.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};
use zeroize::Zeroizing;

use super::expected::{OF_SERDE, accepted};
use super::refusals;
use crate::format::listed;

/// A rejected value.
#[derive(Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The steps to the value, innermost first.
    within: Vec<Step>,
    reason: MismatchReason,
}

#[derive(Clone, PartialEq, Eq)]
enum MismatchReason {
    /// Text that does not contain the value.
    Known(String),
    /// An error of the type, whose text is not shown.
    OfType(OfType),
}

/// The arguments of serde's error constructors.
#[derive(Clone, PartialEq, Eq)]
enum OfType {
    Custom,
    Expected {
        expected: Zeroizing<String>,
        found: &'static str,
    },
    Names {
        kind: NameMismatch,
        names: Zeroizing<Vec<String>>,
        found: &'static str,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NameMismatch {
    Variant,
    Field,
    Missing,
    Duplicate,
}

/// A step into JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a field of a struct.
    Field(&'static str),
    /// To an item of an array, counted from zero.
    Item(usize),
    /// To the value under a key of a map. Keys that no struct declares are part of the value.
    Value,
    /// To a key of a map itself.
    Key,
}

impl Mismatch {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            within: Vec::new(),
            reason: MismatchReason::Known(text.into()),
        }
    }

    pub(crate) fn expected(expected: &dyn Display, found: &str) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    fn of_type(reason: OfType) -> Self {
        Self {
            within: Vec::new(),
            reason: MismatchReason::OfType(reason),
        }
    }

    /// Adds the step outside of those that are known.
    pub(super) fn within(mut self, step: Step) -> Self {
        self.within.push(step);
        self
    }

    /// Replaces the reason.
    pub(super) fn because(self, reason: &str) -> Self {
        Self {
            reason: MismatchReason::Known(reason.to_owned()),
            ..self
        }
    }

    /// Shows `expected` if it is what the visitor described before the visit.
    pub(super) fn after_visit(mut self, expecting: &str) -> Self {
        if let MismatchReason::OfType(OfType::Expected { expected, found }) = &self.reason
            && expected.as_str() == expecting
        {
            let accepted = accepted(expecting);
            self.reason = MismatchReason::Known(format!("expected {accepted}, found {found}"));
        }
        self
    }

    /// Describes the scalar that the visitor received, and what the visitor expected before the visit.
    pub(super) fn after_scalar(mut self, expecting: &dyn Display, scalar: &'static str) -> Self {
        match &mut self.reason {
            MismatchReason::OfType(OfType::Names { found, .. }) if scalar != "other text" => {
                *found = scalar;
            }
            MismatchReason::OfType(OfType::Names { .. }) => {}
            _ => return Self::expected(expecting, scalar),
        }
        self
    }

    /// Shows `expected` if it is of serde's own types, which serde's buffer passes values to.
    pub(super) fn after_buffer(mut self) -> Self {
        if let MismatchReason::OfType(OfType::Expected { expected, found }) = &self.reason
            && OF_SERDE.contains(&expected.as_str())
        {
            let accepted = accepted(expected);
            self.reason = MismatchReason::Known(format!("expected {accepted}, found {found}"));
        }
        self
    }

    /// Shows names that the type declares.
    pub(super) fn with_declared(self, declared: &[&str]) -> Self {
        self.with_names(|name| declared.contains(&name))
    }

    /// Shows names if all of them are safe.
    pub(super) fn with_names(mut self, is_safe: impl Fn(&str) -> bool) -> Self {
        if let MismatchReason::OfType(OfType::Names { kind, names, found }) = &self.reason
            && names.iter().all(|name| is_safe(name))
        {
            self.reason = MismatchReason::Known(kind.message(names, found));
        }
        self
    }
}

/// Returns whether text can be the name of a field or a variant.
pub(super) fn is_name(text: &str) -> bool {
    const LONGEST: usize = 64;
    let is_usual = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    text.len() <= LONGEST && text.chars().all(is_usual)
}

impl NameMismatch {
    fn message(self, names: &[String], found: &str) -> String {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        match self {
            Self::Variant => format!("expected {}, found {found}", one_of(&names)),
            Self::Field => format!("expected {} as keys, found another key", one_of(&names)),
            Self::Missing => format!("expected the key {}, which does not exist", one_of(&names)),
            Self::Duplicate => format!("expected the key {} once, found it twice", one_of(&names)),
        }
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        _ => format!("one of {}", listed(names)),
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Item(index) => write!(f, "[{index}]"),
            Self::Value => f.write_str("[…]"),
            Self::Key => Ok(()),
        }
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: String = self.within.iter().rev().map(Step::to_string).collect();
        let path = path.strip_prefix('.').unwrap_or(&path);
        let is_key = self.within.contains(&Step::Key);
        match (is_key, path) {
            (true, "") => f.write_str("in a key: ")?,
            (true, path) => write!(f, "in a key of `{path}`: ")?,
            (false, "") => {}
            (false, path) => write!(f, "in `{path}`: ")?,
        }
        match &self.reason {
            MismatchReason::Known(text) => f.write_str(text),
            MismatchReason::OfType(_) => f.write_str("rejected by the type"),
        }
    }
}

impl fmt::Debug for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mismatch")
            .field(&format_args!("{self}"))
            .finish()
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    /// Drops the message, which is the type's own and can contain anything.
    fn custom<T: Display>(_message: T) -> Self {
        Self::of_type(OfType::Custom)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        refusals::note(&found);
        Self::of_type(OfType::Expected {
            expected: Zeroizing::new(expected.to_string()),
            found: kind(&found),
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        refusals::note(&found);
        Self::of_type(OfType::Expected {
            expected: Zeroizing::new(expected.to_string()),
            found: another(&found),
        })
    }

    fn invalid_length(_length: usize, expected: &dyn Expected) -> Self {
        Self::of_type(OfType::Expected {
            expected: Zeroizing::new(expected.to_string()),
            found: "another length",
        })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        refusals::note(&Unexpected::Str(variant));
        Self::names(NameMismatch::Variant, expected)
    }

    fn unknown_field(_field: &str, expected: &'static [&'static str]) -> Self {
        Self::names(NameMismatch::Field, expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::names(NameMismatch::Missing, &[field])
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::names(NameMismatch::Duplicate, &[field])
    }
}

impl Mismatch {
    fn names(kind: NameMismatch, names: &[&str]) -> Self {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Self::of_type(OfType::Names {
            kind,
            names: Zeroizing::new(names),
            found: "another name",
        })
    }
}

fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "text",
        Unexpected::Bytes(_) => "bytes",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "an array",
        Unexpected::Map => "an object",
        _ => "something else",
    }
}

fn another(found: &Unexpected<'_>) -> &'static str {
    match kind(found) {
        "a boolean" => "another boolean",
        "a number" => "another number",
        "text" => "other text",
        "bytes" => "other bytes",
        _ => "another value",
    }
}
