//! Constructors of fields for generated code.

use super::{
    Aliases, Field, FieldKind, Name, Necessity, NestedSpec, Reach, Spec, ValueForm, ValueSpec,
    Variable, Version,
};

/// The constructors for generated code. Their panics are compile errors, because they are evaluated in constants only.
#[doc(hidden)]
#[allow(
    clippy::panic,
    missing_docs,
    reason = "not public API; panics are compile errors"
)]
impl Field {
    pub const fn derived(name: &'static str, secret_name: &'static str) -> Self {
        Self::leaf(name, Name::Derived(secret_name))
    }

    pub const fn given(name: &'static str, secret_name: &'static str) -> Self {
        Self::leaf(name, Name::Given(secret_name))
    }

    pub const fn shared(name: &'static str, secret_name: &'static str) -> Self {
        Self::leaf(name, Name::Shared(secret_name))
    }

    pub const fn nested(name: &'static str, spec: &'static Spec) -> Self {
        let nested = NestedSpec {
            spec,
            name: None,
            prefix: "",
            env_prefix: None,
        };
        Self {
            name,
            description: "",
            necessity: Necessity::Required,
            default_text: None,
            well_known: None,
            kind: FieldKind::Nested(nested),
        }
    }

    pub const fn describe(self, description: &'static str) -> Self {
        Self {
            description,
            ..self
        }
    }

    pub const fn json_key(self, key: &'static str) -> Self {
        self.with_leaf(ValueSpec {
            json_key: Some(key),
            ..self.as_leaf()
        })
    }

    pub const fn version_stage(self, stage: &'static str) -> Self {
        self.with_leaf(ValueSpec {
            version: Version::Stage(stage),
            ..self.as_leaf()
        })
    }

    pub const fn version_id(self, id: &'static str) -> Self {
        self.with_leaf(ValueSpec {
            version: Version::Id(id),
            ..self.as_leaf()
        })
    }

    pub const fn env(self, variable: &'static str) -> Self {
        self.with_leaf(ValueSpec {
            variable: Variable::Given(variable),
            ..self.as_leaf()
        })
    }

    pub const fn no_env(self) -> Self {
        self.with_leaf(ValueSpec {
            variable: Variable::None,
            ..self.as_leaf()
        })
    }

    pub const fn env_only(self) -> Self {
        self.with_leaf(ValueSpec {
            reach: Reach::EnvironmentOnly,
            ..self.as_leaf()
        })
    }

    pub const fn json(self) -> Self {
        self.with_leaf(ValueSpec {
            form: ValueForm::Json,
            ..self.as_leaf()
        })
    }

    pub const fn binary(self) -> Self {
        self.with_leaf(ValueSpec {
            form: ValueForm::Bytes,
            ..self.as_leaf()
        })
    }

    pub const fn separated_by(self, separator: &'static str) -> Self {
        self.with_leaf(ValueSpec {
            separator: Some(separator),
            ..self.as_leaf()
        })
    }

    pub const fn optional(self) -> Self {
        Self {
            necessity: Necessity::Optional,
            ..self
        }
    }

    pub const fn defaulted(self) -> Self {
        Self {
            necessity: Necessity::Defaulted,
            ..self
        }
    }

    pub const fn with_default_text(self, text: &'static str) -> Self {
        Self {
            default_text: Some(text),
            ..self
        }
    }

    pub const fn well_known(self, message: &'static str) -> Self {
        Self {
            well_known: Some(message),
            ..self
        }
    }

    pub const fn prefix(self, prefix: &'static str) -> Self {
        let nested = self.as_nested();
        assert!(
            nested.spec.has_derived_name(),
            "`prefix` has no effect: the nested struct derives no secret name\nhelp: remove `prefix`, or remove `name` from the nested struct or from one of its fields"
        );
        Self {
            kind: FieldKind::Nested(NestedSpec { prefix, ..nested }),
            ..self
        }
    }

    pub const fn env_prefix(self, prefix: &'static str) -> Self {
        let nested = self.as_nested();
        assert!(
            nested.spec.has_derived_variable(),
            "`env_prefix` has no effect: the nested struct derives no environment variable\nhelp: remove `env_prefix`, or remove `env` from one of its fields"
        );
        Self {
            kind: FieldKind::Nested(NestedSpec {
                env_prefix: Some(prefix),
                ..nested
            }),
            ..self
        }
    }

    const fn leaf(name: &'static str, secret: Name) -> Self {
        let leaf = ValueSpec {
            name: secret,
            json_key: None,
            aliases: Aliases::NONE,
            version: Version::Current,
            variable: Variable::Derived,
            reach: Reach::Chain,
            form: ValueForm::Text,
            separator: None,
        };
        Self {
            name,
            description: "",
            necessity: Necessity::Required,
            default_text: None,
            well_known: None,
            kind: FieldKind::Leaf(leaf),
        }
    }

    pub(super) const fn with_leaf(self, leaf: ValueSpec) -> Self {
        Self {
            kind: FieldKind::Leaf(leaf),
            ..self
        }
    }

    pub(super) const fn as_leaf(&self) -> ValueSpec {
        match self.kind {
            FieldKind::Leaf(leaf) => leaf,
            FieldKind::Nested(_) => panic!("a nested struct has no secret"),
        }
    }

    pub(super) const fn as_nested(&self) -> NestedSpec {
        match self.kind {
            FieldKind::Nested(nested) => nested,
            FieldKind::Leaf(_) => panic!("only nested structs have prefixes"),
        }
    }
}
