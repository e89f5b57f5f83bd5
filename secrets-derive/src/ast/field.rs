use from_secrets_syntax::screaming_snake;
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt as _;
use syn::{DeriveInput, ExprPath, LitStr, Member, Type};

use super::optional::optional;
use super::{Container, Naming, exclusive, lints, mention};
use crate::attr::{DefaultValue, Env, FieldKeys, Parser, Slot, Specified, Text};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::docs;

/// A field of the struct.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    /// The field in generated code.
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    /// The name, without `r#`.
    pub(crate) name: String,
    pub(crate) description: String,
    /// The lints that are allowed on the field.
    pub(crate) allow: TokenStream,
    pub(crate) kind: Kind<'a>,
}

/// How a field is filled.
pub(crate) enum Kind<'a> {
    Skipped(Skipped<'a>),
    Loaded(Loaded<'a>),
}

/// A field that is loaded.
pub(crate) enum Loaded<'a> {
    Nested(Nested<'a>),
    Value(Box<Value<'a>>),
}

/// A field that is not loaded.
pub(crate) struct Skipped<'a> {
    pub(crate) ty: &'a Type,
    /// The value of `default`.
    pub(crate) value: Option<DefaultValue>,
}

/// A field whose type derives `FromSecrets` too.
pub(crate) struct Nested<'a> {
    pub(crate) ty: &'a Type,
    pub(crate) presence: Presence,
    /// The name of the struct's secret.
    pub(crate) name: Option<Text>,
    pub(crate) prefix: Option<LitStr>,
    pub(crate) env_prefix: Option<LitStr>,
}

/// Whether a nested struct may be missing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

/// A field that is filled with one value.
pub(crate) struct Value<'a> {
    /// The decoded type: the field's type without its `Option`.
    pub(crate) ty: &'a Type,
    pub(crate) necessity: Necessity,
    pub(crate) decoder: Decoder,
    /// The key `shown`: the value is not a secret.
    pub(crate) shown: Option<Ident>,
    /// The separator of a list.
    pub(crate) separator: Option<LitStr>,
    /// The function that validates the value.
    pub(crate) validate: Option<ExprPath>,
    /// The address of the secret. For `env_only` fields, the variable is derived from it.
    pub(crate) address: Address,
    /// Former places of the value, in order.
    pub(crate) aliases: Vec<Alias>,
    /// Former environment variables, in order.
    pub(crate) env_aliases: Vec<LitStr>,
    pub(crate) reach: Reach,
}

/// A former place of a value.
pub(crate) enum Alias {
    /// The name of another secret.
    Secret(LitStr),
    /// Another JSON key of the secret.
    JsonKey(LitStr),
}

/// The behavior if no source has the value.
pub(crate) enum Necessity {
    Required,
    Optional,
    Defaulted(DefaultValue),
}

/// The conversion of the value into its type.
pub(crate) enum Decoder {
    Serde,
    FromStr,
    Function(ExprPath),
    /// A function of a deserializer.
    With(ExprPath),
    Bytes,
}

/// The secret and the JSON key of a value.
pub(crate) enum Address {
    /// A secret whose name is derived from the field's name.
    Derived {
        name: String,
        json_key: Option<LitStr>,
    },
    /// A secret whose name is written on the field.
    Explicit {
        name: Text,
        json_key: Option<LitStr>,
    },
    /// A key of the struct's secret.
    Shared { name: Text, json_key: JsonKey },
}

/// A key of the struct's secret.
pub(crate) enum JsonKey {
    Derived(String),
    Explicit(LitStr),
}

/// The sources of a value.
pub(crate) enum Reach {
    /// The secret, then the variable.
    Chain {
        version: Option<Version>,
        variable: Variable,
    },
    /// The variable only. `None` derives its name.
    EnvironmentOnly { variable: Option<LitStr> },
}

/// A pinned version.
pub(crate) enum Version {
    Stage(LitStr),
    Id(LitStr),
}

/// The environment variable of a secret.
pub(crate) enum Variable {
    Derived,
    Explicit(LitStr),
    None,
}

impl<'a> Field<'a> {
    pub(super) fn read(ctxt: &Ctxt, naming: &Naming, field: &'a syn::Field) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let name = ident.unraw().to_string();
        let keys = FieldKeys::read(ctxt, &field.attrs);
        exclusive::check_field(ctxt, &keys, &field.ty);
        Some(Self {
            description: docs::description(&field.attrs),
            allow: lints::allowed(&field.attrs),
            kind: Kind::read(ctxt, naming, &name, &field.ty, keys),
            ident,
            member: Member::Named(mention(ident)),
            ty: &field.ty,
            name,
        })
    }

