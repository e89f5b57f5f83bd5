//! What a type expected, told without the value that it got.

use std::fmt::{self, Display};

use serde::de::{Error, Expected, Unexpected};

use crate::grouped::listed;

/// Why a type refused a value. serde's own messages quote the value, so none of them is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// The way to it, from within.
    within: Vec<Step>,
    text: String,
}

/// A step into JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To a field of a struct.
    Field(&'static str),
    /// To an item of an array, counted from zero.
    Item(usize),
    /// To what stands under a key of a map. Keys that no struct declares are part of the value.
    Key,
}

impl Mismatch {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self {
            within: Vec::new(),
            text: text.into(),
        }
    }

    pub(crate) fn expected(expected: &dyn Expected, found: &str) -> Self {
        Self::new(format!("expected {expected}, found {found}"))
    }

    /// The same, one step further out.
    pub(super) fn within(mut self, step: Step) -> Self {
        self.within.push(step);
        self
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Item(index) => write!(f, "[{index}]"),
            Self::Key => f.write_str("[…]"),
        }
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.within.is_empty() {
            let path: String = self.within.iter().rev().map(Step::to_string).collect();
            write!(f, "in `{}`: ", path.strip_prefix('.').unwrap_or(&path))?;
        }
        f.write_str(&self.text)
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    /// The message is the type's own and may hold anything, so it is dropped.
    fn custom<T: Display>(_message: T) -> Self {
        Self::new("the type refused it")
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected, kind(&found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::expected(expected, &format!("another value ({})", kind(&found)))
    }

    fn invalid_length(_length: usize, expected: &dyn Expected) -> Self {
        Self::expected(expected, "another length")
    }

    fn unknown_variant(_variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected {}, found another name", one_of(expected)))
    }

    fn unknown_field(_field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!(
            "expected {} as keys, found another key",
            one_of(expected)
        ))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("expected the key `{field}`, which is not there"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("expected the key `{field}` once, found it twice"))
    }
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        _ => format!("one of {}", listed(names)),
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
