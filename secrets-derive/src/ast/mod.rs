//! The model of a declaration. Keys that cannot be combined cannot be represented.

mod exclusive;
mod field;
mod lints;
mod optional;
mod shape;

pub(crate) use field::{
    Address, Decoder, Field, Kind, Loaded, Necessity, Nested, Presence, Reach, Skipped, Value,
    Variable, Version,
};

use proc_macro2::{Ident, Span, TokenStream};
use syn::{DeriveInput, Generics, LitStr, Path};

use crate::attr::{ContainerKeys, Specified};
use crate::case::Case;
use crate::ctxt::Ctxt;
use crate::runtime;

/// A struct that derives `FromSecrets`.
pub(crate) struct Struct<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The path of the `from-secrets` crate.
    pub(crate) runtime: Path,
    /// Whether to implement `Debug`.
    pub(crate) debug: bool,
    /// The lints that are allowed on the struct.
    pub(crate) allow: TokenStream,
    pub(crate) naming: Naming,
    pub(crate) env_prefix: Option<Specified<LitStr>>,
    pub(crate) fields: Vec<Field<'a>>,
}

/// The naming of fields without `name`.
pub(crate) struct Naming {
    pub(crate) container: Container,
    pub(crate) case: Option<Case>,
}

/// The secrets of these fields.
pub(crate) enum Container {
    /// One secret for each field.
    Secrets { prefix: Option<Specified<LitStr>> },
    /// One JSON secret with a key for each field.
    OneSecret { name: Specified<LitStr> },
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
        let naming = Naming {
            case: keys.rename_all.value().flatten(),
            container: match keys.name.specified() {
                Some(name) => Container::OneSecret { name },
                None => Container::Secrets {
                    prefix: keys.prefix.specified(),
                },
            },
        };
        let fields = shape::named_fields(ctxt, input);
        Self {
            ident: &input.ident,
            generics: &input.generics,
            runtime: keys.runtime.value().flatten().unwrap_or_else(runtime::path),
            debug: keys.debug.key().is_some(),
            allow: lints::allowed(&input.attrs),
            fields: fields
                .filter_map(|field| Field::read(ctxt, &naming, field))
                .collect(),
            env_prefix: keys.env_prefix.specified(),
            naming,
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

    /// Returns the fields that are not loaded.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = (&Field<'a>, &Skipped<'a>)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            Kind::Skipped(skipped) => Some((field, skipped)),
            Kind::Loaded(_) => None,
        })
    }
}
