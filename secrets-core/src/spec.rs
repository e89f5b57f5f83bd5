//! Declarations as constant data.
//!
//! `#[derive(FromSecrets)]` generates one [`Spec`] for a struct. Loads, reports and generated files are based on it.

/// Declaration of a struct.
///
/// ```
/// use from_secrets::{FromSecrets, SecretString};
///
/// #[derive(FromSecrets)]
/// struct Config {
///     /// Token of the API.
///     token: SecretString,
///     proxy: Option<String>,
/// }
///
/// let spec = Config::SPEC;
/// assert_eq!(spec.name(), "Config");
/// for field in spec.fields() {
///     println!("{}: {}", field.name(), field.description());
/// }
/// assert_eq!(spec.fields()[0].description(), "Token of the API.");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    name: &'static str,
    env_prefix: Option<&'static str>,
    fields: &'static [Field],
}

impl Spec {
    #[doc(hidden)]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            env_prefix: None,
            fields,
        }
    }

    #[doc(hidden)]
    pub const fn env_prefix(self, prefix: &'static str) -> Self {
        Self {
            env_prefix: Some(prefix),
            ..self
        }
    }

    /// Returns the name of the struct.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the loaded fields in the order of their declaration. Fields with `skip` are not included.
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }

    pub(crate) const fn own_env_prefix(&self) -> Option<&'static str> {
        self.env_prefix
    }

    /// Returns the number of values, including those of nested structs.
    fn leaf_count(&self) -> usize {
        self.fields.iter().map(Field::leaf_count).sum()
    }

    /// Returns whether any secret name is derived, so that a prefix has an effect.
    const fn has_derived_name(&self) -> bool {
        let mut i = 0;
        while i < self.fields.len() {
            let derived = match &self.fields[i].kind {
                FieldKind::Leaf(leaf) => matches!(leaf.name, Name::Derived(_)),
                FieldKind::Nested(nested) => nested.spec.has_derived_name(),
            };
            if derived {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Fails to compile if a field derives a variable that shells or containers set. Nested structs with prefixes are
    /// checked at load time.
    #[expect(clippy::panic, reason = "evaluated in constants only")]
    pub(crate) const fn assert_no_well_known_variable(&self) {
        let mut i = 0;
        while i < self.fields.len() {
            let field = &self.fields[i];
            if let Some(message) = field.well_known {
                panic!("{}", message);
            }
            if let FieldKind::Nested(nested) = &field.kind
                && nested.prefix.is_empty()
                && nested.env_prefix.is_none()
            {
                nested.spec.assert_no_well_known_variable();
            }
            i += 1;
        }
    }

    /// Returns whether any environment variable is derived.
    const fn has_derived_variable(&self) -> bool {
        let mut i = 0;
        while i < self.fields.len() {
            let derived = match &self.fields[i].kind {
                FieldKind::Leaf(leaf) => matches!(leaf.variable, Variable::Derived),
                FieldKind::Nested(nested) => nested.spec.has_derived_variable(),
            };
            if derived {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// Declaration of one field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    name: &'static str,
    description: &'static str,
    necessity: Necessity,
    kind: FieldKind,
    default_text: Option<&'static str>,
    /// The error for a variable that shells or containers set, unless a prefix of an outer struct changes it.
    well_known: Option<&'static str>,
}

/// Behavior if no source has a value for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Necessity {
    /// The load fails.
    Required,
    /// The field is `None`.
    Optional,
    /// The field has a default.
    Defaulted,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum FieldKind {
    Leaf(ValueSpec),
    Nested(NestedSpec),
}

/// A field with a single value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueSpec {
    pub(crate) name: Name,
    pub(crate) json_key: Option<&'static str>,
    pub(crate) version: Version,
    pub(crate) variable: Variable,
    pub(crate) reach: Reach,
    pub(crate) form: ValueForm,
}

/// The name of a secret in a declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    /// Derived from the field's name and the struct's prefix. The prefixes of outer structs precede it.
    Derived(&'static str),
    /// A name, an ARN, a reference or a template.
    Given(&'static str),
}

/// The version of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Version {
    Current,
    Stage(&'static str),
    Id(&'static str),
}

/// The environment variable of a field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Variable {
    Derived,
    Given(&'static str),
    None,
}

/// The sources of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Chain,
    EnvironmentOnly,
}

/// The form of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueForm {
    Text,
    /// Bytes, which are base64 in text.
    Bytes,
}

/// A field whose type derives `FromSecrets` too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NestedSpec {
    pub(crate) spec: &'static Spec,
    pub(crate) prefix: &'static str,
    pub(crate) env_prefix: Option<&'static str>,
}

impl Field {
    /// Returns the name of the field.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the doc comment of the field.
    pub const fn description(&self) -> &'static str {
        self.description
    }

    /// Returns the behavior if no source has a value.
    ///
    /// ```
    /// use from_secrets::spec::Necessity;
    /// # use from_secrets::FromSecrets;
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     token: String,
    ///     proxy: Option<String>,
    ///     #[secret(default = 3)]
    ///     retries: u8,
    /// }
    ///
    /// let necessity: Vec<_> = Config::SPEC.fields().iter().map(|field| field.necessity()).collect();
    /// assert_eq!(necessity, [Necessity::Required, Necessity::Optional, Necessity::Defaulted]);
    /// ```
    pub const fn necessity(&self) -> Necessity {
        self.necessity
    }

    /// Returns the text of the default if it is a literal.
    ///
    /// ```
    /// # use from_secrets::FromSecrets;
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(default = 8080)]
    ///     port: u16,
    ///     #[secret(default = Vec::new())]
    ///     origins: Vec<String>,
    /// }
    ///
    /// let [port, origins] = Config::SPEC.fields() else { unreachable!() };
    /// assert_eq!(port.default_text(), Some("8080"));
    /// assert_eq!(origins.default_text(), None);
    /// ```
    pub const fn default_text(&self) -> Option<&'static str> {
        self.default_text
    }

    /// Returns the declaration of the nested struct of a `flatten` field.
    ///
    /// ```
    /// # use from_secrets::FromSecrets;
    /// #[derive(FromSecrets)]
    /// struct Database {
    ///     password: String,
    /// }
    ///
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(flatten)]
    ///     database: Database,
    /// }
    ///
    /// let nested = Config::SPEC.fields()[0].nested_spec().unwrap();
    /// assert_eq!(nested.name(), "Database");
    /// ```
    pub const fn nested_spec(&self) -> Option<&'static Spec> {
        match &self.kind {
            FieldKind::Nested(nested) => Some(nested.spec),
            FieldKind::Leaf(_) => None,
        }
    }

    pub(crate) const fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// Returns whether the field has the attribute `binary`.
    pub const fn is_binary(&self) -> bool {
        matches!(&self.kind, FieldKind::Leaf(leaf) if matches!(leaf.form, ValueForm::Bytes))
    }

    pub(crate) fn leaf_count(&self) -> usize {
        match &self.kind {
            FieldKind::Leaf(_) => 1,
            FieldKind::Nested(nested) => nested.spec.leaf_count(),
        }
    }
}

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

    pub const fn nested(name: &'static str, spec: &'static Spec) -> Self {
        let nested = NestedSpec {
            spec,
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

    pub const fn binary(self) -> Self {
        self.with_leaf(ValueSpec {
            form: ValueForm::Bytes,
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
            version: Version::Current,
            variable: Variable::Derived,
            reach: Reach::Chain,
            form: ValueForm::Text,
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

    const fn with_leaf(self, leaf: ValueSpec) -> Self {
        Self {
            kind: FieldKind::Leaf(leaf),
            ..self
        }
    }

    const fn as_leaf(&self) -> ValueSpec {
        match self.kind {
            FieldKind::Leaf(leaf) => leaf,
            FieldKind::Nested(_) => panic!("a nested struct has no secret"),
        }
    }

    const fn as_nested(&self) -> NestedSpec {
        match self.kind {
            FieldKind::Nested(nested) => nested,
            FieldKind::Leaf(_) => panic!("only nested structs have prefixes"),
        }
    }
}
