//! The former addresses of a value, which are used if its own address is missing.

use super::{Aliases, Field, ValueSpec};

/// The constructors for generated code.
#[doc(hidden)]
#[allow(missing_docs, reason = "not public API")]
impl Field {
    pub const fn aliases(self, secrets: &'static [&'static str]) -> Self {
        let aliases = self.as_leaf().aliases;
        self.with_aliases(Aliases { secrets, ..aliases })
    }

    pub const fn json_key_aliases(self, json_keys: &'static [&'static str]) -> Self {
        let aliases = self.as_leaf().aliases;
        self.with_aliases(Aliases {
            json_keys,
            ..aliases
        })
    }

    pub const fn env_aliases(self, variables: &'static [&'static str]) -> Self {
        let aliases = self.as_leaf().aliases;
        self.with_aliases(Aliases {
            variables,
            ..aliases
        })
    }

    const fn with_aliases(self, aliases: Aliases) -> Self {
        self.with_leaf(ValueSpec {
            aliases,
            ..self.as_leaf()
        })
    }
}
