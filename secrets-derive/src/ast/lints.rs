use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Meta};

/// Returns attributes that allow, in the generated code, the lints that the user allows or expects on an item.
///
/// `expect` becomes `allow`, because only the user's code must fulfill an expectation.
pub(super) fn allowed(attributes: &[Attribute]) -> TokenStream {
    let lists = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::List(list)
                if ["allow", "expect"]
                    .iter()
                    .any(|word| list.path.is_ident(word)) =>
            {
                Some(&list.tokens)
            }
            _ => None,
        });
    lists.map(|lints| quote!(#[allow(#lints)])).collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn allowed_and_expected_lints_are_allowed() {
        let attributes: Vec<Attribute> = vec![
            parse_quote!(#[allow(deprecated, clippy::pedantic)]),
            parse_quote!(#[doc = "allow"]),
            parse_quote!(#[deny(warnings)]),
            parse_quote!(#[deprecated]),
            parse_quote!(#[expect(dead_code, reason = "only declared")]),
        ];
        let expected = quote!(#[allow(deprecated, clippy::pedantic)] #[allow(dead_code, reason = "only declared")]);
        assert_eq!(allowed(&attributes).to_string(), expected.to_string());
        assert!(allowed(&[]).is_empty());
    }
}
