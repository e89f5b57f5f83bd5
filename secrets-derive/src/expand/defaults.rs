//! Default values.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{LitStr, Path, Type};

use super::values::values;
use super::{at, located};
use crate::ast::{Decoder, Field, Necessity, Skipped, Struct, Value, is_collection};
use crate::attr::DefaultValue;

/// The decoded value, and the method that returns it or a default.
pub(super) struct Otherwise {
    pub(super) decoded: TokenStream,
    pub(super) method: TokenStream,
}

impl Otherwise {
    pub(super) fn of(
        declared: &Struct<'_>,
        field: &Field<'_>,
        value: &Value<'_>,
        decoded: TokenStream,
    ) -> Self {
        let runtime = &declared.runtime;
        let of_struct = taken(declared, field);
        let method = match (&value.necessity, of_struct) {
            (Necessity::Required, None) => quote!(required()),
            (Necessity::Required, Some(taken)) => quote!(or_take(|| #taken)),
            (Necessity::Optional, None) => quote!(optional()),
            (Necessity::Optional, Some(taken)) => quote!(optional_or_take(|| #taken)),
            (Necessity::Defaulted(DefaultValue::Text(text)), _) if !is_string(value.ty) => {
                let values = values();
                let convert = conversion(runtime, value);
                let decoded = quote!(#values.or_text(#text, #convert, |#values| #decoded));
                let method = quote!(required());
                return Self { decoded, method };
            }
            (Necessity::Defaulted(default), _) => {
                let default = expression(runtime, value.ty, default);
                quote!(or_else(|| #default))
            }
        };
        Self { decoded, method }
    }
}

/// Returns whether text is known to be converted with `Into`. For other types, the compiler selects the conversion.
fn is_string(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident == "String" || last.ident == "SecretString")
}

/// Returns whether the text of a default is always decoded like a value.
pub(super) fn is_decoded(value: &Value<'_>) -> bool {
    value.separator.is_some() || matches!(value.decoder, Decoder::Bytes) || is_collection(value.ty)
}

/// Returns the conversion of a type that has one from text. All other types decode the text.
fn conversion(runtime: &Path, value: &Value<'_>) -> TokenStream {
    if is_decoded(value) {
        return quote!(::core::option::Option::None);
    }
    // The conversion requires a type for any lifetime, because it returns a `'static` value.
    let ty = without_lifetimes(value.ty.to_token_stream());
    quote! {{
        use #runtime::__private::DecodedDefault as _;
        #runtime::__private::TextDefault::<#ty>::CONVERT
    }}
}

/// Replaces the names of lifetimes, except `'static`.
fn without_lifetimes(tokens: TokenStream) -> TokenStream {
    let mut follows_quote = false;
    let replaced = tokens.into_iter().map(|token| {
        let is_name = std::mem::replace(&mut follows_quote, false);
        match token {
            TokenTree::Ident(name) if is_name && name != "static" => {
                TokenTree::Ident(Ident::new("_", name.span()))
            }
            TokenTree::Punct(punct) => {
                follows_quote = punct.as_char() == '\'';
                TokenTree::Punct(punct)
            }
            TokenTree::Group(group) => {
                let inner = without_lifetimes(group.stream());
                TokenTree::Group(Group::new(group.delimiter(), inner))
            }
            other => other,
        }
    });
    replaced.collect()
}

/// Returns the value of a field that is not loaded.
pub(super) fn skipped(
    declared: &Struct<'_>,
    field: &Field<'_>,
    skipped: &Skipped<'_>,
) -> TokenStream {
    let Skipped { ty, value } = skipped;
    match (value, taken(declared, field)) {
        (Some(value), _) => expression(&declared.runtime, ty, value),
        (None, Some(taken)) => quote!(#taken?),
        (None, None) => expression(&declared.runtime, ty, &DefaultValue::OfType),
    }
}

fn expression(runtime: &Path, ty: &Type, value: &DefaultValue) -> TokenStream {
    match value {
        DefaultValue::OfType => {
            quote_spanned!(at(ty)=> <#ty as ::core::default::Default>::default())
        }
        DefaultValue::Text(text) => converted(runtime, text),
        DefaultValue::Expr(value) => quote!(#value),
    }
}

/// The error for a type without a conversion points at the text.
fn converted(runtime: &Path, text: &LitStr) -> TokenStream {
    let convert = located(quote!(#runtime::__private::text_default), text.span());
    quote_spanned!(at(text)=> #convert(#text))
}

/// Returns the statements that prepare the struct's `Default`, which is called on first use. Its fields are `Option`s,
/// because each of them is moved out.
pub(super) fn of_struct(declared: &Struct<'_>) -> Option<TokenStream> {
    let key = declared.default.as_ref()?;
    declared.default_fields().next()?;
    let (init, default) = (init(), default());
    let called = quote_spanned!(at(key)=> <Self as ::core::default::Default>::default());
    let fields = declared.default_fields().map(|field| {
        let ident = &field.member;
        quote!(::core::option::Option::Some(#default.#ident))
    });
    Some(quote! {
        let #init = || {
            let #default = #called;
            (#(#fields,)*)
        };
        let mut #default = ::core::option::Option::None;
    })
}

/// Returns the expression that takes a field from the struct's `Default`, if it is taken from there.
fn taken(declared: &Struct<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let mut fields = declared.default_fields();
    let place = fields.position(|other| other.name == field.name)?;
    let place = Literal::usize_unsuffixed(place);
    let (init, default) = (init(), default());
    Some(quote!(#default.get_or_insert_with(#init).#place.take()))
}

fn init() -> Ident {
    Ident::new("__init", Span::mixed_site())
}

fn default() -> Ident {
    Ident::new("__default", Span::mixed_site())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_static_lifetime_is_kept() {
        for (ty, expected) in [
            (quote!(Cow<'a, str>), quote!(Cow<'_, str>)),
            (quote!(Cow<'static, str>), quote!(Cow<'static, str>)),
            (
                quote!((a::B<'a, C>, [u8; 2])),
                quote!((a::B<'_, C>, [u8; 2])),
            ),
        ] {
            assert_eq!(without_lifetimes(ty).to_string(), expected.to_string());
        }
    }
}
