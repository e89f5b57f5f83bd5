//! Keys without an effect.

use proc_macro2::Ident;

use crate::ast::{Address, Container, Nested, Reach, Struct, Value};
use crate::ctxt::Ctxt;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    // All fields of a struct may be behind a disabled `cfg`.
    if declared.fields.is_empty() {
        return;
    }
    match &declared.naming.container {
        Container::Secrets {
            prefix: Some(prefix),
        } if !uses(declared, |address| {
            matches!(address, Address::Derived { .. })
        }) =>
        {
            report(
                ctxt,
                declared,
                &prefix.key,
                "no field derives its secret name",
            );
        }
        Container::OneSecret { name, .. }
            if !uses(declared, |address| {
                matches!(address, Address::Shared { .. })
            }) =>
        {
            report(
                ctxt,
                declared,
                &name.key,
                "no field is a JSON key of this secret",
            );
        }
        _ => {}
    }
    if let Some(key) = &declared.rename_all
        && !uses(declared, Address::is_renamed)
    {
        let reason = "no field derives its secret name or JSON key";
        report(ctxt, declared, key, reason);
    }
    if let Some(key) = &declared.default
        && declared.default_fields().next().is_none()
    {
        let reason = "each field has a default of its own, or is a nested struct";
        report(ctxt, declared, key, reason);
    }
    if let Some(prefix) = &declared.env_prefix
        && !declared.values().any(|(_, value)| value.derives_variable())
    {
        report(
            ctxt,
            declared,
            &prefix.key,
            "no field derives its environment variable",
        );
    }
}

/// Returns whether a field uses a matching address. An `env_only` field uses its address only to derive a variable.
fn uses(declared: &Struct<'_>, is_match: impl Fn(&Address) -> bool) -> bool {
    let needs_address = |value: &Value<'_>| match value.reach {
        Reach::Chain { .. } => true,
        Reach::EnvironmentOnly { .. } => value.derives_variable() && declared.env_prefix.is_none(),
    };
    declared
        .values()
        .any(|(_, value)| is_match(&value.address) && needs_address(value))
}

fn report(ctxt: &Ctxt, declared: &Struct<'_>, key: &Ident, reason: &str) {
    let lacks_key = |nested: &Nested<'_>| match key.to_string().as_str() {
        "prefix" => nested.prefix.is_none(),
        "env_prefix" => nested.env_prefix.is_none(),
        _ => false,
    };
    let help = if declared.nested().any(lacks_key) {
        format!("remove it, or move it to the flattened field: `#[secret(flatten, {key} = \"…\")]`")
    } else {
        "remove it".to_owned()
    };
    let message = format!("`{key}` has no effect: {reason}");
    ctxt.error(key.span(), message, help);
}
