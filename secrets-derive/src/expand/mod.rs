//! The generated code of a valid declaration. Expansion cannot fail.

mod bounds;
mod debug;
mod defaults;
mod deserialize;
mod spec;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::spanned::Spanned;

use crate::ast::Struct;
use bounds::Bounds;
pub(crate) use deserialize::with_lifetime;

pub(crate) fn expand(declared: &Struct<'_>) -> TokenStream {
    let bounds = Bounds::of(declared);
    let deserialize = deserialize::deserialize(declared, &bounds);
    let is_loadable = declared.form.is_loadable();
    let from_secrets = is_loadable.then(|| from_secrets(declared, &bounds));
    let debug = declared.debug.then(|| debug::debug(declared, &bounds));
    quote! {
        const _: () = {
            #from_secrets
            #deserialize
            #debug
        };
    }
}

fn from_secrets(declared: &Struct<'_>, bounds: &Bounds) -> TokenStream {
    let Struct { runtime, .. } = declared;
    let ident = declared.mention();
    let (generics, arguments, _) = declared.generics.split_for_impl();
    let where_clause = bounds.where_clause(declared.generics);
    let allow = bounds.allow();
    let spec = spec::spec(declared);
    let constructor = values::constructor(declared);
    let as_debug = declared.debug.then(debug::as_debug);
    quote! {
        #[automatically_derived]
        #allow
        impl #generics #runtime::FromSecrets for #ident #arguments #where_clause {
            const SPEC: &'static #runtime::__private::Spec = #spec;
            #constructor
            #as_debug
        }
    }
}

/// Returns a span in the user's code for errors, in generated code for lints.
fn at(written: &impl Spanned) -> Span {
    Span::mixed_site().located_at(written.span())
}

/// Moves the spans of tokens. The spans within parentheses stay the same.
fn located(tokens: TokenStream, span: Span) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    moved.collect()
}
