//! From a declaration without mistakes to tokens. Nothing can fail here.

mod bounds;
mod spec;
mod values;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use crate::ast::{Field, Reach, Struct};
use bounds::Bounds;

pub(crate) fn expand(declared: &Struct<'_>) -> TokenStream {
    let bounds = Bounds::of(declared);
    let from_secrets = from_secrets(declared, &bounds);
    let debug = declared.debug.then(|| debug(declared, bounds));
    quote! {
        const _: () = {
            #from_secrets
            #debug
        };
    }
}

fn from_secrets(declared: &Struct<'_>, bounds: &Bounds) -> TokenStream {
    let Struct { ident, runtime, .. } = declared;
    let (generics, arguments, _) = declared.generics.split_for_impl();
    let where_clause = bounds.where_clause(declared.generics);
    let allow = allow(declared);
    let spec = spec::spec(declared);
    let constructor = values::constructor(declared);
    quote! {
        #[automatically_derived]
        #allow
        impl #generics #runtime::FromSecrets for #ident #arguments #where_clause {
            const SPEC: &'static #runtime::__private::Spec = #spec;
            #constructor
        }
    }
}

/// Shows the names that are in the constant, and the values of what is no secret.
fn debug(declared: &Struct<'_>, mut bounds: Bounds) -> TokenStream {
    let Struct { ident, runtime, .. } = declared;
    let (generics, arguments, _) = declared.generics.split_for_impl();
    let settings = declared
        .values()
        .filter(|(_, value)| matches!(value.reach, Reach::EnvironmentOnly { .. }));
    let mut shown = Vec::new();
    for (field, value) in settings {
        bounds.add(value.ty, &quote!(::core::fmt::Debug));
        let Field { ident, name, .. } = field;
        // A type without `Debug` is an error about that type.
        let shown_at = Span::call_site().located_at(value.ty.span());
        shown.push(quote_spanned!(shown_at=> (#name, &self.#ident)));
    }
    let where_clause = bounds.where_clause(declared.generics);
    let allow = allow(declared);
    quote! {
        #[automatically_derived]
        #allow
        impl #generics ::core::fmt::Debug for #ident #arguments #where_clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #runtime::__private::debug(
                    __formatter,
                    <Self as #runtime::FromSecrets>::SPEC,
                    &[#(#shown),*],
                )
            }
        }
    }
}

/// To fill what is deprecated is not to use it.
fn allow(declared: &Struct<'_>) -> Option<TokenStream> {
    declared.deprecated.then(|| quote!(#[allow(deprecated)]))
}
