//! Checks of a declaration, apart from the combinations of keys.

mod aliases;
mod clashes;
mod defaults;
mod effect;
mod names;
mod shown;
mod variables;

pub(crate) use variables::derive as derived_variable;

use from_secrets_syntax::{check_stage, check_version_id};
use syn::Type;

use crate::ast::{Decoder, Necessity, Reach, Struct, Value, Version};
use crate::attr::DefaultValue;
use crate::ctxt::Ctxt;

/// Reports all errors.
pub(crate) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    if declared.form.is_loadable() {
        names::check(ctxt, declared);
        aliases::check(ctxt, declared);
        variables::check(ctxt, declared);
        effect::check(ctxt, declared);
    }
    shown::check(ctxt, declared);
    for (_, value) in declared.values() {
        check_version(ctxt, value);
        check_type(ctxt, value);
        check_separator(ctxt, value);
    }
    for nested in declared.nested() {
        names::check_prefix(ctxt, nested.prefix.as_ref());
        if let Some(name) = &nested.name {
            names::check_shared(ctxt, name);
        }
        variables::check_prefix(ctxt, nested.env_prefix.as_ref());
    }
}

fn check_version(ctxt: &Ctxt, value: &Value<'_>) {
    let Reach::Chain {
        version: Some(version),
        ..
    } = &value.reach
    else {
        return;
    };
    let (kind, text, checked, help) = match version {
        Version::Stage(stage) => (
            "stage",
            stage,
            check_stage(&stage.value()),
            "write a stage such as `AWSPREVIOUS`, or remove `version_stage`",
        ),
        Version::Id(id) => (
            "ID",
            id,
            check_version_id(&id.value()),
            "write the ID of a version, or remove `version_id`",
        ),
    };
    if text.value().trim().is_empty() {
        ctxt.error(text.span(), format!("version {kind} is empty"), help);
    } else if let Err(problem) = checked {
        ctxt.problem(text.span(), &problem);
    }
}

fn check_separator(ctxt: &Ctxt, value: &Value<'_>) {
    if let Some(separator) = &value.separator
        && separator.value().is_empty()
    {
        let help = "write the text between the items, such as `,`";
        ctxt.error(separator.span(), "separator is empty", help);
    }
}

/// rustc's own errors for these types are about lifetimes and conversions, and do not suggest a fix.
fn check_type(ctxt: &Ctxt, value: &Value<'_>) {
    let ty = ungrouped(value.ty);
    let borrows = matches!(ty, Type::Reference(_));
    if borrows && matches!(value.decoder, Decoder::Serde | Decoder::Bytes) {
        ctxt.error_spanned(
            value.ty,
            "loaded values cannot be borrowed",
            "use an owned type such as `SecretString` or `String`",
        );
    }
    // Other decoders can accept text for these types.
    if let Necessity::Defaulted(DefaultValue::Text(text)) = &value.necessity
        && matches!(value.decoder, Decoder::Serde | Decoder::FromStr)
        && value.separator.is_none()
    {
        defaults::check(ctxt, ty, text);
    }
}

fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}
