//! A variable stands for one thing: read for two secrets, it would give one of them the other's value.

use std::collections::HashMap;

use from_secrets_syntax::Reference;
use proc_macro2::Span;
use syn::LitStr;

use crate::ast::{Field, Reach, Value, Version};
use crate::ctxt::Ctxt;

/// A field reads a variable in place of something.
pub(super) struct Reading<'a> {
    field: &'a str,
    variable: String,
    /// The variable, or the field that it is derived from.
    span: Span,
    meaning: Meaning,
}

/// What a variable stands for.
#[derive(PartialEq)]
enum Meaning {
    Secret(Reference),
    Setting,
}

/// Tells each field of the first other one that means something else.
pub(super) fn check(ctxt: &Ctxt, readings: &[Reading<'_>]) {
    // By variable, so that a struct of many fields is not compared with itself.
    let mut by_variable: HashMap<&str, Vec<&Reading<'_>>> = HashMap::new();
    for reading in readings {
        by_variable
            .entry(&reading.variable)
            .or_default()
            .push(reading);
    }
    for reading in readings {
        let same_variable = by_variable.get(reading.variable.as_str());
        let clash = same_variable
            .into_iter()
            .flatten()
            .find(|other| other.meaning != reading.meaning);
        if let Some(other) = clash {
            ctxt.error(reading.span, message(reading, other));
        }
    }
}

fn message(reading: &Reading<'_>, other: &Reading<'_>) -> String {
    let (what, hint) = match (&reading.meaning, &other.meaning) {
        (Meaning::Secret(this), Meaning::Secret(other))
            if this.secret_id == other.secret_id && this.json_key == other.json_key =>
        {
            ("which is another version", ", or none, `env = false`")
        }
        (Meaning::Secret(_), Meaning::Secret(_)) => {
            ("which is another secret", ", or none, `env = false`")
        }
        (_, Meaning::Secret(_)) => ("which is a secret", ""),
        (_, Meaning::Setting) => ("which is no secret", ""),
    };
    let Reading {
        field, variable, ..
    } = reading;
    let other = other.field;
    format!(
        "`{field}` reads the environment variable `{variable}`, and so does `{other}`, {what}; give one of them another variable, `env = \"…\"`{hint}"
    )
}

impl<'a> Reading<'a> {
    /// `None` where it is not known what the field stands for.
    pub(super) fn of(field: &'a Field<'_>, value: &Value<'_>, variable: String) -> Option<Self> {
        let span = value
            .given_variable()
            .map_or(field.ident.span(), LitStr::span);
        let meaning = Meaning::of(value)?;
        Some(Self {
            field: &field.name,
            variable,
            span,
            meaning,
        })
    }
}

impl Meaning {
    fn of(value: &Value<'_>) -> Option<Self> {
        let Reach::Chain { version, .. } = &value.reach else {
            return Some(Self::Setting);
        };
        let mut reference = Reference::parse(&value.address.name()).ok()?;
        reference.json_key = value.address.json_key().or(reference.json_key);
        match version {
            Some(Version::Stage(stage)) => reference.version_stage = Some(stage.value()),
            Some(Version::Id(id)) => reference.version_id = Some(id.value()),
            None => {}
        }
        // `AWSCURRENT` is the default.
        reference.version_stage = reference
            .version_stage
            .filter(|stage| stage != "AWSCURRENT");
        Some(Self::Secret(reference))
    }
}
