//! For unusual tokens, the macro returns errors and an impl, and never panics.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::errors;
use crate::derive::derive;

const ODD: [&str; 44] = [
    "=",
    "==",
    ",",
    ",,",
    ", name",
    "name,",
    "name = ",
    "name = ,",
    "name = = \"a\"",
    "name == \"a\"",
    "name => \"a\"",
    "name := \"a\"",
    "name \"a\"",
    "name.a",
    "name::a",
    "name!",
    "name![]",
    "name{}",
    "name()",
    "name(,)",
    "name((\"a\"))",
    "name[\"a\"]",
    "'a",
    "'a = \"b\"",
    "-1",
    "1.5",
    "b\"a\"",
    "c\"a\"",
    "'x'",
    "\"a\" \"b\"",
    "\"a\" = \"b\"",
    "r#name = \"a\"",
    "r#\"prod db\"#",
    "_ = \"a\"",
    "crate",
    "crate = ",
    "crate = \"a b\"",
    "crate = <A as B>::C",
    "self, super, Self",
    "#[secret(name = \"a\")]",
    "$name = \"a\"",
    "(name = \"a\")",
    "\u{fc} = \"\u{fc}\"",
    "default = , parse = , env = , rename_all = ",
];

/// Wraps tokens in an invisible group, as `macro_rules` does.
fn invisible(tokens: &TokenStream) -> TokenStream {
    TokenTree::from(Group::new(Delimiter::None, tokens.clone())).into()
}

fn check(declaration: &TokenStream) {
    let messages = errors(declaration);
    assert!(!messages.is_empty(), "{declaration} was accepted");
    assert!(
        messages.iter().all(|message| !message.is_empty()),
        "{declaration}"
    );
    let written = derive(declaration.clone());
    assert!(
        syn::parse2::<syn::File>(written.clone()).is_ok(),
        "{written}"
    );
    assert!(
        written.to_string().contains("FromSecrets for Config"),
        "{written}"
    );
}

#[test]
fn odd_tokens_do_not_panic() {
    for odd in ODD {
        let tokens = TokenStream::from_str(odd).unwrap();
        for tokens in [invisible(&tokens), tokens] {
            check(&quote!(
                #[secrets(#tokens)]
                struct Config {
                    field: u8,
                }
            ));
            check(&quote!(
                struct Config {
                    #[secret(#tokens)]
                    field: u8,
                }
            ));
        }
    }
}

#[test]
fn odd_attributes_do_not_panic() {
    for attribute in [
        quote!(#[secret]),
        quote!(#[secrets]),
        quote!(#[secret = "a"]),
        quote!(#[secrets = 5]),
        quote!(#[secret[=]]),
        quote!(#[secret { = }]),
        quote!(#[secrets = concat!("a", "b")]),
    ] {
        check(&quote!(#attribute struct Config { field: u8 }));
        check(&quote!(struct Config { #attribute field: u8 }));
    }
}

#[test]
fn odd_items_do_not_panic() {
    for item in [
        quote!(
            struct Config;
        ),
        quote!(
            struct Config();
        ),
        quote!(
            struct Config(#[secret(=)] u8);
        ),
        quote!(
            struct Config<T>(T)
            where
                T: Clone;
        ),
        quote!(
            enum Config {}
        ),
        quote!(
            enum Config {
                #[secret(=)]
                A {
                    #[secrets]
                    a: u8,
                },
            }
        ),
        quote!(union Config { #[secret(=)] a: u8 }),
    ] {
        check(&item);
    }
}

#[test]
fn non_struct_input_is_one_error() {
    for tokens in [
        quote!(),
        quote!(
            fn main() {}
        ),
        quote!(struct),
        quote!(5),
    ] {
        assert_eq!(errors(&tokens).len(), 1, "{tokens}");
    }
}
