//! The constructor.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use crate::ast::{Decoder, Field, Loaded, Necessity, Nested, Presence, Struct, Value};
use crate::attr::DefaultValue;

/// Decodes every field before it returns, so that one load tells of every failure.
pub(super) fn constructor(declared: &Struct<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let values = values();
    let decoded = declared.loaded().enumerate().map(|(index, (_, loaded))| {
        let local = local(index);
        let decoded = decode(index, loaded);
        quote!(let #local = #decoded;)
    });
    let filled = declared
        .loaded()
        .enumerate()
        .map(|(index, (Field { ident, .. }, _))| {
            let local = local(index);
            quote!(#ident: #local?)
        });
    let skipped = declared.skipped().map(|(Field { ident, .. }, skipped)| {
        let value = default_value(skipped.ty, &skipped.value);
        quote!(#ident: #value)
    });
    let fields = filled.chain(skipped);
    quote! {
        fn from_values(#values: &mut #runtime::__private::Values<'_>) -> ::core::option::Option<Self> {
            #(#decoded)*
            ::core::option::Option::Some(Self { #(#fields),* })
        }
    }
}

/// Names that no expression of the user's can mean.
fn local(index: usize) -> Ident {
    format_ident!("__{}", index, span = Span::mixed_site())
}

fn values() -> Ident {
    Ident::new("__values", Span::mixed_site())
}

/// A location in the user's code, for errors about what stands there, in code that is not the user's, for lints.
fn at(written: &impl Spanned) -> Span {
    Span::mixed_site().located_at(written.span())
}

fn decode(index: usize, loaded: &Loaded<'_>) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    match loaded {
        Loaded::Value(value) => decode_value(&index, value),
        Loaded::Nested(nested) => decode_nested(&index, nested),
    }
}

fn decode_value(index: &Literal, value: &Value<'_>) -> TokenStream {
    let Value { ty, .. } = value;
    let values = values();
    let decoded = match &value.decoder {
        Decoder::Serde => quote_spanned!(at(*ty)=> #values.decode::<#ty>(#index)),
        Decoder::FromStr => quote_spanned!(at(*ty)=> #values.parse::<#ty>(#index)),
        // The errors are about the function.
        Decoder::Function(path) => {
            quote_spanned!(at(path)=> #values.parse_with::<#ty, _, _>(#index, #path))
        }
        Decoder::Bytes => quote_spanned!(at(*ty)=> #values.binary::<#ty>(#index)),
    };
    let otherwise = match &value.necessity {
        Necessity::Required => quote!(required()),
        Necessity::Optional => quote!(optional()),
        Necessity::Defaulted(default) => {
            let default = default_value(ty, default);
            quote!(or_else(|| #default))
        }
    };
    quote!(#decoded.#otherwise)
}

fn decode_nested(index: &Literal, nested: &Nested<'_>) -> TokenStream {
    let Nested { ty, presence, .. } = nested;
    let values = values();
    match presence {
        Presence::Required => quote_spanned!(at(*ty)=> #values.nested::<#ty>(#index)),
        Presence::Optional => quote_spanned!(at(*ty)=> #values.nested_optional::<#ty>(#index)),
    }
}

fn default_value(ty: &Type, value: &DefaultValue) -> TokenStream {
    match value {
        DefaultValue::OfType => {
            quote_spanned!(at(ty)=> <#ty as ::core::default::Default>::default())
        }
        DefaultValue::Text(text) => quote_spanned!(at(text)=> ::core::convert::Into::into(#text)),
        DefaultValue::Expr(value) => quote!(#value),
    }
}
