use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Type};

use super::defaults::is_decoded;
use crate::ast::{Decoder, Field, Kind, Loaded, Necessity, Struct, Value};
use crate::attr::DefaultValue;

/// The trait bounds on field types that contain a generic parameter of the struct.
pub(super) struct Bounds {
    parameters: Vec<String>,
    predicates: Vec<TokenStream>,
    /// The text of the predicates, to avoid duplicates.
    known: HashSet<String>,
    /// The lints that are allowed on the struct and on the fields whose types occur in a predicate.
    allow: TokenStream,
}

impl Bounds {
    pub(super) fn of(declared: &Struct<'_>) -> Self {
        let parameters = declared
            .generics
            .params
            .iter()
            .filter_map(parameter)
            .collect();
        let mut bounds = Self {
            parameters,
            predicates: Vec::new(),
            known: HashSet::new(),
            allow: declared.allow.clone(),
        };
        if declared.default.is_some() && !bounds.parameters.is_empty() {
            let predicate = quote!(Self: ::core::default::Default);
            bounds.predicates.push(predicate);
        }
        for field in &declared.fields {
            let before = bounds.predicates.len();
            bounds.add_field(declared, field);
            if bounds.predicates.len() > before {
                bounds.allow.extend(field.allow.clone());
            }
        }
        bounds
    }

    fn add_field(&mut self, declared: &Struct<'_>, field: &Field<'_>) {
        let runtime = &declared.runtime;
        match &field.kind {
            Kind::Skipped(skipped) => match &skipped.value {
                Some(value) => self.add_default(skipped.ty, value),
                None if declared.default.is_some() => {}
                None => self.add_default(skipped.ty, &DefaultValue::OfType),
            },
            Kind::Loaded(Loaded::Nested(nested)) => {
                self.add(nested.ty, &quote!(#runtime::FromSecrets));
            }
            Kind::Loaded(Loaded::Value(value)) => self.add_value(declared, value),
        }
    }

    /// Adds a bound if the type contains a generic parameter. rustc warns about trivial bounds otherwise.
    fn add(&mut self, ty: &Type, bound: &TokenStream) {
        if !mentions(ty.to_token_stream(), &self.parameters) {
            return;
        }
        let predicate = quote!(#ty: #bound);
        if self.known.insert(predicate.to_string()) {
            self.predicates.push(predicate);
        }
    }

    /// Returns the lints to allow on the impl.
    pub(super) fn allow(&self) -> &TokenStream {
        &self.allow
    }

    /// Returns the struct's `where` clause with the added bounds.
    pub(super) fn where_clause(&self, generics: &Generics) -> TokenStream {
        let own = generics
            .where_clause
            .iter()
            .flat_map(|clause| &clause.predicates);
        let all: Vec<_> = own
            .map(ToTokens::to_token_stream)
            .chain(self.predicates.iter().cloned())
            .collect();
        if all.is_empty() {
            TokenStream::new()
        } else {
            quote!(where #(#all),*)
        }
    }

    fn add_value(&mut self, declared: &Struct<'_>, value: &Value<'_>) {
        let runtime = &declared.runtime;
        match &value.decoder {
            Decoder::Serde => self.add(value.ty, &quote!(#runtime::__private::DeserializeOwned)),
            Decoder::FromStr => self.add(value.ty, &quote!(::core::str::FromStr)),
            Decoder::Bytes => self.add(
                value.ty,
                &quote!(::core::convert::TryFrom<::std::vec::Vec<u8>>),
            ),
            Decoder::Function(_) | Decoder::With(_) => {}
        }
        match &value.necessity {
            Necessity::Defaulted(DefaultValue::Text(_)) if is_decoded(value) => {}
            Necessity::Defaulted(default) => self.add_default(value.ty, default),
            Necessity::Required | Necessity::Optional => {}
        }
        if declared.debug && value.is_shown() {
            self.add(value.ty, &quote!(::core::fmt::Debug));
        }
    }

    fn add_default(&mut self, ty: &Type, default: &DefaultValue) {
        match default {
            DefaultValue::OfType => self.add(ty, &quote!(::core::default::Default)),
            DefaultValue::Text(_) => self.add(ty, &quote!(::core::convert::From<&'static str>)),
            DefaultValue::Expr(_) => {}
        }
    }
}

/// Returns the name of a type or const parameter.
fn parameter(parameter: &GenericParam) -> Option<String> {
    match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    }
}

/// Returns whether a type contains a generic parameter. `path::T` and `'T` are not parameters.
fn mentions(ty: TokenStream, parameters: &[String]) -> bool {
    let mut before = ' ';
    for token in ty {
        let found = match &token {
            TokenTree::Ident(ident) => {
                !matches!(before, ':' | '\'') && parameters.iter().any(|name| ident == name)
            }
            TokenTree::Group(group) => mentions(group.stream(), parameters),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if found {
            return true;
        }
        before = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentions_t_or_n(ty: TokenStream) -> bool {
        mentions(ty, &["T".to_owned(), "N".to_owned()])
    }

    #[test]
    fn generic_parameter_is_found_inside_types() {
        for ty in [
            quote!(T),
            quote!(Vec<T>),
            quote!([u8; N]),
            quote!((String, Vec<Option<T>>)),
            quote!(<T as Trait>::Out),
            quote!(T::Out),
        ] {
            assert!(mentions_t_or_n(ty.clone()), "{ty}");
        }
    }

    #[test]
    fn lookalikes_are_not_generic_parameters() {
        for ty in [
            quote!(String),
            quote!(module::T),
            quote!(Cow<'T, str>),
            quote!(Vec<Tee>),
            quote!([u8; 3]),
        ] {
            assert!(!mentions_t_or_n(ty.clone()), "{ty}");
        }
    }
}
