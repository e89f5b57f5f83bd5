use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;

use crate::ast::Struct;
use crate::expand::with_lifetime;

/// Returns impls for an invalid declaration, so that code which uses the type causes no follow-up errors.
///
/// They are also valid for enums and unions, and never run. They declare two fields because a struct that flattens this
/// one with a prefix requires a derived name, and one that flattens it with a name requires a shared one.
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
    let deserialize = declared.form.is_transparent().then(|| {
        let generics = with_lifetime(declared.generics);
        let (generics, ..) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            #allow
            impl #generics #private::Deserialize<'__de> for #ident #arguments #where_clause {
                fn deserialize<__D: #private::Deserializer<'__de>>(
                    _: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    ::core::result::Result::Err(<__D::Error as #private::DeserializeError>::custom(""))
                }
            }
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            #allow
            impl #generics #runtime::FromSecrets for #ident #arguments #where_clause {
                const SPEC: &'static #private::Spec = &#private::Spec::new(#name, &[#private::Field::derived("", ""), #private::Field::shared("", "")]);
                fn from_values(_: &mut #private::Values<'_>) -> ::core::option::Option<Self> {
                    ::core::option::Option::None
                }
            }
            #deserialize
            #debug
        };
    }
}
