use proc_macro2::Ident;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprPath, Lit, LitStr};

use super::entry::{Entry, EntryValue, is_bool, literal};
use super::{Ctxt, Flag, Level, Repeated, Slot, Text, read};

pub(crate) const KEYS: &[&str] = &[
    "name",
    "json_key",
    "alias",
    "version_stage",
    "version_id",
    "env",
    "env_alias",
    "env_only",
    "default",
    "parse",
    "with",
    "deserialize_with",
    "separator",
    "binary",
    "validate",
    "shown",
    "flatten",
    "prefix",
    "env_prefix",
    "skip",
];

/// The keys of `#[secret(…)]`.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) name: Slot<Text>,
    pub(crate) json_key: Slot<LitStr>,
    pub(crate) aliases: Repeated<LitStr>,
    pub(crate) version_stage: Slot<LitStr>,
    pub(crate) version_id: Slot<LitStr>,
    pub(crate) env: Slot<Env>,
    pub(crate) env_aliases: Repeated<LitStr>,
    pub(crate) env_only: Slot<Flag>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) parse: Slot<Parser>,
    pub(crate) with: Slot<Option<ExprPath>>,
    pub(crate) deserialize_with: Slot<Option<ExprPath>>,
    pub(crate) separator: Slot<LitStr>,
    pub(crate) binary: Slot<Flag>,
    pub(crate) validate: Slot<Option<ExprPath>>,
    pub(crate) shown: Slot<Flag>,
    pub(crate) flatten: Slot<Flag>,
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) env_prefix: Slot<LitStr>,
    pub(crate) skip: Slot<Flag>,
}

/// The value of `env`.
pub(crate) enum Env {
    Variable(LitStr),
    None,
    /// An invalid value, which has been reported.
    Invalid,
}

/// The value of `default`.
pub(crate) enum DefaultValue {
    /// `Default::default()`.
    OfType,
    /// Text, which is converted into the type.
    Text(LitStr),
    Expr(Expr),
}

/// The value of `parse`.
pub(crate) enum Parser {
    FromStr,
    Function(ExprPath),
}

impl FieldKeys {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut keys = Self::default();
        for entry in read::entries(ctxt, attributes, Level::Field) {
            keys.add(ctxt, &entry);
        }
        keys
    }

    fn add(&mut self, ctxt: &Ctxt, entry: &Entry) {
        match entry.key.to_string().as_str() {
            "name" => self.name.set(ctxt, entry, entry.text_or_constant(ctxt)),
            "json_key" => self.json_key.set(ctxt, entry, entry.text(ctxt)),
            "alias" => self.aliases.add(entry, entry.text_or_none(ctxt)),
            "version_stage" => self.version_stage.set(ctxt, entry, entry.text(ctxt)),
            "version_id" => self.version_id.set(ctxt, entry, entry.text(ctxt)),
            "env" => self.env.set(ctxt, entry, env(ctxt, entry)),
            "env_alias" => self.env_aliases.add(entry, entry.text_or_none(ctxt)),
            "env_only" => self.env_only.set(ctxt, entry, entry.flag(ctxt)),
            "default" => self.default.set(ctxt, entry, default(ctxt, entry)),
            "parse" => self.parse.set(ctxt, entry, parse(ctxt, entry)),
            "with" => self.with.set(ctxt, entry, with(ctxt, entry)),
            "deserialize_with" => self.deserialize_with.set(ctxt, entry, entry.function(ctxt)),
            "separator" => self.separator.set(ctxt, entry, entry.text(ctxt)),
            "binary" => self.binary.set(ctxt, entry, entry.flag(ctxt)),
            "validate" => self.validate.set(ctxt, entry, entry.function(ctxt)),
            "shown" => self.shown.set(ctxt, entry, entry.flag(ctxt)),
            "flatten" => self.flatten.set(ctxt, entry, entry.flag(ctxt)),
            "prefix" => self.prefix.set(ctxt, entry, entry.text(ctxt)),
            "env_prefix" => self.env_prefix.set(ctxt, entry, entry.text(ctxt)),
            "skip" => self.skip.set(ctxt, entry, entry.flag(ctxt)),
            _ => entry.unknown(ctxt, Level::Field),
        }
    }

    /// Returns the keys that are present.
    pub(crate) fn present(&self) -> Vec<&Ident> {
        [
            self.name.key(),
            self.json_key.key(),
            self.aliases.key(),
            self.version_stage.key(),
            self.version_id.key(),
            self.env.key(),
            self.env_aliases.key(),
            self.env_only.key(),
            self.default.key(),
            self.parse.key(),
            self.with.key(),
            self.deserialize_with.key(),
            self.separator.key(),
            self.binary.key(),
            self.validate.key(),
            self.shown.key(),
            self.flatten.key(),
            self.prefix.key(),
            self.env_prefix.key(),
            self.skip.key(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn env(ctxt: &Ctxt, entry: &Entry) -> Env {
    if let EntryValue::Expr(value) = &entry.value {
        match literal(value) {
            Some(Lit::Str(variable)) => return Env::Variable(variable.clone()),
            _ if is_bool(value, false) => return Env::None,
            _ => {}
        }
    }
    let (message, help) = match &entry.value {
        EntryValue::Expr(value) if is_bool(value, true) => (
            "unnecessary `env = true`",
            "remove it, or write the name of the variable as `env = \"…\"`".to_owned(),
        ),
        _ => {
            let listed = entry.listed_string();
            let value = listed.map_or("\"…\"".to_owned(), |text| text.to_string());
            (
                "expected a string literal or `false` for `env`",
                format!("write `env = {value}`, or `env = false` to read no variable"),
            )
        }
    };
    ctxt.error_spanned(entry.tokens(), message, help);
    Env::Invalid
}

fn default(ctxt: &Ctxt, entry: &Entry) -> DefaultValue {
    match &entry.value {
        EntryValue::None => DefaultValue::OfType,
        EntryValue::Expr(value) => match literal(value) {
            Some(Lit::Str(text)) => DefaultValue::Text(text.clone()),
            _ => DefaultValue::Expr(value.clone()),
        },
        EntryValue::List(list) => {
            let value = if list.is_empty() {
                String::new()
            } else {
                format!(" = {list}")
            };
            let message = "unexpected list for `default`";
            ctxt.error_spanned(entry.tokens(), message, format!("write `default{value}`"));
            DefaultValue::OfType
        }
    }
}

fn parse(ctxt: &Ctxt, entry: &Entry) -> Parser {
    match &entry.value {
        EntryValue::None => Parser::FromStr,
        _ => entry
            .function(ctxt)
            .map_or(Parser::FromStr, Parser::Function),
    }
}

/// Returns the path of the module's function.
fn with(ctxt: &Ctxt, entry: &Entry) -> Option<ExprPath> {
    let mut path = entry.expr_path(ctxt, "a module")?;
    let span = path.span();
    path.path
        .segments
        .push(Ident::new("deserialize", span).into());
    Some(path)
}
