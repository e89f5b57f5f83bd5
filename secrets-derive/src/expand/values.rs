//! The `from_values` constructor.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{ExprPath, Path};

use super::at;
use super::defaults::{self, Otherwise};
use crate::ast::{Decoder, Field, Loaded, Nested, Presence, Struct, Value};

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
            let decoded = decode(declared, index, field, loaded);
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
            let ident = &field.member;
            let local = local(index);
            match loaded {
                Loaded::Value(_) => quote!(#ident: #local),
                Loaded::Nested(_) => quote!(#ident: *#local),
            }
        });
    let skipped = declared.skipped().map(|(field, skipped)| {
        let ident = &field.member;
        let value = defaults::skipped(declared, field, skipped);
        let allow = &field.allow;
        quote!(#allow #ident: #value)
    });
    let fields = filled.chain(skipped);
    let built = quote!(Self { #(#fields),* });
    let built = if let Some(path) = &declared.validate {
        let validate = validator(runtime, path);
        quote!(#values.validate(#built, #validate))
    } else {
        quote!(::core::option::Option::Some(#built))
    };
    let from_default = defaults::of_struct(declared);
    quote! {
        fn from_values(#values: &mut #runtime::__private::Values<'_>) -> ::core::option::Option<Self> {
            #from_default
            #(#decoded)*
            #(#bound)*
            #built
        }
    }
}

/// Returns an identifier that the user's expressions cannot refer to.
fn local(index: usize) -> Ident {
    format_ident!("__{}", index, span = Span::mixed_site())
}

pub(super) fn values() -> Ident {
    Ident::new("__values", Span::mixed_site())
}

fn decode(
    declared: &Struct<'_>,
    index: usize,
    field: &Field<'_>,
    loaded: &Loaded<'_>,
) -> TokenStream {
    let runtime = &declared.runtime;
    let index = Literal::usize_unsuffixed(index);
    match loaded {
        Loaded::Nested(nested) => decode_nested(runtime, &index, nested),
        Loaded::Value(value) => {
            let decoded = decode_value(&index, value);
            let Otherwise { decoded, method } = Otherwise::of(declared, field, value, decoded);
            let validate = value.validate.as_ref().map(|path| {
                let validate = validator(runtime, path);
                quote!(.validate(#validate))
            });
            quote!(#decoded #validate.#method)
        }
    }
}

fn decode_value(index: &Literal, value: &Value<'_>) -> TokenStream {
    let Value { ty, .. } = value;
    let values = values();
    match &value.decoder {
        Decoder::Serde => quote_spanned!(at(*ty)=> #values.decode::<#ty>(#index)),
        Decoder::FromStr => quote_spanned!(at(*ty)=> #values.parse::<#ty>(#index)),
        // Errors point at the function.
        Decoder::Function(path) => {
            quote_spanned!(at(path)=> #values.parse_with::<#ty, _, _>(#index, #path))
        }
        Decoder::With(path) => {
            let input = Ident::new("__input", at(path));
            let decode = quote_spanned!(at(path)=> #path(#input));
            quote!(#values.decode_with::<#ty, _>(#index, |#input| #decode))
        }
        Decoder::Bytes => quote_spanned!(at(*ty)=> #values.binary::<#ty>(#index)),
    }
}

/// Returns a closure that calls the user's function. Only types that are marked as free of values show their text, for
/// which the method is an inherent one.
fn validator(runtime: &Path, path: &ExprPath) -> TokenStream {
    let value = Ident::new("__value", at(path));
    // Errors point at the function.
    let called = quote_spanned!(at(path)=> #path(#value));
    quote! {
        |#value| {
            use #runtime::__private::HiddenReason as _;
            #runtime::__private::Validity(#called).verdict()
        }
    }
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