    /// Reads the only field of a transparent struct, which has the place of the struct.
    pub(super) fn read_only(
        ctxt: &Ctxt,
        naming: &Naming,
        input: &'a DeriveInput,
        (member, field): (Member, &'a syn::Field),
    ) -> Self {
        let mut keys = FieldKeys::read(ctxt, &field.attrs);
        let (name, aliases) = match &naming.container {
            Container::OneSecret { name, aliases, .. } => (Some(name), &aliases[..]),
            Container::Secrets { .. } => (None, &[][..]),
        };
        exclusive::check_only_field(ctxt, &keys, name.is_some());
        if let Some(name) = name {
            keys.name = Slot::from(Specified {
                key: name.key.clone(),
                value: name.value.clone(),
            });
        }
        let struct_name = screaming_snake(&input.ident.unraw().to_string()).to_lowercase();
        let name = match &member {
            Member::Named(ident) => ident.unraw().to_string(),
            Member::Unnamed(_) => struct_name,
        };
        let mut value = Value::read(ctxt, &Naming::EMPTY, &name, &field.ty, keys);
        let aliases = aliases.iter().cloned();
        value.aliases.extend(aliases.map(Alias::Secret));
        let description = docs::description(&field.attrs);
        Self {
            ident: field.ident.as_ref().unwrap_or(&input.ident),
            member: match member {
                Member::Named(ident) => Member::Named(mention(&ident)),
                unnamed @ Member::Unnamed(_) => unnamed,
            },
            ty: &field.ty,
            name,
            description: if description.is_empty() {
                docs::description(&input.attrs)
            } else {
                description
            },
            allow: lints::allowed(&field.attrs),
            kind: Kind::Loaded(Loaded::Value(Box::new(value))),
        }
    }
}

impl<'a> Kind<'a> {
    fn read(ctxt: &Ctxt, naming: &Naming, field: &str, ty: &'a Type, keys: FieldKeys) -> Self {
        if keys.skip.key().is_some() {
            let value = keys.default.value();
            return Self::Skipped(Skipped { ty, value });
        }
        Self::Loaded(Loaded::read(ctxt, naming, field, ty, keys))
    }
}

impl<'a> Loaded<'a> {
    fn read(ctxt: &Ctxt, naming: &Naming, field: &str, ty: &'a Type, keys: FieldKeys) -> Self {
        if keys.flatten.key().is_some() {
            return Self::Nested(Nested {
                ty: optional(ty).unwrap_or(ty),
                presence: if optional(ty).is_some() {
                    Presence::Optional
                } else {
                    Presence::Required
                },
                name: keys.name.value(),
                prefix: keys.prefix.value(),
                env_prefix: keys.env_prefix.value(),
            });
        }
        Self::Value(Box::new(Value::read(ctxt, naming, field, ty, keys)))
    }
}

impl<'a> Value<'a> {
    fn read(ctxt: &Ctxt, naming: &Naming, field: &str, ty: &'a Type, keys: FieldKeys) -> Self {
        let reach = if keys.env_only.key().is_some() {
            Reach::environment_only(keys.env.value())
        } else {
            let stage = keys.version_stage.value().map(Version::Stage);
            let version = stage.or_else(|| keys.version_id.value().map(Version::Id));
            Reach::Chain {
                version,
                variable: Variable::from(keys.env.value()),
            }
        };
        let with = keys.with.value().or(keys.deserialize_with.value());
        let decoder = match (keys.parse.value(), with.flatten(), keys.binary.key()) {
            (Some(Parser::FromStr), ..) => Decoder::FromStr,
            (Some(Parser::Function(path)), ..) => Decoder::Function(path),
            (None, Some(path), _) => Decoder::With(path),
            (None, None, Some(_)) => Decoder::Bytes,
            (None, None, None) => Decoder::Serde,
        };
        if let (Some(_), Some(key)) = (optional(ty), keys.default.key()) {
            ctxt.error(
                key.span(),
                "`default` is not allowed on an `Option` field",
                "remove `default`, or remove `Option` from the type",
            );
        }
        let address = naming.address(field, keys.name.value(), keys.json_key.value());
        Self {
            ty: optional(ty).unwrap_or(ty),
            necessity: match (optional(ty), keys.default.value()) {
                (Some(_), _) => Necessity::Optional,
                (None, Some(value)) => Necessity::Defaulted(value),
                (None, None) => Necessity::Required,
            },
            decoder,
            shown: keys.shown.key().cloned(),
            separator: keys.separator.value(),
            validate: keys.validate.value().flatten(),
            aliases: address.aliases(keys.aliases.values()),
            address,
            env_aliases: keys.env_aliases.values(),
            reach,
        }
    }

