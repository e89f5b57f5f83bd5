//! What the derive promises of any declaration: an impl that is Rust, or errors that say what and where.

use std::ops::Range;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree, extra};
use quote::ToTokens as _;
use syn::{DeriveInput, LitStr};

use crate::derive::derive;

/// How deep brackets may stand in brackets. Parsers recurse, and the compiler itself gives up soon behind this.
const DEEPEST: usize = 64;

/// Holds the derive to its promises, whatever the text.
pub fn check(declaration: &str) {
    // Every text that was ever read stays in memory otherwise, for the sake of spans.
    extra::invalidate_current_thread_spans();
    // What is no tokens never reaches a macro.
    let Ok(tokens) = TokenStream::from_str(declaration) else {
        return;
    };
    if !is_shallow(tokens.clone(), DEEPEST) {
        return;
    }
    let written = derive(tokens.clone());
    assert_eq!(
        written.to_string(),
        derive(tokens.clone()).to_string(),
        "the same declaration gives other tokens"
    );
    let errors = errors(written.clone());
    for error in &errors {
        assert!(!error.message.trim().is_empty(), "an error says nothing");
    }
    let Ok(input) = syn::parse2::<DeriveInput>(tokens.clone()) else {
        assert_eq!(errors.len(), 1, "what is no item has one error");
        return;
    };
    for Error { message, place } in &errors {
        assert!(!place.is_empty(), "nobody is told where: {message}");
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

/// There is an impl whatever was wrong, and all of it is Rust.
fn check_written(written: &TokenStream, tokens: &TokenStream, input: &DeriveInput) {
    let text = written.to_string();
    if let Err(error) = judge::parse2::<judge::File>(written.clone())
        && all_values_are_expressions(tokens.clone())
    {
        panic!("what is written is not Rust: {error}\n{text}");
    }
    let ident = input.ident.to_token_stream();
    assert!(
        text.contains(&format!("FromSecrets for {ident}")),
        "there is no impl:\n{text}"
    );
}

/// Whether what stands behind each `=` in the attributes is an expression, so that it can be written again. The derive
/// knows the end of any expression, and not all of what is in it: that is rustc's to say.
fn all_values_are_expressions(tokens: TokenStream) -> bool {
    let is_sign = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let is_expression =
        |value: &[TokenTree]| judge::parse2::<judge::Expr>(value.iter().cloned().collect()).is_ok();
    let is_fine = |token: &TokenTree| match token {
        TokenTree::Group(group) => all_values_are_expressions(group.stream()),
        _ => true,
    };
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut entries = tokens.split(|token| is_sign(token, ','));
    entries.all(
        |entry| match entry.iter().position(|token| is_sign(token, '=')) {
            Some(equals_sign) => is_expression(&entry[equals_sign + 1..]),
            None => entry.iter().all(is_fine),
        },
    )
}

/// An error in what the derive writes.
struct Error {
    message: String,
    /// The bytes of the declaration that it is under. Empty where it is nowhere.
    place: Range<usize>,
}

/// The `compile_error!`s at the top, where the derive puts them. A user's own may stand further in.
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
            place: ident.span().byte_range().start..group.span().byte_range().end,
        });
    }
    errors
}
