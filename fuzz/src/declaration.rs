//! The derive macro with any declaration: it generates valid Rust, and errors with a message and a span.

use std::ops::Range;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree, extra};
use quote::ToTokens as _;
use syn::{DeriveInput, LitStr};

use crate::derive::derive;

/// The maximum nesting of brackets. Parsers are recursive, and the compiler has a similar limit.
const MAX_DEPTH: usize = 64;

/// Checks the expansion of a declaration.
pub fn check(declaration: &str) {
    // Otherwise, all parsed texts stay in memory for their spans.
    extra::invalidate_current_thread_spans();
    // Invalid tokens never reach a macro.
    let Ok(tokens) = TokenStream::from_str(declaration) else {
        return;
    };
    if !is_shallow(tokens.clone(), MAX_DEPTH) {
        return;
    }
    let written = derive(tokens.clone());
    assert_eq!(
        written.to_string(),
        derive(tokens.clone()).to_string(),
        "the expansion is not deterministic"
    );
    let errors = errors(written.clone());
    for error in &errors {
        assert!(!error.message.trim().is_empty(), "an error has no message");
    }
    let Ok(input) = syn::parse2::<DeriveInput>(tokens.clone()) else {
        assert_eq!(errors.len(), 1, "an invalid item has one error");
        return;
    };
    for Error { message, span } in &errors {
        assert!(!span.is_empty(), "an error has no span: {message}");
    }
    if judge::parse2::<judge::Item>(tokens.clone()).is_ok() {
        check_written(&written, &tokens, &input);
    }
}

fn is_shallow(tokens: TokenStream, left: usize) -> bool {
    tokens.into_iter().all(|token| match token {
        TokenTree::Group(group) => left > 0 && is_shallow(group.stream(), left - 1),
        _ => true,
    })
}

/// Checks that the expansion is valid Rust and contains an impl.
fn check_written(written: &TokenStream, tokens: &TokenStream, input: &DeriveInput) {
    let text = written.to_string();
    if let Err(error) = judge::parse2::<judge::File>(written.clone())
        && all_values_are_expressions(tokens.clone())
    {
        panic!("the expansion is not valid Rust: {error}\n{text}");
    }
    let ident = input.ident.to_token_stream();
    // A transparent struct without a name is only decoded.
    let traits = ["FromSecrets", "Deserialize < '__de >"];
    assert!(
        traits
            .iter()
            .any(|name| text.contains(&format!("{name} for {ident}"))),
        "the expansion has no impl:\n{text}"
    );
}

/// Returns whether the values of all attribute keys are valid expressions. The derive macro finds the end of an
/// expression without validating it.
fn all_values_are_expressions(tokens: TokenStream) -> bool {
    let is_sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let is_expression =
        |value: &[TokenTree]| judge::parse2::<judge::Expr>(value.iter().cloned().collect()).is_ok();
    let is_valid = |token: &TokenTree| match token {
        TokenTree::Group(group) => all_values_are_expressions(group.stream()),
        _ => true,
    };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut entries = tokens.split(|token| is_sign(token, ','));
    entries.all(
        |entry| match entry.iter().position(|token| is_sign(token, '=')) {
            Some(equals_sign) => is_expression(&entry[equals_sign + 1..]),
            None => entry.iter().all(is_valid),
        },
    )
}

/// An error in the expansion.
struct Error {
    message: String,
    /// The byte range in the declaration. Empty without a span.
    span: Range<usize>,
}

/// Returns the top-level `compile_error!`s. The declaration itself may contain others.
fn errors(written: TokenStream) -> Vec<Error> {
    let mut errors = Vec::new();
    let mut tokens = written.into_iter();
    while let Some(token) = tokens.next() {
        let TokenTree::Ident(ident) = &token else {
            continue;
        };
        if ident != "compile_error" {
            continue;
        }
        let Some(TokenTree::Group(group)) = tokens.nth(1) else {
            panic!("an error without a message");
        };
        assert_eq!(
            group.delimiter(),
            Delimiter::Brace,
            "an item ends with a brace"
        );
        let message: LitStr = syn::parse2(group.stream()).expect("an error's message is a string");
        errors.push(Error {
            message: message.value(),
            span: ident.span().byte_range().start..group.span().byte_range().end,
        });
    }
    errors
}
