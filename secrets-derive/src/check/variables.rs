//! Names of environment variables.

use from_secrets_syntax::{Derivation, Problem, Reference, check_variable, screaming_snake};
use proc_macro2::Span;
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::clashes::{self, VariableUse};
use crate::ast::{Address, Container, Field, Reach, Struct, Value};
use crate::ctxt::Ctxt;
use crate::suggest::list;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    let prefix = declared.env_prefix.as_ref().map(|prefix| &prefix.value);
    let is_prefix_valid = check_prefix(ctxt, prefix);
    let mut underivable = Vec::new();
    let mut uses = Vec::new();
    for (field, value) in declared.values() {
        let variable = match value.explicit_variable() {
            Some(variable) => check_explicit(ctxt, "env", variable),
            // A variable that is derived from a constant is checked at load time.
            None if prefix.is_none() && value.address.is_constant() => None,
            None if value.derives_variable() && is_prefix_valid => {
                let derived = derive(prefix, field, value);
                derived
                    .map_err(|problem| underivable.push(Underivable::new(field, value, &problem)))
                    .ok()
            }
            None => None,
        };
        let aliases = check_aliases(ctxt, value, variable.as_deref());
        let aliases = aliases.filter_map(|alias| VariableUse::alias(field, value, alias));
        uses.extend(aliases);
        uses.extend(variable.and_then(|variable| VariableUse::own(field, value, variable)));
    }
    // An invalid secret name has been reported. An `env_only` field has none.
    underivable.retain(|field| {
        let is_setting = matches!(field.value.reach, Reach::EnvironmentOnly { .. });
        let is_name = Reference::parse(&field.value.address.name()).is_ok();
        is_name || is_setting && !field.field.name.is_ascii()
    });
    report_underivable(ctxt, declared, &underivable);
    clashes::check(ctxt, &uses);
}

/// A field whose variable cannot be derived.
struct Underivable<'a> {
    field: &'a Field<'a>,
    value: &'a Value<'a>,
    message: String,
}

/// Returns whether the prefix is valid.
pub(super) fn check_prefix(ctxt: &Ctxt, prefix: Option<&LitStr>) -> bool {
    // An empty prefix is valid.
    let Some(prefix) = prefix.filter(|prefix| !prefix.value().is_empty()) else {
        return true;
    };
    check_explicit(ctxt, "env_prefix", prefix).is_some()
}

/// Returns the valid aliases of a variable.
fn check_aliases<'a>(
    ctxt: &Ctxt,
    value: &'a Value<'_>,
    variable: Option<&str>,
) -> impl Iterator<Item = &'a LitStr> {
    let mut known: Vec<String> = variable.map(str::to_owned).into_iter().collect();
    let aliases = value.env_aliases.iter();
    let valid: Vec<&LitStr> = aliases
        .filter(|alias| {
            let Some(text) = check_explicit(ctxt, "env_alias", alias) else {
                return false;
            };
            let is_new = !known.contains(&text);
            if !is_new {
                let message = format!("duplicate environment variable `{text}`");
                ctxt.error(alias.span(), message, "remove the alias");
            }
            known.push(text);
            is_new
        })
        .collect();
    valid.into_iter()
}

fn check_explicit(ctxt: &Ctxt, key: &str, variable: &LitStr) -> Option<String> {
    let text = variable.value();
    if text.is_empty() {
        ctxt.error(
            variable.span(),
            "environment variable name is empty",
            format!("write a name, or remove `{key}`"),
        );
        return None;
    }
    check_variable(&text)
        .map_err(|problem| ctxt.problem(variable.span(), &problem))
        .ok()
        .map(|()| text)
}

/// Derives a variable within a struct, without the prefixes of outer structs.
pub(crate) fn derive(
    prefix: Option<&LitStr>,
    field: &Field<'_>,
    value: &Value<'_>,
) -> Result<String, Problem> {
    Derivation {
        env_prefix: prefix.map(LitStr::value).as_deref(),
        field: &field.name,
        name_prefix: "",
        name: &value.address.name(),
        json_key: value.address.json_key().as_deref(),
    }
    .variable()
}

fn report_underivable(ctxt: &Ctxt, declared: &Struct<'_>, fields: &[Underivable<'_>]) {
    // With `env_prefix`, the variable does not depend on the secret's name.
    let by_address = declared.env_prefix.is_none();
    let (shared, own): (Vec<_>, Vec<_>) = fields.iter().partition(|field| {
        by_address
            && field.field.name.is_ascii()
            && matches!(field.value.address, Address::Shared { .. })
    });
    for underivable in own {
        let span = underivable.field.ident.span();
        ctxt.error(span, &underivable.message, underivable.help());
    }
    if let (Container::OneSecret { name, .. }, false) =
        (&declared.naming.container, shared.is_empty())
    {
        report_shared(ctxt, declared, name.value.span(), &shared);
    }
}

/// Reports one error for all fields of a secret whose name is the cause.
fn report_shared(ctxt: &Ctxt, declared: &Struct<'_>, span: Span, fields: &[&Underivable<'_>]) {
    let names: Vec<_> = fields
        .iter()
        .map(|underivable| &underivable.field.name)
        .collect();
    let prefix = screaming_snake(&declared.ident.unraw().to_string());
    let prefix = check_variable(&prefix).map_or_else(|_| "…".to_owned(), |()| prefix + "_");
    ctxt.error(
        span,
        format!(
            "cannot derive environment variables from this name for {}",
            list(&names)
        ),
        format!("add `env_prefix = \"{prefix}\"` here, or `env` to the fields"),
    );
}

impl<'a> Underivable<'a> {
    fn new(field: &'a Field<'a>, value: &'a Value<'a>, problem: &Problem) -> Self {
        let message = if field.name.is_ascii() {
            problem.message()
        } else {
            "cannot derive an environment variable from this name"
        };
        Self {
            field,
            value,
            message: message.to_owned(),
        }
    }

    fn help(&self) -> String {
        let Self { field, value, .. } = self;
        let variable = screaming_snake(&field.name);
        let variable = check_variable(&variable).map_or("…", |()| variable.as_str());
        let or_none = match value.reach {
            Reach::Chain { .. } => ", or `env = false` to read no variable",
            Reach::EnvironmentOnly { .. } => "",
        };
        format!("add `env = \"{variable}\"`{or_none}")
    }
}
