//! Declarations as constant data.
//!
//! `#[derive(FromSecrets)]` generates one [`Spec`] for a struct. Loads, reports and generated files are based on it.

mod aliases;
mod constant;
mod constructors;
mod nested;

#[doc(hidden)]
pub use constant::secret_name;

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
    denies_unknown_keys: bool,
    fields: &'static [Field],
}

impl Spec {
    #[doc(hidden)]
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            env_prefix: None,
            denies_unknown_keys: false,
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

    #[doc(hidden)]
    pub const fn deny_unknown_keys(self) -> Self {
        Self {
            denies_unknown_keys: true,
            ..self
        }
    }

    /// Returns whether the struct's secret must not have JSON keys that no field reads.
    pub(crate) const fn denies_unknown_keys(&self) -> bool {
        self.denies_unknown_keys
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

    /// Fails to compile if a field derives a variable that shells or containers set. Nested structs with prefixes or
    /// other names are checked at load time.
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
                && nested.name.is_none()
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
    pub(crate) aliases: Aliases,
    pub(crate) version: Version,
    pub(crate) variable: Variable,
    pub(crate) reach: Reach,
    pub(crate) form: ValueForm,
    pub(crate) separator: Option<&'static str>,
}

/// The name of a secret in a declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Name {
    /// Derived from the field's name and the struct's prefix. The prefixes of outer structs precede it.
    Derived(&'static str),
    /// A name, an ARN, a reference or a template.
    Given(&'static str),
    /// The name of the struct's secret, unless the outer struct specifies another one.
    Shared(&'static str),
}

/// Former addresses, in the order in which they are used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aliases {
    /// Names, ARNs, references or templates, without a prefix.
    pub(crate) secrets: &'static [&'static str],
    pub(crate) json_keys: &'static [&'static str],
    pub(crate) variables: &'static [&'static str],
}

impl Aliases {
    const NONE: Self = Self {
        secrets: &[],
        json_keys: &[],
        variables: &[],
    };

    /// Returns whether no alias is that of a secret or of a JSON key.
    pub(crate) const fn are_only_variables(&self) -> bool {
        self.secrets.is_empty() && self.json_keys.is_empty()
    }
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
    /// A collection, which is JSON in text.
    Json,
    /// Bytes, which are base64 in text.
    Bytes,
}

/// A field whose type derives `FromSecrets` too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NestedSpec {
    pub(crate) spec: &'static Spec,
    /// The name of the struct's secret, instead of its own one.
    pub(crate) name: Option<&'static str>,
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

    /// Returns whether text for the field is known to be JSON.
    #[cfg(feature = "generate")]
    pub(crate) const fn is_json(&self) -> bool {
        matches!(&self.kind, FieldKind::Leaf(leaf) if matches!(leaf.form, ValueForm::Json))
    }

    pub(crate) const fn kind(&self) -> &FieldKind {
        &self.kind
    }

    /// Returns whether the field has the attribute `binary`.
    pub const fn is_binary(&self) -> bool {
        matches!(&self.kind, FieldKind::Leaf(leaf) if matches!(leaf.form, ValueForm::Bytes))
    }

    /// Returns the text between the items of a list.
    ///
    /// ```
    /// # use from_secrets::FromSecrets;
    /// #[derive(FromSecrets)]
    /// struct Config {
    ///     #[secret(separator = ",")]
    ///     origins: Vec<String>,
    /// }
    ///
    /// assert_eq!(Config::SPEC.fields()[0].separator(), Some(","));
    /// ```
    pub const fn separator(&self) -> Option<&'static str> {
        match &self.kind {
            FieldKind::Leaf(leaf) => leaf.separator,
            FieldKind::Nested(_) => None,
        }
    }

    pub(crate) fn leaf_count(&self) -> usize {
        match &self.kind {
            FieldKind::Leaf(_) => 1,
            FieldKind::Nested(nested) => nested.spec.leaf_count(),
        }
    }
}
