use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::parse::Parser as _;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, ExprPath, Lit, LitBool, LitStr, Path};

use super::{Ctxt, Flag, Level, Text};
use crate::suggest::suggest;

/// Replaces an unreadable string so that later checks can continue. Every check accepts it.
const SUBSTITUTE: &str = "SUBSTITUTE";

/// One entry of an attribute's list. A string without a key is a `name`.
pub(super) struct Entry {
    pub(super) key: Ident,
    pub(super) value: EntryValue,
    /// Whether the attribute belongs on the other level, which has been reported.
    pub(super) misplaced: bool,
}

/// The value of a key.
pub(super) enum EntryValue {
    None,
    Expr(Expr),
    List(TokenStream),
}

impl Entry {
    /// Returns the string, or a substitute after reporting an error.
    pub(super) fn text(&self, ctxt: &Ctxt) -> LitStr {
        self.text_or_none(ctxt)
            .unwrap_or_else(|| LitStr::new(SUBSTITUTE, self.key.span()))
    }

    /// Returns the string or the constant, or a substitute after reporting an error.
    pub(super) fn text_or_constant(&self, ctxt: &Ctxt) -> Text {
        if let EntryValue::Expr(value) = &self.value
            && let Expr::Path(constant) = ungrouped(value)
            && constant.qself.is_none()
        {
            return Text::of_constant(constant.path.clone(), value.span());
        }
        self.text(ctxt).into()
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
        ctxt.error_spanned(
            self.tokens(),
            format!("expected a string literal for `{key}`"),
            format!("write `{key} = {written}`"),
        );
        None
    }

    /// Reports a value of a key that accepts none.
    pub(super) fn flag(&self, ctxt: &Ctxt) -> Flag {
        let key = &self.key;
        let (found, help) = match &self.value {
            EntryValue::None => return Flag,
            EntryValue::Expr(value) if is_bool(value, false) => {
                ("value", format!("remove `{key} = false`"))
            }
            EntryValue::Expr(_) => ("value", format!("write `{key}`")),
            EntryValue::List(list) if list.is_empty() => ("list", format!("write `{key}`")),
            EntryValue::List(list) => ("list", format!("write `{key}, {list}`")),
        };
        let message = format!("unexpected {found} for `{key}`");
        ctxt.error_spanned(self.tokens(), message, help);
        Flag
    }

    /// Returns the path. A string is accepted too, as in serde.
    pub(super) fn path(&self, ctxt: &Ctxt) -> Option<Path> {
        let path = match &self.value {
            EntryValue::Expr(value) => match (ungrouped(value), literal(value)) {
                (Expr::Path(path), _) if path.qself.is_none() => Some(path.path.clone()),
                (_, Some(Lit::Str(text))) => text.parse_with(Path::parse_mod_style).ok(),
                _ => None,
            },
            _ => None,
        };
        // The path of a crate, which `use` accepts.
        let is_plain = |path: &Path| path.segments.iter().all(|part| part.arguments.is_none());
        let path = path.filter(is_plain);
        if path.is_none() {
            let key = &self.key;
            ctxt.error_spanned(
                self.tokens(),
                format!("expected a path for `{key}`"),
                format!("write `{key} = ::path`"),
            );
        }
        path
    }

    /// Returns the path of a function.
    pub(super) fn function(&self, ctxt: &Ctxt) -> Option<ExprPath> {
        self.expr_path(ctxt, "a function")
    }

    /// Returns the path of an item: `a function`, `a module`.
    pub(super) fn expr_path(&self, ctxt: &Ctxt, item: &str) -> Option<ExprPath> {
        let key = &self.key;
        let required = format!("expected the path of {item} for `{key}`");
        let define = format!("define {item} and write `{key} = path`");
        let (message, help) = match &self.value {
            EntryValue::Expr(value) => match (ungrouped(value), literal(value)) {
                (Expr::Path(path), _) => return Some(path.clone()),
                (_, Some(Lit::Str(text))) => (
                    format!("expected a path for `{key}`, found a string literal"),
                    format!("write `{key} = {}`", text.value()),
                ),
                _ => (required, define),
            },
            EntryValue::List(list) => (
                format!("unexpected list for `{key}`"),
                format!("write `{key} = {list}`"),
            ),
            EntryValue::None => (required, define),
        };
        ctxt.error_spanned(self.tokens(), message, help);
        None
    }

    /// Reports an unknown key.
    pub(super) fn unknown(&self, ctxt: &Ctxt, level: Level) {
        let key = self.key.to_string();
        let is_of_other_level = level.other().keys().contains(&key.as_str());
        if is_of_other_level && self.misplaced {
            return;
        }
        let help = match level.other() {
            Level::Struct if is_of_other_level => {
                "move it to `#[secrets(…)]` on the struct".to_owned()
            }
            Level::Field if is_of_other_level => "move it to `#[secret(…)]` on a field".to_owned(),
            _ => suggest(&key, level.keys()),
        };
        let attribute = level.attribute();
        ctxt.error(
            self.key.span(),
            format!("unknown key `{key}` in `#[{attribute}]`"),
            help,
        );
    }

    /// Returns the tokens to mark in an error about the value: the value if there is one, or the key.
    pub(super) fn tokens(&self) -> TokenStream {
        match &self.value {
            EntryValue::None => self.key.to_token_stream(),
            EntryValue::Expr(value) => value.to_token_stream(),
            EntryValue::List(list) if list.is_empty() => self.key.to_token_stream(),
            EntryValue::List(list) => list.clone(),
        }
    }

    /// Returns the string of `name("x")`, for a hint.
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

/// Removes the invisible groups that `macro_rules` adds around captured expressions.
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
