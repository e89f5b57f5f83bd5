//! The size of the generated code.

use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::derive::derive;

fn count(tokens: TokenStream) -> usize {
    let count = |token| match token {
        TokenTree::Group(group) => 1 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(count).sum()
}

/// The number of tokens for a struct with this many fields of each kind.
fn expanded(fields: usize) -> usize {
    let kinds = [quote!(String), quote!(Option<T>), quote!(Vec<T>)];
    let attributes = [
        quote!(),
        quote!(#[secret(parse, default = 1)]),
        quote!(#[secret(env_only)]),
        quote!(#[secret(flatten)]),
        quote!(#[secret(skip)]),
        quote!(#[allow(deprecated)]),
    ];
    let fields = (0..fields).flat_map(|index| {
        let name = format_ident!("field{index:04}");
        let kind = &kinds[index % kinds.len()];
        let named = attributes
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != 1 || index % 3 != 1);
        named
            .map(move |(place, attribute)| {
                let name = format_ident!("{name}_{place}");
                quote!(#attribute #name: #kind,)
            })
            .collect::<Vec<_>>()
    });
    let written = derive(quote! {
        #[secrets(debug)]
        struct Config<T> {
            #(#fields)*
        }
    });
    assert!(!written.to_string().contains("compile_error"), "{written}");
    count(written)
}

#[test]
fn tokens_grow_linearly_with_fields() {
    let base = expanded(3);
    let (small, large) = (expanded(33) - base, expanded(303) - base);
    assert_eq!(large, 10 * small);
}
