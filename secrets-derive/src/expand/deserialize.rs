//! The `Deserialize` impl of a transparent struct.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Generics, parse_quote};

use super::bounds::Bounds;
use crate::ast::{Field, Form, Struct};

/// Returns `None` if the struct is not transparent.
pub(super) fn deserialize(declared: &Struct<'_>, bounds: &Bounds) -> Option<TokenStream> {
    let field = declared.fields.first();
    let field = field.filter(|_| declared.form != Form::Fields)?;
    let Struct { runtime, .. } = declared;
    let ident = declared.mention();
    let generics = with_lifetime(declared.generics);
    let (generics, ..) = generics.split_for_impl();
    let (_, arguments, _) = declared.generics.split_for_impl();
    let where_clause = bounds.where_clause(declared.generics);
    let allow = bounds.allow();
    let Field {
        member,
        ty,
        allow: field_allow,
        ..
    } = field;
    // The error for a type without the trait points at the type.
    let at = Span::mixed_site().located_at(ty.span());
    let decode = quote_spanned!(at=> #runtime::__private::transparent::<__D, #ty>);
    Some(quote! {
        #[automatically_derived]
        #allow
        #field_allow
        impl #generics #runtime::__private::Deserialize<'__de> for #ident #arguments #where_clause {
            fn deserialize<__D: #runtime::__private::Deserializer<'__de>>(
                __deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                #decode(__deserializer).map(|__value| Self { #member: __value })
            }
        }
    })
}

/// Returns the generics of the struct, with the lifetime of the trait.
pub(crate) fn with_lifetime(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, parse_quote!('__de));
    generics
}
