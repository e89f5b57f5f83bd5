//! The `from_values` constructor.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use super::located;
use crate::ast::{Decoder, Loaded, Necessity, Nested, Presence, Struct, Value};
use crate::attr::DefaultValue;

/// The constructor decodes all fields before it returns, so that one load reports all failures.
///
/// Each value is bound before the struct is built, because the compile time of `?` inside the struct's expression is
/// quadratic in the number of fields. Nested structs are boxed until then, because unoptimized builds do not reuse
/// stack slots.
pub(super) fn constructor(declared: &Struct<'_>) -> TokenStream {
    let runtime = &declared.runtime;
    let values = values();
    let decoded = declared
        .loaded()
        .enumerate()
        .map(|(index, (field, loaded))| {
            let local = local(index);
            let decoded = decode(runtime, index, loaded);
            let allow = &field.allow;
            quote!(#allow let #local = #decoded;)
        });
    let bound = declared.loaded().enumerate().map(|(index, _)| {
        let local = local(index);
        quote!(let #local = #local?;)
    });
    let filled = declared
        .loaded()
        .enumerate()
        .map(|(index, (field, loaded))| {
            let ident = field.mention();
            let local = local(index);
            match loaded {
                Loaded::Value(_) => quote!(#ident: #local),
                Loaded::Nested(_) => quote!(#ident: *#local),
            }
        });
    let skipped = declared.skipped().map(|(field, skipped)| {
        let ident = field.mention();
        let value = default_value(runtime, skipped.ty, &skipped.value);
        let allow = &field.allow;
        quote!(#allow #ident: #value)
    });
    let fields = filled.chain(skipped);
    quote! {
        fn from_values(#values: &mut #runtime::__private::Values<'_>) -> ::core::option::Option<Self> {
            #(#decoded)*
            #(#bound)*
            ::core::option::Option::Some(Self { #(#fields),* })
        }
    }
}

/// Returns an identifier that the user's expressions cannot refer to.
fn local(index: usize) -> Ident {
    format_ident!("__{}", index, span = Span::mixed_site())
}

fn values() -> Ident {
    Ident::new("__values", Span::mixed_site())
}

/// Returns a span in the user's code for errors, in generated code for lints.
fn at(written: &impl Spanned) -> Span {
    Span::mixed_site().located_at(written.span())
}

fn decode(runtime: &Path, index: usize, loaded: &Loaded<'_>) -> TokenStream {
    let index = Literal::usize_unsuffixed(index);
    match loaded {
        Loaded::Value(value) => decode_value(runtime, &index, value),
        Loaded::Nested(nested) => decode_nested(runtime, &index, nested),
    }
}

fn decode_value(runtime: &Path, index: &Literal, value: &Value<'_>) -> TokenStream {
    let Value { ty, .. } = value;
    let values = values();
    let decoded = match &value.decoder {
        Decoder::Serde => quote_spanned!(at(*ty)=> #values.decode::<#ty>(#index)),
        Decoder::FromStr => quote_spanned!(at(*ty)=> #values.parse::<#ty>(#index)),
        // Errors point at the function.
        Decoder::Function(path) => {
            quote_spanned!(at(path)=> #values.parse_with::<#ty, _, _>(#index, #path))
        }
        Decoder::Bytes => quote_spanned!(at(*ty)=> #values.binary::<#ty>(#index)),
    };
    let otherwise = match &value.necessity {
        Necessity::Required => quote!(required()),
        Necessity::Optional => quote!(optional()),
        Necessity::Defaulted(default) => {
            let default = default_value(runtime, ty, default);
            quote!(or_else(|| #default))
        }
    };
    quote!(#decoded.#otherwise)
}

/// rustc reports a missing impl only once, because this is the same error as in the constant.
fn decode_nested(runtime: &Path, index: &Literal, nested: &Nested<'_>) -> TokenStream {
    let Nested { ty, presence, .. } = nested;
    let values = values();
    let method = match presence {
        Presence::Required => quote!(nested),
        Presence::Optional => quote!(nested_optional),
    };
    quote!(#values.#method(#index, <#ty as #runtime::FromSecrets>::from_values))
}

fn default_value(runtime: &Path, ty: &Type, value: &DefaultValue) -> TokenStream {
    match value {
        DefaultValue::OfType => {
            quote_spanned!(at(ty)=> <#ty as ::core::default::Default>::default())
        }
        // The error for a type without a conversion points at the text.
        DefaultValue::Text(text) => {
            let convert = quote!(#runtime::__private::text_default);
            let convert = located(convert, text.span());
            quote_spanned!(at(text)=> #convert(#text))
        }
        DefaultValue::Expr(value) => quote!(#value),
    }
}
