use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use crate::ast::Struct;

/// Returns impls for an invalid declaration, so that code which uses the type causes no follow-up errors.
///
/// They are also valid for enums and unions, and never run. They declare one field because a struct that flattens this
/// one with a prefix requires at least one derived name.
pub(crate) fn fallback(declared: &Struct<'_>) -> TokenStream {
    let Struct { runtime, .. } = declared;
    let ident = declared.mention();
    let allow = &declared.allow;
    let (generics, arguments, where_clause) = declared.generics.split_for_impl();
    let name = ident.unraw().to_string();
    let private = quote!(#runtime::__private);
    let debug = declared.debug.then(|| {
        quote! {
            #[automatically_derived]
            #allow
            impl #generics ::core::fmt::Debug for #ident #arguments #where_clause {
                fn fmt(&self, __formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    __formatter.write_str(#name)
                }
            }
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            #allow
            impl #generics #runtime::FromSecrets for #ident #arguments #where_clause {
                const SPEC: &'static #private::Spec = &#private::Spec::new(#name, &[#private::Field::derived("", "")]);
                fn from_values(_: &mut #private::Values<'_>) -> ::core::option::Option<Self> {
                    ::core::option::Option::None
                }
            }
            #debug
        };
    }
}
