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
        "alias",
        "version_stage",
        "version_id",
        "env",
        "env_alias",
        "env_only",
        "parse",
        "with",
        "deserialize_with",
        "separator",
        "binary",
        "validate",
        "shown",
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
        "json_key",
        "alias",
        "version_stage",
        "version_id",
        "env",
        "env_alias",
        "env_only",
        "parse",
        "with",
        "deserialize_with",
        "separator",
        "binary",
        "shown",
    ],
    help: "set these keys on the fields of the nested struct; only `name`, `prefix` and `env_prefix` can be used with `flatten`",
}];

const FLATTEN_VALIDATE: [Rule; 1] = [Rule {
    key: "flatten",
    excludes: &["validate"],
    help: "write `#[secrets(validate = …)]` on the nested struct",
}];

const VALUE: &[Rule] = &[
    Rule {
        key: "env_only",
        excludes: &["name", "json_key", "version_stage", "version_id"],
        help: "write `env = \"…\"` to name the environment variable; the field is not read from a secret",
    },
    Rule {
        key: "env_only",
        excludes: &["alias"],
        help: "write `env_alias = \"…\"` to name another environment variable; the field is not read from a secret",
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
    Rule {
        key: "parse",
        excludes: &["with", "deserialize_with"],
        help: "keep `parse` for a function of the text, or the other key for a function of a deserializer",
    },
    Rule {
        key: "with",
        excludes: &["deserialize_with"],
        help: "keep only one of them",
    },
    Rule {
        key: "binary",
        excludes: &["with", "deserialize_with"],
        help: "remove `binary`; the function of the other key can deserialize bytes",
    },
    Rule {
        key: "shown",
        excludes: &["env_only"],
        help: "remove `shown`; the value of an `env_only` field is shown",
    },
    Rule {
        key: "shown",
        excludes: &["binary"],
        help: "remove `shown`, or load text instead of bytes",
    },
    Rule {
        key: "separator",
        excludes: &["parse", "binary"],
        help: "remove `separator`; the other key decodes the whole value",
    },
];

pub(super) fn check_container(ctxt: &Ctxt, keys: &ContainerKeys) {
    if keys.transparent.key().is_some() {
        check_transparent(ctxt, keys);
    } else {
        check_name(ctxt, keys);
    }
    if let (Some(alias), None) = (keys.aliases.key(), keys.name.key()) {
        let help =
            "move it to `#[secret(…)]` on a field, or add the `name` of the secret of all fields";
        ctxt.error(alias.span(), "`alias` requires `name`", help);
    }
}

fn check_name(ctxt: &Ctxt, keys: &ContainerKeys) {
    if let (Some(prefix), Some(name)) = (keys.prefix.key(), keys.name.key()) {
        let help = "include the prefix in `name`, which is the secret of all fields";
        report(ctxt, name, &[prefix], help);
    }
    if let (Some(deny), None) = (keys.deny_unknown_keys.key(), keys.name.key()) {
        let help = "add the `name` of one JSON secret, or remove `deny_unknown_keys`";
        ctxt.error(deny.span(), "`deny_unknown_keys` requires `name`", help);
    }
}

fn check_transparent(ctxt: &Ctxt, keys: &ContainerKeys) {
    let Some(transparent) = keys.transparent.key() else {
        return;
    };
    let excluded = [
        keys.prefix.key(),
        keys.env_prefix.key(),
        keys.rename_all.key(),
        keys.deny_unknown_keys.key(),
        keys.default.key(),
        keys.validate.key(),
    ];
    let excluded: Vec<_> = excluded.into_iter().flatten().collect();
    let help = "remove the other keys; only `name`, `alias`, `debug` and `crate` can be used with `transparent`";
    report(ctxt, transparent, &excluded, help);
}

/// The keys of the field of a transparent struct with a `name`.
const OF_PLACE: [&str; 6] = [
    "json_key",
    "alias",
    "version_stage",
    "version_id",
    "env",
    "env_alias",
];

pub(super) fn check_only_field(ctxt: &Ctxt, keys: &FieldKeys, is_loadable: bool) {
    let is_allowed = |key: &&Ident| OF_PLACE.iter().any(|known| *key == known);
    let (allowed, others): (Vec<_>, Vec<_>) = keys.present().into_iter().partition(is_allowed);
    for key in others {
        let message = format!("`{key}` cannot be used in a transparent struct");
        let help = match key.to_string().as_str() {
            "name" => "move it to `#[secrets(transparent, …)]` on the struct",
            _ => "remove it; the struct is decoded like the type of its field",
        };
        ctxt.error(key.span(), message, help);
    }
    if !is_loadable {
        for key in &allowed {
            let message = format!("`{key}` requires `name` on the struct");
            let help = "add the `name` of a secret to `#[secrets(transparent)]`, or set the key on the fields of this type";
            ctxt.error(key.span(), message, help);
        }
    }
    check_rules(ctxt, &allowed, VALUE);
    check_variable(ctxt, keys);
}

pub(super) fn check_field(ctxt: &Ctxt, keys: &FieldKeys, ty: &Type) {
    let present = keys.present();
    let with_default = match optional(ty) {
        Some(_) => &FLATTEN_OPTIONAL,
        None => &FLATTEN_REQUIRED,
    };
    // With `skip` and `flatten`, all further errors would be consequences of the first one.
    let is_broken = |rules: &[Rule]| check_rules(ctxt, &present, rules);
    if is_broken(&SKIP)
        || is_broken(&FLATTEN) | is_broken(with_default) | is_broken(&FLATTEN_VALIDATE)
    {
        return;
    }
    is_broken(VALUE);
    check_variable(ctxt, keys);
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

/// `env = false` would leave an `env_only` field without a source, and an alias without its variable.
fn check_variable(ctxt: &Ctxt, keys: &FieldKeys) {
    let (Some(env), Some(Env::None)) = (keys.env.key(), keys.env.as_value()) else {
        return;
    };
    for (key, consequence) in [
        (
            keys.env_only.key(),
            "without a variable, the field has no source",
        ),
        (
            keys.env_aliases.key(),
            "with `env = false`, the field reads no environment variable",
        ),
    ] {
        if let Some(key) = key {
            let help = format!("remove one of them; {consequence}");
            let message = format!("`{key}` cannot be used with `env = false`");
            ctxt.error(key.span(), message, &help);
            let message = format!("`env = false` cannot be used with `{key}`");
            ctxt.error(env.span(), message, help);
        }
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
            Some(Env::None | Env::Invalid) => "remove it; the field reads no environment variable",
            None => "write the full name of the variable as `env = \"…\"`",
        };
        ctxt.error(key.span(), "`env_prefix` requires `flatten`", help);
    }
}