    /// Returns whether `Debug` shows the value.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown.is_some() || matches!(self.reach, Reach::EnvironmentOnly { .. })
    }

    /// Returns the value of `env = "…"`.
    pub(crate) fn explicit_variable(&self) -> Option<&LitStr> {
        match &self.reach {
            Reach::Chain {
                variable: Variable::Explicit(variable),
                ..
            } => Some(variable),
            Reach::EnvironmentOnly { variable } => variable.as_ref(),
            Reach::Chain { .. } => None,
        }
    }

    /// Returns whether the variable is derived from the address or the field's name.
    pub(crate) fn derives_variable(&self) -> bool {
        match &self.reach {
            Reach::Chain { variable, .. } => matches!(variable, Variable::Derived),
            Reach::EnvironmentOnly { variable } => variable.is_none(),
        }
    }
}

impl Reach {
    fn environment_only(env: Option<Env>) -> Self {
        let variable = match env {
            Some(Env::Variable(variable)) => Some(variable),
            Some(Env::None | Env::Invalid) | None => None,
        };
        Self::EnvironmentOnly { variable }
    }
}

impl From<Option<Env>> for Variable {
    fn from(env: Option<Env>) -> Self {
        match env {
            Some(Env::Variable(variable)) => Self::Explicit(variable),
            Some(Env::None | Env::Invalid) => Self::None,
            None => Self::Derived,
        }
    }
}

impl Naming {
    fn address(&self, field: &str, name: Option<Text>, json_key: Option<LitStr>) -> Address {
        match (name, &self.container) {
            (Some(name), _) => Address::Explicit { name, json_key },
            (None, Container::Secrets { prefix }) => {
                let prefix = prefix
                    .as_ref()
                    .map(|prefix| prefix.value.value())
                    .unwrap_or_default();
                let name = self.case.unwrap_or(Case::ScreamingSnake).apply(field);
                Address::Derived {
                    name: prefix + &name,
                    json_key,
                }
            }
            (None, Container::OneSecret { name, .. }) => {
                let derived = || JsonKey::Derived(self.case.unwrap_or(Case::Snake).apply(field));
                let json_key = json_key.map_or_else(derived, JsonKey::Explicit);
                Address::Shared {
                    name: name.value.clone(),
                    json_key,
                }
            }
        }
    }
}

impl Address {
    /// Returns the secret's name or ARN, including placeholders.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Derived { name, .. } => name.clone(),
            Self::Explicit { name, .. } | Self::Shared { name, .. } => name.value(),
        }
    }

    /// Returns whether `rename_all` applies to a part of the address.
    pub(crate) fn is_renamed(&self) -> bool {
        match self {
            Self::Derived { .. } => true,
            Self::Shared { json_key, .. } => matches!(json_key, JsonKey::Derived(_)),
            Self::Explicit { .. } => false,
        }
    }

    /// Returns whether the name is a constant, whose text is not known to the macro.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Derived { .. } => false,
            Self::Explicit { name, .. } | Self::Shared { name, .. } => name.constant().is_some(),
        }
    }

    /// Returns the JSON key, unless it is part of a reference.
    pub(crate) fn json_key(&self) -> Option<String> {
        match self {
            Self::Shared {
                json_key: JsonKey::Derived(key),
                ..
            } => Some(key.clone()),
            _ => self.explicit_json_key().map(LitStr::value),
        }
    }

    /// Returns the meaning of aliases. Only the part that the field specifies has an alias: the JSON key if it has one.
    fn aliases(&self, aliases: Vec<LitStr>) -> Vec<Alias> {
        let meaning = match (self, self.explicit_json_key()) {
            (Self::Shared { .. }, _) | (_, Some(_)) => Alias::JsonKey,
            (_, None) => Alias::Secret,
        };
        aliases.into_iter().map(meaning).collect()
    }

    /// Returns the value of `json_key`.
    pub(crate) fn explicit_json_key(&self) -> Option<&LitStr> {
        match self {
            Self::Derived { json_key, .. } | Self::Explicit { json_key, .. } => json_key.as_ref(),
            Self::Shared {
                json_key: JsonKey::Explicit(key),
                ..
            } => Some(key),
            Self::Shared {
                json_key: JsonKey::Derived(_),
                ..
            } => None,
        }
    }
}
