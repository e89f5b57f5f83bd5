//! Nothing is accepted and then ignored.

use proc_macro2::Ident;

use crate::ast::{Address, Home, Nested, Reach, Struct, Value};
use crate::ctxt::Ctxt;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    // A struct can be empty where all of its fields are behind a `cfg`.
    if declared.fields.is_empty() {
        return;
    }
    match &declared.naming.home {
        Home::Secrets {
            prefix: Some(prefix),
        } if !uses(declared, |address| {
            matches!(address, Address::Derived { .. })
        }) =>
        {
            refuse(
                ctxt,
                declared,
                &prefix.key,
                "no field's secret name is derived",
            );
        }
        Home::OneSecret { name }
            if !uses(declared, |address| {
                matches!(address, Address::Shared { .. })
            }) =>
        {
            refuse(
                ctxt,
                declared,
                &name.key,
                "no field is a JSON key of this secret",
            );
        }
        _ => {}
    }
    if let Some(prefix) = &declared.env_prefix
        && !declared.values().any(|(_, value)| value.derives_variable())
    {
        refuse(
            ctxt,
            declared,
            &prefix.key,
            "no field's variable is derived",
        );
    }
}

/// Whether some field is found by such an address. One without a secret has it for its variable alone.
fn uses(declared: &Struct<'_>, such: impl Fn(&Address) -> bool) -> bool {
    let needs_address = |value: &Value<'_>| match value.reach {
        Reach::Chain { .. } => true,
        Reach::EnvironmentOnly { .. } => value.derives_variable() && declared.env_prefix.is_none(),
    };
    declared
        .values()
        .any(|(_, value)| such(&value.address) && needs_address(value))
}

fn refuse(ctxt: &Ctxt, declared: &Struct<'_>, key: &Ident, why: &str) {
    // On a flattened field that has none yet.
    let fits = |nested: &Nested<'_>| match key.to_string().as_str() {
        "prefix" => nested.prefix.is_none(),
        "env_prefix" => nested.env_prefix.is_none(),
        _ => false,
    };
    let hint = if declared.nested().any(fits) {
        format!(
            "remove it, or write it on the field with `flatten`, `#[secret(flatten, {key} = \"…\")]`"
        )
    } else {
        "remove it".to_owned()
    };
    ctxt.error(
        key.span(),
        format!("`{key}` has no effect here: {why}; {hint}"),
    );
}
