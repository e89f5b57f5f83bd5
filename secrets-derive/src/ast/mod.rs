//! A declaration, with everything said or derived in its place, so that what excludes each other cannot be expressed.

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
    /// Where the library is.
    pub(crate) runtime: Path,
    /// Whether a `Debug` is wanted.
    pub(crate) debug: bool,
    /// The lints that are allowed for the struct.
    pub(crate) allow: TokenStream,
    pub(crate) naming: Naming,
    pub(crate) env_prefix: Option<Specified<LitStr>>,
    pub(crate) fields: Vec<Field<'a>>,
}

/// How the fields that have no `name` are found.
pub(crate) struct Naming {
    pub(crate) home: Home,
    pub(crate) case: Option<Case>,
}

/// Where they are.
pub(crate) enum Home {
    /// Each is a secret of its own.
    Secrets { prefix: Option<Specified<LitStr>> },
    /// All are JSON keys of one.
    OneSecret { name: Specified<LitStr> },
}

/// A name of the user's in generated code: its place is the user's, for errors, and it is not the user's to use, for
/// lints. `deprecated` is silent about it then.
fn mention(ident: &Ident) -> Ident {
    let mut mention = ident.clone();
    mention.set_span(Span::mixed_site().located_at(ident.span()));
    mention
}

impl<'a> Struct<'a> {
    /// The struct's name, for generated code.
    pub(crate) fn mention(&self) -> Ident {
        mention(self.ident)
    }

    /// Takes a declaration apart. Whatever is wrong with it goes to the context; what cannot be used is left out.
    pub(crate) fn read(ctxt: &Ctxt, input: &'a DeriveInput) -> Self {
        let keys = ContainerKeys::read(ctxt, &input.attrs);
        exclusive::check_container(ctxt, &keys);
        let naming = Naming {
            case: keys.rename_all.value().flatten(),
            home: match keys.name.specified() {
                Some(name) => Home::OneSecret { name },
                None => Home::Secrets {
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

    /// The fields that are loaded, in the order of the constant.
    pub(crate) fn loaded(&self) -> impl Iterator<Item = (&Field<'a>, &Loaded<'a>)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            Kind::Loaded(loaded) => Some((field, loaded)),
            Kind::Skipped(_) => None,
        })
    }

    /// The fields that are filled with one value each.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&Field<'a>, &Value<'a>)> {
        self.loaded().filter_map(|(field, loaded)| match loaded {
            Loaded::Value(value) => Some((field, &**value)),
            Loaded::Nested(_) => None,
        })
    }

    /// The fields that are structs which are loaded too.
    pub(crate) fn nested(&self) -> impl Iterator<Item = &Nested<'a>> {
        self.loaded().filter_map(|(_, loaded)| match loaded {
            Loaded::Nested(nested) => Some(nested),
            Loaded::Value(_) => None,
        })
    }

    /// The fields that are not loaded.
    pub(crate) fn skipped(&self) -> impl Iterator<Item = (&Field<'a>, &Skipped<'a>)> {
        self.fields.iter().filter_map(|field| match &field.kind {
            Kind::Skipped(skipped) => Some((field, skipped)),
            Kind::Loaded(_) => None,
        })
    }
}
