//! Names and JSON keys, as Secrets Manager takes them.

use from_secrets_syntax::{Arn, Part, Problem, Reference, Template, check_name};
use syn::LitStr;

use crate::ast::{Address, Field, Home, Reach, Struct, Value, Version};
use crate::ctxt::Ctxt;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    let derived_can_be_right = match &declared.naming.home {
        Home::Secrets { prefix } => check_prefix(ctxt, prefix.as_ref().map(|prefix| &prefix.value)),
        Home::OneSecret { name } => {
            check_shared(ctxt, &name.value);
            true
        }
    };
    for (field, value) in declared.values() {
        let is_secret = matches!(value.reach, Reach::Chain { .. });
        match &value.address {
            Address::Derived { name, .. } if derived_can_be_right && is_secret => {
                check_derived(ctxt, field, name);
            }
            Address::Derived { .. } => {}
            Address::Given { name, .. } => check_given(ctxt, name, value),
            Address::Shared { name, .. } => check_one_version(ctxt, name, value),
        }
        if let Some(key) = value.address.given_json_key() {
            check_json_key(ctxt, key);
        }
    }
}

/// Whether what is derived with this prefix can be right.
pub(super) fn check_prefix(ctxt: &Ctxt, prefix: Option<&LitStr>) -> bool {
    let problem = prefix.and_then(|prefix| Some((prefix, prefix_problem(&prefix.value())?)));
    if let Some((prefix, problem)) = &problem {
        ctxt.error(prefix.span(), problem);
    }
    problem.is_none()
}

fn prefix_problem(prefix: &str) -> Option<Problem> {
    let template = match Template::parse(prefix) {
        Ok(template) => template,
        Err(problem) => return Some(problem),
    };
    template.parts().iter().find_map(|part| match part {
        Part::Literal(text) => check_name(text).err(),
        Part::Placeholder(_) => None,
    })
}

/// The struct's own secret.
fn check_shared(ctxt: &Ctxt, name: &LitStr) {
    match read(&name.value()) {
        Err(problem) => ctxt.error(name.span(), problem),
        Ok(Reference { json_key: Some(key), .. }) => ctxt.error(
            name.span(),
            format!("the fields are the keys of this secret, and this reference names the key `{key}` itself; remove the key from it"),
        ),
        Ok(_) => {}
    }
}

fn check_given(ctxt: &Ctxt, name: &LitStr, value: &Value<'_>) {
    let reference = match read(&name.value()) {
        Ok(reference) => reference,
        Err(problem) => return ctxt.error(name.span(), problem),
    };
    if let (Some(within), Some(key)) = (&reference.json_key, value.address.given_json_key()) {
        let message = format!(
            "`name` refers to the JSON key `{within}` already; remove `json_key`, or the key within `name`"
        );
        ctxt.error(key.span(), &message);
        ctxt.error(name.span(), message);
    }
    check_one_version(ctxt, name, value);
}

/// A reference can pin a version, and so can the field.
fn check_one_version(ctxt: &Ctxt, name: &LitStr, value: &Value<'_>) {
    let Reach::Chain {
        version: Some(version),
        ..
    } = &value.reach
    else {
        return;
    };
    let (key, specified) = match version {
        Version::Stage(stage) => ("version_stage", stage),
        Version::Id(id) => ("version_id", id),
    };
    if let Some(within) = read(&name.value())
        .ok()
        .and_then(|read| read.version_stage.or(read.version_id))
    {
        let message = format!(
            "`name` pins the version `{within}` already; remove `{key}`, or the version within `name`"
        );
        ctxt.error(specified.span(), &message);
        ctxt.error(name.span(), message);
    }
}

fn check_derived(ctxt: &Ctxt, field: &Field<'_>, name: &str) {
    if let Err(problem) = read(name) {
        ctxt.error(
            field.ident.span(),
            format!(
                "the name derived from this field is refused: {problem}, or give the field a `name`"
            ),
        );
    }
}

/// Reads a name. One with placeholders can be too long without them already.
fn read(name: &str) -> Result<Reference, Problem> {
    let reference = Reference::parse(name)?;
    let literal = Template::parse(&reference.secret_id)?.literal();
    let is_name = !reference.names_parameter && !Arn::is_meant_by(&reference.secret_id);
    if is_name && !literal.is_empty() {
        check_name(&literal)?;
    }
    Ok(reference)
}

fn check_json_key(ctxt: &Ctxt, key: &LitStr) {
    let text = key.value();
    if text.is_empty() {
        ctxt.error(
            key.span(),
            "a JSON key cannot be empty; write the key, or remove `json_key` for the whole secret",
        );
    } else if text.starts_with('/') && escaped(&text) != text {
        let message = format!(
            "`~` stands alone in this JSON pointer; write `json_key = {:?}`, where `~0` is a `~`",
            escaped(&text)
        );
        ctxt.error(key.span(), message);
    }
}

/// The pointer with `~0` in place of each `~` that does not begin `~0` or `~1` (RFC 6901).
fn escaped(pointer: &str) -> String {
    let mut pieces = pointer.split('~');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let tilde = if piece.starts_with(['0', '1']) {
            "~"
        } else {
            "~0"
        };
        text + tilde + piece
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_tildes_are_escaped() {
        assert_eq!(escaped("/a~b"), "/a~0b");
        assert_eq!(escaped("/a~0b/~1/~"), "/a~0b/~1/~0");
        assert_eq!(escaped("/plain"), "/plain");
    }

    #[test]
    fn prefix_must_be_part_of_name() {
        for prefix in ["", "prod/", "{stage}/pocket-", "{stage}", "rds!db-"] {
            assert!(prefix_problem(prefix).is_none(), "{prefix}");
        }
        let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x";
        for prefix in [
            "prod pocket",
            "{stage",
            arn,
            "{{resolve:secretsmanager:x}}",
            &"a".repeat(513),
        ] {
            assert!(prefix_problem(prefix).is_some(), "{prefix}");
        }
    }

    #[test]
    fn template_length_ignores_placeholders() {
        assert!(read(&format!("{{stage}}/{}", "a".repeat(500))).is_ok());
        assert!(read(&format!("{{stage}}/{}", "a".repeat(512))).is_err());
        assert!(read("{ARN}").is_ok());
    }
}
