//! The model of a declaration. Keys that cannot be combined cannot be represented.

mod collection;
mod exclusive;
mod field;
mod lints;
mod optional;
mod shape;

pub(crate) use collection::is_collection;
pub(crate) use field::{
    Address, Alias, Decoder, Field, Kind, Loaded, Necessity, Nested, Presence, Reach, Skipped,
    Value, Variable, Version,
};

use proc_macro2::{Ident, Span, TokenStream};
use syn::{DeriveInput, ExprPath, Generics, LitStr, Path};

use crate::attr::{ContainerKeys, Specified, Text};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::runtime;

/// A struct that derives `FromSecrets`.
pub(crate) struct Struct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The path of the `from-secrets` crate.
    pub(crate) runtime: Path,
    /// The key `rename_all`, if its value is valid.
    pub(crate) rename_all: Option<Ident>,
    /// The key `default`: missing fields are taken from the struct's `Default`.
    pub(crate) default: Option<Ident>,
    /// The function that validates the struct.
    pub(crate) validate: Option<ExprPath>,
    /// Whether to implement `Debug`.
    pub(crate) debug: bool,
    pub(crate) form: Form,
    /// The lints that are allowed on the struct.
    pub(crate) allow: TokenStream,
    pub(crate) naming: Naming,
    pub(crate) env_prefix: Option<Specified<LitStr>>,
    pub(crate) fields: Vec<Field<'a>>,
}

/// How a struct is decoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Each field has a value of its own.
    Fields,
    /// The struct is decoded like its only field.
    Transparent {
        /// Whether it has a `name`.
        is_loadable: bool,
    },
}

impl Form {
    /// Returns whether the struct can be loaded on its own.
    pub(crate) fn is_loadable(self) -> bool {
        self != Self::Transparent { is_loadable: false }
    }

    pub(crate) fn is_transparent(self) -> bool {
        self != Self::Fields
    }
}

/// The naming of fields without `name`.
pub(crate) struct Naming {
    pub(crate) container: Container,
    pub(crate) case: Option<Case>,
}

impl Naming {
    const EMPTY: Self = Self {
        container: Container::Secrets { prefix: None },
        case: None,
    };
}

/// The secrets of these fields.
pub(crate) enum Container {
    /// One secret for each field.
    Secrets { prefix: Option<Specified<LitStr>> },
    /// One JSON secret with a key for each field.
    OneSecret {
        name: Specified<Text>,
        /// Former names of the secret.
        aliases: Vec<LitStr>,
        /// Whether the secret must not have keys that no field reads.
        denies_unknown_keys: bool,
    },
}

/// Returns a user's identifier for generated code. Errors point at the user's code, but lints such as `deprecated`
/// treat the identifier as generated.
fn mention(ident: &Ident) -> Ident {
    let mut mention = ident.clone();
    mention.set_span(Span::mixed_site().located_at(ident.span()));
    mention
}

impl<'a> Struct<'a> {
    /// Returns the struct's name for generated code.
    pub(crate) fn mention(&self) -> Ident {
        mention(self.ident)
    }

    /// Reads a declaration. Reports errors to the context and omits invalid parts.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Self {
        let keys = ContainerKeys::read(ctxt, &input.attrs);
        exclusive::check_container(ctxt, &keys);
        let form = match keys.transparent.key() {
            Some(_) => Form::Transparent {
                is_loadable: keys.name.key().is_some(),
            },
            None => Form::Fields,
        };
        let rename_all = match (form, keys.rename_all.as_value()) {
            (Form::Fields, Some(Some(_))) => keys.rename_all.key().cloned(),
            _ => None,
        };
        let runtime = keys.runtime.value().flatten().unwrap_or_else(runtime::path);
        let (name, aliases) = (keys.name.specified(), keys.aliases.values());
        let naming = Naming {
            case: keys.rename_all.value().flatten(),
            container: match name {
                Some(name) => Container::OneSecret {
                    name,
                    aliases,
                    denies_unknown_keys: keys.deny_unknown_keys.key().is_some(),
                },
                None => Container::Secrets {
                    prefix: keys.prefix.specified(),
                },
            },
        };
        let fields = match form {
            Form::Fields => {
                let fields = shape::named_fields(ctxt, input);
                let fields = fields.filter_map(|field| Field::read(ctxt, &naming, field));
                fields.collect()
            }
            Form::Transparent { .. } => {
                let field = shape::only_field(ctxt, input);
                let field = field.map(|field| Field::read_only(ctxt, &naming, input, field));
                field.into_iter().collect()
            }
        };
        Self {
            ident: &input.ident,
            generics: &input.generics,
            runtime,
            rename_all,
            default: keys.default.key().cloned(),
            validate: keys.validate.value().flatten(),
            debug: keys.debug.key().is_some(),
            form,
            allow: lints::allowed(&input.attrs),
            fields,
            env_prefix: keys.env_prefix.specified(),
            naming: match form {
                Form::Fields => naming,
                Form::Transparent { .. } => Naming::EMPTY,
            },
        }
    }

    /// Returns the loaded fields, in the order of the constant.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = (&Field<'a>, &Loaded<'a>)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            Kind::Loaded(loaded) => Some((field, loaded)),
            Kind::Skipped(_) => None,
        })
    }

    /// Returns the fields with a single value.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&Field<'a>, &Value<'a>)> {
        self.loaded().filter_map(|(field, loaded)| match loaded {
            Loaded::Value(value) => Some((field, &**value)),
            Loaded::Nested(_) => None,
        })
    }

    /// Returns the flattened fields.
    pub(crate) fn nested(&self) -> impl Iterator<Item = &Nested<'a>> {
        self.loaded().filter_map(|(_, loaded)| match loaded {
            Loaded::Nested(nested) => Some(nested),
            Loaded::Value(_) => None,
        })
    }

    /// Returns the fields that are taken from the struct's `Default` if they are missing.
    pub(crate) fn default_fields(&self) -> impl Iterator<Item = &Field<'a>> {
        let is_open = |field: &&Field<'_>| match &field.kind {
            Kind::Skipped(skipped) => skipped.value.is_none(),
            Kind::Loaded(Loaded::Nested(_)) => false,
            Kind::Loaded(Loaded::Value(value)) => {
                !matches!(value.necessity, Necessity::Defaulted(_))
            }
        };
        let fields = self.fields.iter();
        fields.filter(move |field| self.default.is_some() && is_open(field))
    }

    /// Returns the fields that are not loaded.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = (&Field<'a>, &Skipped<'a>)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            Kind::Skipped(skipped) => Some((field, skipped)),
            Kind::Loaded(_) => None,
        })
    }
}
