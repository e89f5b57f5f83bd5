//! The rules that a declaration keeps, beyond which keys go together.

mod clashes;
mod effect;
mod names;
mod variables;

pub(crate) use variables::derive as derived_variable;

use quote::ToTokens as _;
use syn::{LitStr, Type};

use crate::ast::{Decoder, Necessity, Reach, Struct, Value, Version};
use crate::attr::DefaultValue;
use crate::ctxt::Ctxt;

/// Reports every broken rule.
pub(crate) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    names::check(ctxt, declared);
    variables::check(ctxt, declared);
    effect::check(ctxt, declared);
    for (_, value) in declared.values() {
        check_version(ctxt, value);
        check_type(ctxt, value);
    }
    for nested in declared.nested() {
        names::check_prefix(ctxt, nested.prefix.as_ref());
        variables::check_prefix(ctxt, nested.env_prefix.as_ref());
    }
}

fn check_version(ctxt: &Ctxt, value: &Value<'_>) {
    let empty = |text: &LitStr| text.value().trim().is_empty();
    match &value.reach {
        Reach::Chain { version: Some(Version::Stage(stage)), .. } if empty(stage) => ctxt.error(
            stage.span(),
            "a version stage cannot be empty; write one, such as `AWSPREVIOUS`, or remove `version_stage`",
        ),
        Reach::Chain { version: Some(Version::Id(id)), .. } if empty(id) => ctxt.error(
            id.span(),
            "a version id cannot be empty; write the id that Secrets Manager gave the version, or remove `version_id`",
        ),
        _ => {}
    }
}

/// What rustc says of these speaks of lifetimes and conversions, and not of what to write.
fn check_type(ctxt: &Ctxt, value: &Value<'_>) {
    let ty = ungrouped(value.ty);
    let borrows = matches!(ty, Type::Reference(_));
    if borrows && matches!(value.decoder, Decoder::Serde | Decoder::Bytes) {
        ctxt.error_under(
            value.ty,
            "a value that was loaded cannot be borrowed; write an owned type, such as `SecretString` or `String`",
        );
    }
    if let Necessity::Defaulted(DefaultValue::Text(text)) = &value.necessity
        && NOT_TEXT.iter().any(|name| is_named(ty, name))
    {
        let ty = ty.to_token_stream();
        let value = Some(text.value()).filter(|value| !value.is_empty());
        let value = value.as_deref().unwrap_or("…");
        let message = format!("this default is text, and `{ty}` is not; write `default = {value}`");
        ctxt.error(text.span(), message);
    }
}

/// The types for which a default that is quoted by habit is most likely.
const NOT_TEXT: [&str; 15] = [
    "bool", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
    "u128", "usize",
];

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(ty) if ty.qself.is_none() && ty.path.is_ident(name))
}

fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}
