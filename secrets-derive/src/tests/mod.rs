//! Tests of the whole macro.

mod attributes;
mod constants;
mod golden;
mod hints;
mod odd;
mod size;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Lit, parse2};

use crate::derive::derive;

/// Returns the messages of all errors in the expansion.
fn errors(declaration: &TokenStream) -> Vec<String> {
    let mut messages = Vec::new();
    collect(derive(declaration.clone()), &mut messages);
    messages
}

fn collect(tokens: TokenStream, messages: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(ident) if ident == "compile_error" => {
                tokens.next();
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    messages.push(message(group.stream()));
                }
            }
            TokenTree::Group(group) => collect(group.stream(), messages),
            _ => {}
        }
    }
}

fn message(tokens: TokenStream) -> String {
    match parse2(tokens).unwrap() {
        Lit::Str(message) => message.value(),
        _ => panic!("an error without a message"),
    }
}
