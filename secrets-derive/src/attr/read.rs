//! From an attribute's tokens to its entries. What cannot be read is reported, and the next key is read all the same.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{
    Attribute, Error, Expr, ExprLit, Lit, Meta, Result, Token, Variant, parenthesized, token,
};

use super::entry::{Entry, EntryValue};
use super::{Ctxt, Level};
use crate::suggest::meant;

/// The entries of all attributes of ours, in order, those in the wrong place included.
pub(super) fn entries(ctxt: &Ctxt, attributes: &[Attribute], level: Level) -> Vec<Entry> {
    let mut entries = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        let misplaced = path.is_ident(level.other().attribute());
        if misplaced {
            ctxt.error_under(path, level.misplaced());
        } else if !path.is_ident(level.attribute()) {
            continue;
        }
        let read = list(ctxt, attribute, level);
        entries.extend(read.into_iter().map(|(key, value)| Entry {
            key,
            value,
            misplaced,
        }));
    }
    entries
}

type Pair = (Ident, EntryValue);

fn list(ctxt: &Ctxt, attribute: &Attribute, level: Level) -> Vec<Pair> {
    let path = attribute.path();
    let name = path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default();
    match &attribute.meta {
        Meta::Path(_) => {
            ctxt.error_under(
                path,
                format!("`#[{name}]` says nothing; write `#[{name}(…)]`, or remove it"),
            );
            Vec::new()
        }
        Meta::NameValue(pair) => {
            let written = match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => text.token().to_string(),
                _ => "…".to_owned(),
            };
            let message =
                format!("`#[{name}]` takes a list in parentheses; write `#[{name}({written})]`");
            ctxt.error_under(pair, message);
            Vec::new()
        }
        Meta::List(list) => list
            .parse_args_with(|input: ParseStream<'_>| Ok(pairs(ctxt, input, level)))
            .unwrap_or_else(|error| {
                ctxt.push(error);
                Vec::new()
            }),
    }
}

/// Reads to the end, whatever stands there.
fn pairs(ctxt: &Ctxt, input: ParseStream<'_>, level: Level) -> Vec<Pair> {
    let mut pairs = Vec::new();
    while !input.is_empty() {
        match pair(input, level) {
            Ok(pair) => pairs.push(pair),
            Err(error) => {
                ctxt.push(error);
                skip_to_comma(input);
            }
        }
        separator(ctxt, input);
    }
    pairs
}

fn pair(input: ParseStream<'_>, level: Level) -> Result<Pair> {
    if input.peek(Lit) {
        return alone(input);
    }
    let start = input.fork();
    let key = input.call(Ident::parse_any).map_err(|error| {
        Error::new(
            error.span(),
            "this is not a key; write a key, such as `name = \"…\"`",
        )
    })?;
    let value = if input.peek(Token![=]) {
        EntryValue::Expr(expression(input, &start, &key)?)
    } else if input.peek(token::Paren) {
        EntryValue::List(parenthesised(input)?)
    } else if input.is_empty() || input.peek(Token![,]) || input.peek(Ident::peek_any) {
        EntryValue::Nothing
    } else {
        return Err(no_equals_sign(input, &key, level));
    };
    Ok((key, value))
}

/// A string alone is the name.
fn alone(input: ParseStream<'_>) -> Result<Pair> {
    let lit: Lit = input.parse()?;
    if !matches!(lit, Lit::Str(_)) {
        return Err(Error::new(
            lit.span(),
            "this is not a secret's name; write a string, or `name = \"…\"`",
        ));
    }
    let key = Ident::new("name", lit.span());
    Ok((
        key,
        EntryValue::Expr(Expr::Lit(ExprLit {
            attrs: Vec::new(),
            lit,
        })),
    ))
}

fn expression(input: ParseStream<'_>, start: ParseStream<'_>, key: &Ident) -> Result<Expr> {
    let equals_sign: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        let message = format!("there is no value behind `{key} =`; write one, or remove the `=`");
        return Err(Error::new(equals_sign.span, message));
    }
    let value_at = input.span();
    let ahead = input.fork();
    if let Ok(value) = ahead.parse() {
        input.advance_to(&ahead);
        return Ok(value);
    }
    let value = any_expression(start).ok_or_else(|| unreadable(value_at, key))?;
    input.advance_to(start);
    Ok(value)
}

/// Reads `key = value` as the variant of an enum.
///
/// Without its feature `full`, which every user would wait for, syn has no arrays, blocks or closures. Where it reads
/// an enum it still finds the end of any expression, because a discriminant can be any.
fn any_expression(start: ParseStream<'_>) -> Option<Expr> {
    let variant: Variant = start.parse().ok()?;
    variant.discriminant.map(|(_, value)| value)
}

fn unreadable(span: Span, key: &Ident) -> Error {
    Error::new(
        span,
        format!("this is not a value for `{key}`; write `{key} = …` with an expression"),
    )
}

fn parenthesised(input: ParseStream<'_>) -> Result<TokenStream> {
    let content;
    parenthesized!(content in input);
    content.parse()
}

fn no_equals_sign(input: ParseStream<'_>, key: &Ident, level: Level) -> Error {
    let behind = input.fork();
    // Another sign may stand there.
    let _ = behind.parse::<Option<Token![:]>>();
    let written = match behind.parse::<Lit>() {
        Ok(literal) if behind.is_empty() || behind.peek(Token![,]) => {
            literal.to_token_stream().to_string()
        }
        _ => "…".to_owned(),
    };
    let name = key.to_string();
    // The key can be misspelt too, which is then not reported on its own.
    let legal = level.words().contains(&name.as_str());
    let right = if legal {
        None
    } else {
        meant(&name, level.words())
    };
    let right = right.unwrap_or(&name);
    Error::new(
        input.span(),
        format!("a `=` is missing behind `{key}`; write `{right} = {written}`"),
    )
}

/// Consumes the comma between two keys, and whatever stands before it.
fn separator(ctxt: &Ctxt, input: ParseStream<'_>) {
    if input.is_empty() {
        return;
    }
    if !input.peek(Token![,]) {
        ctxt.error(
            input.span(),
            "a `,` is missing before this; write `,` between two keys",
        );
        if input.peek(Ident::peek_any) {
            return;
        }
        skip_to_comma(input);
    }
    // Nothing is behind the last key.
    let _ = input.parse::<Option<Token![,]>>();
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // Cannot fail: there is a token.
        let _ = input.parse::<TokenTree>();
    }
}
