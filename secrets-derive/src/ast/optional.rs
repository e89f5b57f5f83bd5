use syn::{GenericArgument, Path, PathArguments, Type, TypePath};

/// Returns the `T` of an `Option<T>`. A macro can recognize it only by its path.
pub(super) fn optional(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Group(group) => optional(&group.elem),
        Type::Paren(paren) => optional(&paren.elem),
        Type::Path(TypePath {
            qself: None, path, ..
        }) if is_option(path) => only_argument(path),
        _ => None,
    }
}

fn is_option(path: &Path) -> bool {
    let segments: Vec<_> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    match segments[..] {
        ["Option"] => path.leading_colon.is_none(),
        [krate, "option", "Option"] => krate == "std" || krate == "core",
        _ => false,
    }
}

fn only_argument(path: &Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(inner)), None) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
    use quote::{ToTokens, quote};
    use syn::parse2;

    use super::*;

    fn inner(ty: TokenStream) -> Option<String> {
        let ty: Type = parse2(ty).unwrap();
        optional(&ty).map(|inner| inner.to_token_stream().to_string())
    }

    #[test]
    fn every_spelling_of_option_is_recognized() {
        for ty in [
            quote!(Option<String>),
            quote!(std::option::Option<String>),
            quote!(::std::option::Option<String>),
            quote!(core::option::Option<String>),
            quote!(::core::option::Option<String>),
            quote!((Option<String>)),
            quote!(Option::<String>),
        ] {
            assert_eq!(inner(ty.clone()).as_deref(), Some("String"), "{ty}");
        }
    }

    #[test]
    fn option_in_invisible_group_is_recognized() {
        let inside = Group::new(Delimiter::None, quote!(Option<u16>));
        assert_eq!(
            inner(TokenTree::from(inside).into()).as_deref(),
            Some("u16")
        );
    }

    #[test]
    fn other_types_are_not_optional() {
        for ty in [
            quote!(String),
            quote!(Vec<Option<u8>>),
            quote!(my::Option<u8>),
            quote!(::Option<u8>),
            quote!(Option),
            quote!(Option<u8, u8>),
            quote!(Option<'a>),
            quote!(<u8 as Trait>::Option<u8>),
        ] {
            assert_eq!(inner(ty.clone()), None, "{ty}");
        }
    }
}
