//! Environment variables, which a shell can set.

use from_secrets_syntax::{Derivation, Problem, Reference, check_variable, screaming_snake};
use syn::LitStr;
use syn::ext::IdentExt as _;

use super::clashes::{self, Reading};
use crate::ast::{Address, Field, Home, Reach, Struct, Value};
use crate::ctxt::Ctxt;
use crate::suggest::list;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    let prefix = declared.env_prefix.as_ref().map(|prefix| &prefix.value);
    let derived_can_be_right = check_prefix(ctxt, prefix);
    let mut underivable = Vec::new();
    let mut readings = Vec::new();
    for (field, value) in declared.values() {
        let variable = match value.given_variable() {
            Some(variable) => check_given(ctxt, variable),
            None if value.derives_variable() && derived_can_be_right => {
                let derived = derive(prefix, field, value);
                derived
                    .map_err(|problem| underivable.push(Underivable::new(field, value, &problem)))
                    .ok()
            }
            None => None,
        };
        readings.extend(variable.and_then(|variable| Reading::of(field, value, variable)));
    }
    // A name that is refused was reported as that. A setting has none.
    underivable.retain(|field| {
        let is_setting = matches!(field.value.reach, Reach::EnvironmentOnly { .. });
        let is_name = Reference::parse(&field.value.address.name()).is_ok();
        is_name || is_setting && !field.field.name.is_ascii()
    });
    report_underivable(ctxt, declared, &underivable);
    clashes::check(ctxt, &readings);
}

/// A field whose address gives no variable.
struct Underivable<'a> {
    field: &'a Field<'a>,
    value: &'a Value<'a>,
    problem: String,
}

/// Whether what is derived with this prefix can be right.
pub(super) fn check_prefix(ctxt: &Ctxt, prefix: Option<&LitStr>) -> bool {
    // An empty prefix leaves the fields' names alone.
    let Some(prefix) = prefix.filter(|prefix| !prefix.value().is_empty()) else {
        return true;
    };
    check_given(ctxt, prefix).is_some()
}

fn check_given(ctxt: &Ctxt, variable: &LitStr) -> Option<String> {
    let text = variable.value();
    if text.is_empty() {
        ctxt.error(
            variable.span(),
            "the name of an environment variable cannot be empty; write one, or remove `env`",
        );
        return None;
    }
    check_variable(&text)
        .map_err(|problem| ctxt.error(variable.span(), problem))
        .ok()
        .map(|()| text)
}

/// The variable that follows from the field and its own struct.
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
    // With an `env_prefix`, a variable does not depend on the secret's name.
    let by_address = declared.env_prefix.is_none();
    let (shared, own): (Vec<_>, Vec<_>) = fields.iter().partition(|field| {
        by_address
            && field.field.name.is_ascii()
            && matches!(field.value.address, Address::Shared { .. })
    });
    for underivable in own {
        ctxt.error(underivable.field.ident.span(), underivable.message());
    }
    if let (Home::OneSecret { name }, false) = (&declared.naming.home, shared.is_empty()) {
        ctxt.error(name.value.span(), shared_message(declared, &shared));
    }
}

/// One error for all fields of a secret whose name is the cause.
fn shared_message(declared: &Struct<'_>, fields: &[&Underivable<'_>]) -> String {
    let names: Vec<_> = fields
        .iter()
        .map(|underivable| &underivable.field.name)
        .collect();
    let prefix = screaming_snake(&declared.ident.unraw().to_string());
    let prefix = check_variable(&prefix).map_or_else(|_| "…".to_owned(), |()| prefix + "_");
    format!(
        "no environment variable can be derived from this name for {}; add `env_prefix = \"{prefix}\"` here, or `env` to the fields",
        list(&names)
    )
}

impl<'a> Underivable<'a> {
    fn new(field: &'a Field<'a>, value: &'a Value<'a>, problem: &Problem) -> Self {
        // Behind the semicolon is what to write where there are no attributes.
        let problem = if field.name.is_ascii() {
            problem.to_string().split(';').take(1).collect()
        } else {
            "no environment variable can be derived from this name".to_owned()
        };
        Self {
            field,
            value,
            problem,
        }
    }

    fn message(&self) -> String {
        let Self {
            field,
            value,
            problem,
        } = self;
        let variable = screaming_snake(&field.name);
        let variable = check_variable(&variable).map_or("…", |()| variable.as_str());
        let or_none = match value.reach {
            Reach::Chain { .. } => ", or `env = false` for none",
            Reach::EnvironmentOnly { .. } => "",
        };
        format!("{problem}; add `env = \"{variable}\"`{or_none}")
    }
}
