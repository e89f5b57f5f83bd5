//! What the attributes say, key by key. Which keys go together is not decided here.

mod container;
mod entry;
mod field;
mod read;
mod slot;

pub(crate) use container::ContainerKeys;
pub(crate) use entry::literal;
pub(crate) use field::{DefaultValue, Env, FieldKeys, Parser};
pub(crate) use slot::{Slot, Specified};

use crate::ctxt::Ctxt;
use slot::Flag;

/// Which of the two attributes is read.
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

    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Struct => container::WORDS,
            Self::Field => field::WORDS,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Struct => Self::Field,
            Self::Field => Self::Struct,
        }
    }

    /// What to write in place of the other level's attribute.
    const fn misplaced(self) -> &'static str {
        match self {
            Self::Struct => "`#[secret]` describes a field; write `#[secrets(…)]` on the struct",
            Self::Field => "`#[secrets]` describes the struct; write `#[secret(…)]` on a field",
        }
    }
}
