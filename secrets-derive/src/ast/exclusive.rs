//! Keys that cannot be combined.

use proc_macro2::Ident;
use syn::Type;

use super::optional::optional;
use crate::attr::{ContainerKeys, Env, FieldKeys};
use crate::ctxt::Ctxt;
use crate::suggest::list;

/// A key, the keys that it excludes, and a hint.
struct Rule {
    key: &'static str,
    excludes: &'static [&'static str],
    help: &'static str,
}

const SKIP: [Rule; 1] = [Rule {
    key: "skip",
    excludes: &[
        "name",
        "json_key",
        "version_stage",
        "version_id",
        "env",
        "env_only",
        "parse",
        "binary",
        "flatten",
        "prefix",
        "env_prefix",
    ],
    help: "remove the other keys, or remove `skip` to load the field; only `default` can be used with `skip`",
}];

/// For an `Option` field.
const FLATTEN_OPTIONAL: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &["default"],
    help: "remove `default`; the field is `None` if no source has any of its values",
}];

const FLATTEN_REQUIRED: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &["default"],
    help: "remove `default` and change the type to `Option<…>`, which is `None` if no source has any of its values",
}];

const FLATTEN: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &[
        "name",
        "json_key",
        "version_stage",
        "version_id",
        "env",
        "env_only",
        "parse",
        "binary",
    ],
    help: "set these keys on the fields of the nested struct; only `prefix` and `env_prefix` can be used with `flatten`",
}];

const VALUE: [Rule; 3] = [
    Rule {
        key: "env_only",
        excludes: &["name", "json_key", "version_stage", "version_id"],
        help: "write `env = \"…\"` to name the environment variable; the field is not read from a secret",
    },
    Rule {
        key: "version_stage",
        excludes: &["version_id"],
        help: "keep only one of them",
    },
    Rule {
        key: "parse",
        excludes: &["binary"],
        help: "keep `parse` for text, or `binary` for bytes",
    },
];

pub(super) fn check_container(ctxt: &Ctxt, keys: &ContainerKeys) {
    if let (Some(prefix), Some(name)) = (keys.prefix.key(), keys.name.key()) {
        let help = "include the prefix in `name`, which is the secret of all fields";
        report(ctxt, name, &[prefix], help);
    }
}

pub(super) fn check_field(ctxt: &Ctxt, keys: &FieldKeys, ty: &Type) {
    let present = keys.present();
    let with_default = match optional(ty) {
        Some(_) => &FLATTEN_OPTIONAL,
        None => &FLATTEN_REQUIRED,
    };
    // With `skip` and `flatten`, all further errors would be consequences of the first one.
    let is_broken = |rules: &[Rule]| check_rules(ctxt, &present, rules);
    if is_broken(&SKIP) || is_broken(&FLATTEN) | is_broken(with_default) {
        return;
    }
    is_broken(&VALUE);
    check_env_only(ctxt, keys);
    check_prefixes(ctxt, keys);
}

/// Reports all broken rules, and returns whether there are any.
fn check_rules(ctxt: &Ctxt, present: &[&Ident], rules: &[Rule]) -> bool {
    let broken = rules.iter().filter(|rule| rule.check(ctxt, present));
    broken.count() > 0
}

impl Rule {
    fn check(&self, ctxt: &Ctxt, present: &[&Ident]) -> bool {
        let Some(key) = present.iter().find(|key| **key == self.key) else {
            return false;
        };
        let is_excluded = |key: &&Ident| self.excludes.iter().any(|excluded| *key == excluded);
        let excluded: Vec<_> = present.iter().copied().filter(is_excluded).collect();
        report(ctxt, key, &excluded, self.help);
        !excluded.is_empty()
    }
}

/// Reports a conflict on each key.
fn report(ctxt: &Ctxt, key: &Ident, excluded: &[&Ident], help: &str) {
    for other in excluded {
        let message = format!("`{other}` cannot be used with `{key}`");
        ctxt.error(other.span(), message, help);
    }
    if !excluded.is_empty() {
        let others: Vec<_> = excluded.iter().map(ToString::to_string).collect();
        let message = format!("`{key}` cannot be used with {}", list(&others));
        ctxt.error(key.span(), message, help);
    }
}

/// `env = false` would leave an `env_only` field without a source. `env = "…"` is allowed.
fn check_env_only(ctxt: &Ctxt, keys: &FieldKeys) {
    if let (Some(only), Some(env), Some(Env::None)) =
        (keys.env_only.key(), keys.env.key(), keys.env.as_value())
    {
        let help = "remove one of them; without a variable, the field has no source";
        let message = "`env_only` cannot be used with `env = false`";
        ctxt.error(only.span(), message, help);
        let message = "`env = false` cannot be used with `env_only`";
        ctxt.error(env.span(), message, help);
    }
}

fn check_prefixes(ctxt: &Ctxt, keys: &FieldKeys) {
    if keys.flatten.key().is_some() {
        return;
    }
    if let Some(key) = keys.prefix.key() {
        let help = match keys.name.key() {
            Some(_) => "include it in the `name` of the field",
            None => "write the full name as `name = \"…\"`",
        };
        ctxt.error(key.span(), "`prefix` requires `flatten`", help);
    }
    if let Some(key) = keys.env_prefix.key() {
        let help = match keys.env.as_value() {
            Some(Env::Variable(_)) => "include it in the `env` of the field",
            Some(Env::None) => "remove it; the field reads no environment variable",
            None => "write the full name of the variable as `env = \"…\"`",
        };
        ctxt.error(key.span(), "`env_prefix` requires `flatten`", help);
    }
}
