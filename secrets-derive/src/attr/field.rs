use proc_macro2::Ident;
use syn::{Attribute, Expr, ExprPath, Lit, LitStr};

use super::entry::{Entry, EntryValue, is_bool, literal, ungrouped};
use super::{Ctxt, Flag, Level, Slot, read};

pub(super) const WORDS: &[&str] = &[
    "name",
    "json_key",
    "version_stage",
    "version_id",
    "env",
    "env_only",
    "default",
    "parse",
    "binary",
    "flatten",
    "prefix",
    "env_prefix",
    "skip",
];

/// What `#[secret(…)]` says.
#[derive(Default)]
pub(crate) struct FieldKeys {
    pub(crate) name: Slot<LitStr>,
    pub(crate) json_key: Slot<LitStr>,
    pub(crate) version_stage: Slot<LitStr>,
    pub(crate) version_id: Slot<LitStr>,
    pub(crate) env: Slot<Env>,
    pub(crate) env_only: Slot<Flag>,
    pub(crate) default: Slot<DefaultValue>,
    pub(crate) parse: Slot<Parser>,
    pub(crate) binary: Slot<Flag>,
    pub(crate) flatten: Slot<Flag>,
    pub(crate) prefix: Slot<LitStr>,
    pub(crate) env_prefix: Slot<LitStr>,
    pub(crate) skip: Slot<Flag>,
}

/// What `env` was given.
pub(crate) enum Env {
    Variable(LitStr),
    None,
}

/// Where a default comes from.
pub(crate) enum DefaultValue {
    /// `Default::default()`.
    OfType,
    /// Text, which is turned into the type.
    Text(LitStr),
    Expr(Expr),
}

/// What parses a field's text.
pub(crate) enum Parser {
    FromStr,
    Function(ExprPath),
}

impl FieldKeys {
    pub(crate) fn read(ctxt: &Ctxt, attributes: &[Attribute]) -> Self {
        let mut keys = Self::default();
        for entry in read::entries(ctxt, attributes, Level::Field) {
            keys.take(ctxt, &entry);
        }
        keys
    }

    fn take(&mut self, ctxt: &Ctxt, entry: &Entry) {
        match entry.key.to_string().as_str() {
            "name" => self.name.fill(ctxt, entry, entry.text(ctxt)),
            "json_key" => self.json_key.fill(ctxt, entry, entry.text(ctxt)),
            "version_stage" => self.version_stage.fill(ctxt, entry, entry.text(ctxt)),
            "version_id" => self.version_id.fill(ctxt, entry, entry.text(ctxt)),
            "env" => self.env.fill(ctxt, entry, env(ctxt, entry)),
            "env_only" => self.env_only.fill(ctxt, entry, entry.flag(ctxt)),
            "default" => self.default.fill(ctxt, entry, default(ctxt, entry)),
            "parse" => self.parse.fill(ctxt, entry, parse(ctxt, entry)),
            "binary" => self.binary.fill(ctxt, entry, entry.flag(ctxt)),
            "flatten" => self.flatten.fill(ctxt, entry, entry.flag(ctxt)),
            "prefix" => self.prefix.fill(ctxt, entry, entry.text(ctxt)),
            "env_prefix" => self.env_prefix.fill(ctxt, entry, entry.text(ctxt)),
            "skip" => self.skip.fill(ctxt, entry, entry.flag(ctxt)),
            _ => entry.unknown(ctxt, Level::Field),
        }
    }

    /// The keys that were given.
    pub(crate) fn given(&self) -> Vec<&Ident> {
        [
            self.name.key(),
            self.json_key.key(),
            self.version_stage.key(),
            self.version_id.key(),
            self.env.key(),
            self.env_only.key(),
            self.default.key(),
            self.parse.key(),
            self.binary.key(),
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
    let message = match &entry.value {
        EntryValue::Expr(value) if is_bool(value, true) => {
            "a variable is read without `env = true`; remove it, or name the variable, `env = \"…\"`".to_owned()
        }
        _ => {
            let written = entry.listed_string().map_or("\"…\"".to_owned(), |text| text.to_string());
            format!("`env` takes a string literal or `false`; write `env = {written}`, or `env = false` for no variable")
        }
    };
    ctxt.error_under(entry.place(), message);
    Env::None
}

fn default(ctxt: &Ctxt, entry: &Entry) -> DefaultValue {
    match &entry.value {
        EntryValue::Nothing => DefaultValue::OfType,
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
            let message = format!("`default` takes no list; write `default{value}`");
            ctxt.error_under(entry.place(), message);
            DefaultValue::OfType
        }
    }
}

fn parse(ctxt: &Ctxt, entry: &Entry) -> Parser {
    let message = match &entry.value {
        EntryValue::Nothing => return Parser::FromStr,
        EntryValue::Expr(value) => match (ungrouped(value), literal(value)) {
            (Expr::Path(path), _) => return Parser::Function(path.clone()),
            (_, Some(Lit::Str(text))) => {
                format!(
                    "`parse` takes a path without quotes; write `parse = {}`",
                    text.value()
                )
            }
            _ => "`parse` takes the path of a function; write the function, and `parse = path`"
                .to_owned(),
        },
        EntryValue::List(list) => format!("`parse` takes no list; write `parse = {list}`"),
    };
    ctxt.error_under(entry.place(), message);
    Parser::FromStr
}
