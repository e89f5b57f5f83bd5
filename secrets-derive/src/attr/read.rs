//! The parser of an attribute's list. It reports an invalid entry and continues with the next one.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative as _;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Result, Token, Variant, parenthesized, token};

use super::entry::{Entry, EntryValue};
use super::{Ctxt, Level};
use crate::ctxt::error;
use crate::suggest::closest;

/// Returns the entries of all `#[secrets]` or `#[secret]` attributes, including misplaced ones.
pub(super) fn entries(ctxt: &Ctxt, attributes: &[Attribute], level: Level) -> Vec<Entry> {
    let mut entries = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        let misplaced = path.is_ident(level.other().attribute());
        if misplaced {
            let (message, help) = level.misplaced();
            ctxt.error_spanned(path, message, help);
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
            ctxt.error_spanned(
                path,
                format!("`#[{name}]` is empty"),
                format!("write `#[{name}(…)]`, or remove it"),
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
            ctxt.error_spanned(
                pair,
                format!("expected a list in parentheses for `#[{name}]`"),
                format!("write `#[{name}({written})]`"),
            );
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

/// Reads the whole list, including everything after an invalid entry.
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
        return bare_string(input);
    }
    let start = input.fork();
    let key = input.call(Ident::parse_any).map_err(|syntax| {
        let help = "write a key such as `name = \"…\"`";
        error(syntax.span(), "expected a key", help)
    })?;
    let value = if input.peek(Token![=]) {
        EntryValue::Expr(expression(input, &start, &key)?)
    } else if input.peek(token::Paren) {
        EntryValue::List(parenthesized_tokens(input)?)
    } else if input.is_empty() || input.peek(Token![,]) || input.peek(Ident::peek_any) {
        EntryValue::None
    } else {
        return Err(no_equals_sign(input, &key, level));
    };
    Ok((key, value))
}

/// Reads a string without a key, which is the name.
fn bare_string(input: ParseStream<'_>) -> Result<Pair> {
    let lit: Lit = input.parse()?;
    if !matches!(lit, Lit::Str(_)) {
        return Err(error(
            lit.span(),
            "expected a secret name",
            "write a string literal, or `name = \"…\"`",
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
        let message = format!("missing value for `{key}`");
        let help = "write a value after the `=`, or remove the `=`";
        return Err(error(equals_sign.span, message, help));
    }
    let value_span = input.span();
    let ahead = input.fork();
    if let Ok(value) = ahead.parse() {
        input.advance_to(&ahead);
        return Ok(value);
    }
    let value = any_expression(start).ok_or_else(|| unreadable(value_span, key))?;
    input.advance_to(start);
    Ok(value)
}

/// Reads `key = value` as the variant of an enum.
///
/// Without its feature `full`, which would increase every user's build time, syn does not parse arrays, blocks or
/// closures. But it finds the end of any expression that is the discriminant of an enum variant.
fn any_expression(start: ParseStream<'_>) -> Option<Expr> {
    let variant: Variant = start.parse().ok()?;
    variant.discriminant.map(|(_, value)| value)
}

fn unreadable(span: Span, key: &Ident) -> syn::Error {
    error(
        span,
        format!("expected an expression for `{key}`"),
        format!("write `{key} = …` with an expression"),
    )
}

fn parenthesized_tokens(input: ParseStream<'_>) -> Result<TokenStream> {
    let content;
    parenthesized!(content in input);
    content.parse()
}

fn no_equals_sign(input: ParseStream<'_>, key: &Ident, level: Level) -> syn::Error {
    let ahead = input.fork();
    // A colon is a common mistake.
    let _ = ahead.parse::<Option<Token![:]>>();
    let written = match ahead.parse::<Lit>() {
        Ok(literal) if ahead.is_empty() || ahead.peek(Token![,]) => {
            literal.to_token_stream().to_string()
        }
        _ => "…".to_owned(),
    };
    let name = key.to_string();
    // A misspelled key is not reported separately.
    let is_known = level.keys().contains(&name.as_str());
    let corrected = if is_known {
        None
    } else {
        closest(&name, level.keys())
    };
    let corrected = corrected.unwrap_or(&name);
    error(
        input.span(),
        format!("expected `=` after `{key}`"),
        format!("write `{corrected} = {written}`"),
    )
}

/// Consumes the comma between two entries and any unexpected tokens before it.
fn separator(ctxt: &Ctxt, input: ParseStream<'_>) {
    if input.is_empty() {
        return;
    }
    if !input.peek(Token![,]) {
        ctxt.error(input.span(), "expected `,`", "separate keys with `,`");
        if input.peek(Ident::peek_any) {
            return;
        }
        skip_to_comma(input);
    }
    // The last entry needs no comma.
    let _ = input.parse::<Option<Token![,]>>();
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // This cannot fail, because the input is not empty.
        let _ = input.parse::<TokenTree>();
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::parse::Parser as _;

    use super::*;

    #[test]
    fn expression_ends_at_its_comma() {
        for expression in [
            quote!([1, 2]),
            quote!({
                let a = 1;
                a
            }),
            quote!(|a, b| a + b),
            quote!(Map::<A, B>::new()),
        ] {
            let parser = |input: ParseStream<'_>| {
                let value = any_expression(input);
                let value = value.map(|value| value.to_token_stream().to_string());
                Ok((value, input.parse::<TokenStream>()?.to_string()))
            };
            let written = quote!(default = #expression, env = "A");
            let (value, rest) = parser.parse2(written).unwrap();
            assert_eq!(value, Some(expression.to_string()));
            assert_eq!(rest, quote!(, env = "A").to_string());
        }
    }
}
