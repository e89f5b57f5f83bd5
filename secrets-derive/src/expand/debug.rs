//! The `Debug` impl of `#[secrets(debug)]`.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;

use super::bounds::Bounds;
use crate::ast::{Field, Form, Kind, Loaded, Presence, Struct};

/// Shows the names of all fields, and the values of fields that are not secrets.
pub(super) fn debug(declared: &Struct<'_>, bounds: &Bounds) -> TokenStream {
    let ident = declared.mention();
    let (generics, arguments, _) = declared.generics.split_for_impl();
    let where_clause = bounds.where_clause(declared.generics);
    let allow = bounds.allow();
    let body = match declared.form {
        Form::Fields => fields(declared),
        Form::Transparent { .. } => newtype(declared),
    };
    quote! {
        #[automatically_derived]
        #allow
        impl #generics ::core::fmt::Debug for #ident #arguments #where_clause {
            fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        }
    }
}

fn fields(declared: &Struct<'_>) -> TokenStream {
    let Struct { runtime, .. } = declared;
    let mut index = 0;
    let mut shown = Vec::new();
    for field in &declared.fields {
        shown.extend(self::shown(declared, field, index));
        index += usize::from(matches!(field.kind, Kind::Loaded(_)));
    }
    quote! {
        #runtime::__private::debug(
            __formatter,
            <Self as #runtime::FromSecrets>::SPEC,
            &[#(#shown),*],
        )
    }
}

fn newtype(declared: &Struct<'_>) -> TokenStream {
    let Struct { runtime, .. } = declared;
    let name = declared.ident.unraw().to_string();
    quote!(#runtime::__private::debug_newtype(__formatter, #name))
}

/// Returns the method that an outer struct calls for its own `Debug`. It reads no field, so that `dead_code` still
/// reports unread fields.
pub(super) fn as_debug() -> TokenStream {
    quote! {
        fn as_debug(&self) -> ::core::option::Option<&dyn ::core::fmt::Debug> {
            ::core::option::Option::Some(self)
        }
    }
}

/// Returns how a field is shown, or `None` for a secret. `index` is the index of the next field in the constant.
fn shown(declared: &Struct<'_>, field: &Field<'_>, index: usize) -> Option<TokenStream> {
    let runtime = &declared.runtime;
    let Field { name, .. } = field;
    let ident = &field.member;
    let index = Literal::usize_unsuffixed(index);
    let value = match &field.kind {
        Kind::Skipped(_) => {
            return Some(quote!(#runtime::__private::Shown::skipped(#index, #name)));
        }
        Kind::Loaded(Loaded::Nested(nested)) => match nested.presence {
            Presence::Required => quote!(&#runtime::__private::Flattened(&self.#ident)),
            Presence::Optional => quote!(&#runtime::__private::flattened(&self.#ident)),
        },
        Kind::Loaded(Loaded::Value(value)) if value.is_shown() => {
            // The error for a type without `Debug` points at the type.
            let shown_at = Span::call_site().located_at(value.ty.span());
            quote_spanned!(shown_at=> &self.#ident)
        }
        Kind::Loaded(Loaded::Value(_)) => return None,
    };
    Some(quote!(#runtime::__private::Shown::value(#index, #value)))
}
