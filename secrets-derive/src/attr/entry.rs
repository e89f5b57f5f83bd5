use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::Parser as _;
use syn::{Expr, ExprLit, Lit, LitBool, LitStr, Path};

use super::{Ctxt, Flag, Level};
use crate::suggest::suggest;

/// Stands where a string could not be read, so that what is checked later goes on. Every rule accepts it.
const STAND_IN: &str = "STAND_IN";

/// One key of an attribute's list. A string alone is a `name`.
pub(super) struct Entry {
    pub(super) key: Ident,
    pub(super) value: EntryValue,
    /// The attribute is where the other one belongs, which was said already.
    pub(super) misplaced: bool,
}

/// What stands behind a key.
pub(super) enum EntryValue {
    Nothing,
    Expr(Expr),
    List(TokenStream),
}

impl Entry {
    /// A string; where it is none, something in its place.
    pub(super) fn text(&self, ctxt: &Ctxt) -> LitStr {
        self.text_or_none(ctxt)
            .unwrap_or_else(|| LitStr::new(STAND_IN, self.key.span()))
    }

    pub(super) fn text_or_none(&self, ctxt: &Ctxt) -> Option<LitStr> {
        if let EntryValue::Expr(value) = &self.value
            && let Some(Lit::Str(text)) = literal(value)
        {
            return Some(text.clone());
        }
        let key = &self.key;
        let written = self
            .listed_string()
            .map_or("\"…\"".to_owned(), |text| text.to_string());
        let message = format!("`{key}` takes a string literal; write `{key} = {written}`");
        ctxt.error_under(self.place(), message);
        None
    }

    /// A key that says all by being there.
    pub(super) fn flag(&self, ctxt: &Ctxt) -> Flag {
        let key = &self.key;
        let message = match &self.value {
            EntryValue::Nothing => return Flag,
            EntryValue::Expr(value) if is_bool(value, false) => {
                format!("`{key}` takes no value; remove `{key} = false`")
            }
            EntryValue::Expr(_) => format!("`{key}` takes no value; write `{key}`"),
            EntryValue::List(list) if list.is_empty() => {
                format!("`{key}` takes no list; write `{key}`")
            }
            EntryValue::List(list) => format!("`{key}` takes no list; write `{key}, {list}`"),
        };
        ctxt.error_under(self.place(), message);
        Flag
    }

    /// A path, which serde's habit writes as a string.
    pub(super) fn path(&self, ctxt: &Ctxt) -> Option<Path> {
        let path = match &self.value {
            EntryValue::Expr(value) => match (ungrouped(value), literal(value)) {
                (Expr::Path(path), _) if path.qself.is_none() => Some(path.path.clone()),
                (_, Some(Lit::Str(text))) => text.parse_with(Path::parse_mod_style).ok(),
                _ => None,
            },
            _ => None,
        };
        if path.is_none() {
            let key = &self.key;
            ctxt.error_under(
                self.place(),
                format!("`{key}` takes a path; write `{key} = ::path`"),
            );
        }
        path
    }

    /// Reports a key that this attribute does not have.
    pub(super) fn unknown(&self, ctxt: &Ctxt, level: Level) {
        let key = self.key.to_string();
        let elsewhere = level.other().words().contains(&key.as_str());
        if elsewhere && self.misplaced {
            return;
        }
        let hint = match level.other() {
            Level::Struct if elsewhere => {
                "it describes the struct, so write it in `#[secrets(…)]`".to_owned()
            }
            Level::Field if elsewhere => {
                "it describes a field, so write it in `#[secret(…)]`".to_owned()
            }
            _ => suggest(&key, level.words()),
        };
        let attribute = level.attribute();
        ctxt.error(
            self.key.span(),
            format!("`{key}` is not a key of `#[{attribute}]`; {hint}"),
        );
    }

    /// Where an error about the value belongs: on the value where there is one.
    pub(super) fn place(&self) -> TokenStream {
        match &self.value {
            EntryValue::Nothing => self.key.to_token_stream(),
            EntryValue::Expr(value) => value.to_token_stream(),
            EntryValue::List(list) if list.is_empty() => self.key.to_token_stream(),
            EntryValue::List(list) => list.clone(),
        }
    }

    /// `name("x")`, which is answered with what it should have been.
    pub(super) fn listed_string(&self) -> Option<TokenStream> {
        match &self.value {
            EntryValue::List(list) => {
                let text = |input: syn::parse::ParseStream<'_>| input.parse::<LitStr>();
                text.parse2(list.clone())
                    .ok()
                    .map(|text| text.to_token_stream())
            }
            _ => None,
        }
    }
}

/// An expression without the invisible brackets that `macro_rules` put around what it was given.
pub(super) fn ungrouped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => ungrouped(&group.expr),
        other => other,
    }
}

pub(crate) fn literal(expr: &Expr) -> Option<&Lit> {
    match ungrouped(expr) {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        _ => None,
    }
}

pub(super) fn is_bool(expr: &Expr, expected: bool) -> bool {
    matches!(literal(expr), Some(Lit::Bool(LitBool { value, .. })) if *value == expected)
}
