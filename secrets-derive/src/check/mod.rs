//! Checks of a declaration, apart from the combinations of keys.

mod aliases;
mod clashes;
mod defaults;
mod effect;
mod names;
mod shown;
mod variables;

pub(crate) use variables::derive as derived_variable;

use syn::{LitStr, Type};

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
    let empty = |text: &LitStr| text.value().trim().is_empty();
    match &value.reach {
        Reach::Chain {
            version: Some(Version::Stage(stage)),
            ..
        } if empty(stage) => ctxt.error(
            stage.span(),
            "version stage is empty",
            "write a stage such as `AWSPREVIOUS`, or remove `version_stage`",
        ),
        Reach::Chain {
            version: Some(Version::Id(id)),
            ..
        } if empty(id) => ctxt.error(
            id.span(),
            "version ID is empty",
            "write the ID of a version, or remove `version_id`",
        ),
        _ => {}
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
