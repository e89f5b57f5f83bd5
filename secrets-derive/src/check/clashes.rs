//! Environment variables that are used for two different values.

use std::collections::HashMap;

use from_secrets_syntax::Reference;
use proc_macro2::Span;
use syn::LitStr;

use crate::ast::{Field, Reach, Value, Version};
use crate::ctxt::Ctxt;

/// A field that reads an environment variable.
pub(super) struct VariableUse<'a> {
    field: &'a str,
    variable: String,
    /// The span of the variable, or of the field that it is derived from.
    span: Span,
    is_alias: bool,
    value: ValueId,
}

/// The identity of a value.
#[derive(PartialEq)]
enum ValueId {
    Secret(Reference),
    Setting,
}

/// Reports, for each field, the first other field that reads a different value from the same variable.
pub(super) fn check(ctxt: &Ctxt, uses: &[VariableUse<'_>]) {
    // Grouping avoids comparing each field with all others.
    let mut by_variable: HashMap<&str, Vec<&VariableUse<'_>>> = HashMap::new();
    for one in uses {
        by_variable.entry(&one.variable).or_default().push(one);
    }
    for one in uses {
        let same_variable = by_variable.get(one.variable.as_str());
        let mut others = same_variable.into_iter().flatten();
        if let Some(other) = others.find(|other| other.value != one.value) {
            report(ctxt, one, other);
        }
    }
}

fn report(ctxt: &Ctxt, one: &VariableUse<'_>, other: &VariableUse<'_>) {
    let (values, or_none) = match (&one.value, &other.value) {
        (ValueId::Secret(one), ValueId::Secret(other)) => {
            let values = if one.secret_id != other.secret_id {
                "two secrets"
            } else if one.json_key != other.json_key {
                "two JSON keys"
            } else {
                "two versions of a secret"
            };
            (values, ", or `env = false` to read no variable")
        }
        (ValueId::Secret(_), ValueId::Setting) => ("a secret and a setting", ""),
        (ValueId::Setting, _) => ("a setting and a secret", ""),
    };
    let VariableUse {
        field, variable, ..
    } = one;
    let help = if one.is_alias || other.is_alias {
        "remove `env_alias` from one of the fields".to_owned()
    } else {
        format!("set `env = \"…\"` on one of the fields{or_none}")
    };
    let other = other.field;
    ctxt.error(
        one.span,
        format!("environment variable `{variable}` is used for {values}: `{field}` and `{other}`"),
        help,
    );
}

impl<'a> VariableUse<'a> {
    /// Returns `None` if the identity of the value is unknown because of another error.
    pub(super) fn own(field: &'a Field<'_>, value: &Value<'_>, variable: String) -> Option<Self> {
        let span = value
            .explicit_variable()
            .map_or(field.ident.span(), LitStr::span);
        Some(Self {
            field: &field.name,
            variable,
            span,
            is_alias: false,
            value: ValueId::of(value)?,
        })
    }

    /// Returns the use of an alias.
    pub(super) fn alias(field: &'a Field<'_>, value: &Value<'_>, alias: &LitStr) -> Option<Self> {
        Some(Self {
            span: alias.span(),
            is_alias: true,
            ..Self::own(field, value, alias.value())?
        })
    }
}

impl ValueId {
    fn of(value: &Value<'_>) -> Option<Self> {
        match value.reach {
            Reach::Chain { .. } => reference(value).map(Self::Secret),
            Reach::EnvironmentOnly { .. } => Some(Self::Setting),
        }
    }
}

/// Returns the secret, the JSON key and the version of a value. Returns `None` if its name is invalid, or a constant:
/// then, the load finds clashes.
pub(super) fn reference(value: &Value<'_>) -> Option<Reference> {
    if value.address.is_constant() {
        return None;
    }
    let mut reference = Reference::parse(&value.address.name()).ok()?;
    reference.json_key = value.address.json_key().or(reference.json_key);
    Some(pinned(reference, &value.reach))
}

/// Returns a reference with the version of a field.
pub(super) fn pinned(mut reference: Reference, reach: &Reach) -> Reference {
    if let Reach::Chain {
        version: Some(version),
        ..
    } = reach
    {
        match version {
            Version::Stage(stage) => reference.version_stage = Some(stage.value()),
            Version::Id(id) => reference.version_id = Some(id.value()),
        }
    }
    // `AWSCURRENT` is the default.
    reference.version_stage = reference
        .version_stage
        .filter(|stage| stage != "AWSCURRENT");
    reference
}
