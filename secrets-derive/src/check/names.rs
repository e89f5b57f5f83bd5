//! Secret names, prefixes and JSON keys.

use from_secrets_syntax::{Arn, Part, Problem, Reference, Template, check_name};
use syn::LitStr;

use crate::ast::{Address, Container, Field, Reach, Struct, Value, Version};
use crate::ctxt::Ctxt;

pub(super) fn check(ctxt: &Ctxt, declared: &Struct<'_>) {
    let is_prefix_valid = match &declared.naming.container {
        Container::Secrets { prefix } => {
            check_prefix(ctxt, prefix.as_ref().map(|prefix| &prefix.value))
        }
        Container::OneSecret { name, aliases, .. } => {
            check_shared(ctxt, &name.value);
            for alias in aliases {
                check_shared(ctxt, alias);
            }
            true
        }
    };
    for (field, value) in declared.values() {
        let is_secret = matches!(value.reach, Reach::Chain { .. });
        match &value.address {
            Address::Derived { name, .. } if is_prefix_valid && is_secret => {
                check_derived(ctxt, field, name);
            }
            Address::Derived { .. } => {}
            Address::Explicit { name, .. } => check_explicit(ctxt, name, value),
            Address::Shared { name, .. } => check_one_version(ctxt, "name", name, value),
        }
        if let Some(key) = value.address.explicit_json_key() {
            let help = "write a key, or remove `json_key` to use the whole secret";
            check_json_key(ctxt, "json_key", key, help);
        }
    }
}

/// Returns whether the prefix is valid.
pub(super) fn check_prefix(ctxt: &Ctxt, prefix: Option<&LitStr>) -> bool {
    let problem = prefix.and_then(|prefix| Some((prefix, prefix_problem(&prefix.value())?)));
    if let Some((prefix, problem)) = &problem {
        ctxt.problem(prefix.span(), problem);
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

/// Checks the secret of all fields.
pub(super) fn check_shared(ctxt: &Ctxt, name: &LitStr) {
    match read(&name.value()) {
        Err(problem) => ctxt.problem(name.span(), &problem),
        Ok(Reference {
            json_key: Some(key),
            ..
        }) => ctxt.error(
            name.span(),
            format!("unexpected JSON key `{key}` in the secret of all fields"),
            "remove the key from the reference; each field has a JSON key of its own",
        ),
        Ok(_) => {}
    }
}

fn check_explicit(ctxt: &Ctxt, name: &LitStr, value: &Value<'_>) {
    let reference = match read(&name.value()) {
        Ok(reference) => reference,
        Err(problem) => return ctxt.problem(name.span(), &problem),
    };
    if let (Some(within), Some(key)) = (&reference.json_key, value.address.explicit_json_key()) {
        let message = format!("duplicate JSON key: `name` already contains `{within}`");
        let help = "remove `json_key`, or remove the key from `name`";
        ctxt.error(key.span(), &message, help);
        ctxt.error(name.span(), message, help);
    }
    check_one_version(ctxt, "name", name, value);
}

/// Reports a version that is specified both in the reference and on the field.
pub(super) fn check_one_version(ctxt: &Ctxt, key: &str, name: &LitStr, value: &Value<'_>) {
    let Reach::Chain {
        version: Some(version),
        ..
    } = &value.reach
    else {
        return;
    };
    let (pinned, specified) = match version {
        Version::Stage(stage) => ("version_stage", stage),
        Version::Id(id) => ("version_id", id),
    };
    if let Some(within) = read(&name.value())
        .ok()
        .and_then(|read| read.version_stage.or(read.version_id))
    {
        let message = format!("duplicate version: `{key}` already contains `{within}`");
        let help = format!("remove `{pinned}`, or remove the version from `{key}`");
        ctxt.error(specified.span(), &message, &help);
        ctxt.error(name.span(), message, help);
    }
}

fn check_derived(ctxt: &Ctxt, field: &Field<'_>, name: &str) {
    if let Err(problem) = read(name) {
        ctxt.error(
            field.ident.span(),
            format!("cannot derive a secret name: {}", problem.message()),
            "add `name = \"…\"` to the field",
        );
    }
}

/// Parses a name. The literal part of a template must not be too long either.
pub(super) fn read(name: &str) -> Result<Reference, Problem> {
    let reference = Reference::parse(name)?;
    let literal = Template::parse(&reference.secret_id)?.literal();
    let is_name = !reference.names_parameter && !Arn::is_meant_by(&reference.secret_id);
    if is_name && !literal.is_empty() {
        check_name(&literal)?;
    }
    Ok(reference)
}

/// Checks the value of `json_key`, or of another key of the attribute.
pub(super) fn check_json_key(ctxt: &Ctxt, key: &str, json_key: &LitStr, help: &str) {
    let text = json_key.value();
    if text.is_empty() {
        ctxt.error(json_key.span(), "JSON key is empty", help);
    } else if text.starts_with('/') && escaped(&text) != text {
        ctxt.error(
            json_key.span(),
            "unescaped `~` in JSON pointer",
            format!("write `{key} = {:?}`", escaped(&text)),
        );
    }
}

/// Replaces each `~` that is not part of `~0` or `~1` with `~0` (RFC 6901).
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
    fn only_unescaped_tildes_are_replaced() {
        assert_eq!(escaped("/a~b"), "/a~0b");
        assert_eq!(escaped("/a~0b/~1/~"), "/a~0b/~1/~0");
        assert_eq!(escaped("/plain"), "/plain");
    }

    #[test]
    fn prefix_must_be_valid_in_name() {
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

    #[test]
    fn parameter_names_may_be_longer() {
        let name = "a".repeat(1010);
        assert!(read(&format!("{{{{resolve:ssm:/{name}}}}}")).is_ok());
        assert!(read(&name).is_err());
    }
}
