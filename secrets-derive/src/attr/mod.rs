//! The keys of the attributes, each on its own. `ast` checks their combinations.

mod container;
mod entry;
mod field;
mod read;
mod slot;
mod text;

pub(crate) use container::ContainerKeys;
pub(crate) use entry::literal;
#[cfg(test)]
pub(crate) use field::KEYS as FIELD_KEYS;
pub(crate) use field::{DefaultValue, Env, FieldKeys, Parser};
pub(crate) use slot::{Repeated, Slot, Specified};

use crate::ctxt::Ctxt;
use slot::Flag;
pub(crate) use text::Text;

/// The level of an attribute: the struct or a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Struct,
    Field,
}

impl Level {
    const fn attribute(self) -> &'static str {
        match self {
            Self::Struct => "secrets",
            Self::Field => "secret",
        }
    }

    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Struct => container::KEYS,
            Self::Field => field::KEYS,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Struct => Self::Field,
            Self::Field => Self::Struct,
        }
    }

    /// Returns the message and the hint for an attribute of the other level.
    const fn misplaced(self) -> (&'static str, &'static str) {
        match self {
            Self::Struct => (
                "`#[secret]` is not allowed on a struct",
                "use `#[secrets(…)]`",
            ),
            Self::Field => (
                "`#[secrets]` is not allowed on a field",
                "use `#[secret(…)]`",
            ),
        }
    }
}
